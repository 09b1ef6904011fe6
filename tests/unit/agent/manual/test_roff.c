/* Text for troff: whatever it holds, it comes out as itself and never as a request. */
#include "manual/roff.h"

#include "written_document.h"

static const char *given;

static void write_text(FILE *out)
{
	roff_text(out, view_of_text(given));
}

static void write_line(FILE *out)
{
	roff_line(out, given);
}

static void write_bold(FILE *out)
{
	roff_font(out, 'B', given);
}

static void write_head(FILE *out)
{
	roff_begin_page(out, "LIMPET", "1", "User Commands");
}

static void assert_writes(void (*write)(FILE *out), const char *text, const char *expected)
{
	char *result;

	given = text;
	result = written(write);
	assert_string_equal(result, expected);
	free(result);
}

static void test_characters(void **state)
{
	(void)state;
	assert_writes(write_text, "plain", "plain");
	assert_writes(write_text, "--a\\b", "\\-\\-a\\eb");
	assert_writes(write_text, "it's ^~", "it\\(aqs \\(ha\\(ti");
	assert_writes(write_text, "K=V,…", "K=V,\\[u2026]");
	assert_writes(write_text, "ä€", "\\[u00E4]\\[u20AC]");
	assert_writes(write_text, "", "");
}

static void test_lines(void **state)
{
	(void)state;
	assert_writes(write_line, ".so /etc/shadow", "\\&.so /etc/shadow\n");
	assert_writes(write_line, "'br", "\\&\\(aqbr\n");
	assert_writes(write_line, "a.b", "a.b\n");
	assert_writes(write_bold, "-c", "\\fB\\-c\\fR");
}

static void test_date(void **state)
{
	char *text;

	(void)state;
	assert_int_equal(setenv("SOURCE_DATE_EPOCH", "86400", 1), 0);
	text = written(write_head);
	assert_says(text, "\n.TH LIMPET 1 \"1970-01-02\" \"limpet " LIMPET_VERSION
			  "\" \"User Commands\"\n");
	free(text);
	assert_int_equal(setenv("SOURCE_DATE_EPOCH", "tomorrow", 1), 0);
	text = written(write_head);
	assert_says(text, "\n.TH LIMPET 1 \"\" \"limpet ");
	free(text);
	assert_int_equal(unsetenv("SOURCE_DATE_EPOCH"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_characters),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_date),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
