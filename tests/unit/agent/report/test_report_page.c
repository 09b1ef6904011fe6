/* The page around its sections: each where it belongs, the policy that of its own script. What is
 * in it as a whole a browser says (tests/e2e/test_report_page.py). */
#include "cmocka_test.h"

#include "base/byte_buffer.h"
#include "report/report_page.h"
#include "report/report_text.h"

static struct byte_buffer page;

static int begin(void **state)
{
	(void)state;
	byte_buffer_init(&page, MAX_PAGE_BYTES);
	return 0;
}

static int end(void **state)
{
	(void)state;
	byte_buffer_done(&page);
	return 0;
}

static void append_text(struct json_writer *writer, const void *content)
{
	report_text_string(writer, view_of_text(content), 4000);
}

static int count_of(const char *words)
{
	struct view rest = byte_buffer_view(&page);
	int count = 0;
	ssize_t at;

	while ((at = view_find(rest, view_of_text(words))) >= 0) {
		rest = view_skip(rest, (size_t)at + 1);
		count++;
	}
	return count;
}

static void sections(void **state)
{
	static const struct report_section list[] = {
		{"one", append_text, "</script><script>alert(1)</script>"},
		{"two", append_text, "@script@"},
	};

	(void)state;
	report_page_append(&page, list, 2);
	assert_false(page.is_failed);
	assert_int_equal(count_of("id=\"sections\">{\"one\":\"\\u003c/script>\\u003cscript>alert(1)"
				  "\\u003c/script>\",\"two\":\"@script@\"}</script>"),
			 1);
	assert_int_equal(count_of("</script>"), 2);
	assert_int_equal(count_of("<script"), 2);
	assert_int_equal(count_of("@policy@") + count_of("@style@") + count_of("@sections@"), 0);
	assert_int_equal(count_of("'sha256-"), 2);
	assert_int_equal(count_of("default-src 'none'; style-src 'sha256-"), 1);
	assert_int_equal(count_of("<script>'use strict';"), 1);
	assert_int_equal(count_of("</html>"), 1);
	/* the script has the policy's places for nothing of its own */
	assert_true(view_ends_with(byte_buffer_view(&page), VIEW_LITERAL("</html>\n")));
}

static void none(void **state)
{
	(void)state;
	report_page_append(&page, NULL, 0);
	assert_int_equal(count_of("id=\"sections\">{}</script>"), 1);
}

/* What the program brings leaves room for what happened. */
static void small_by_itself(void **state)
{
	(void)state;
	report_page_append(&page, NULL, 0);
	assert_true(page.size < 100000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(sections, begin, end),
		cmocka_unit_test_setup_teardown(none, begin, end),
		cmocka_unit_test_setup_teardown(small_by_itself, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
