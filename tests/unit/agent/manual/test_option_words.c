/* An option in words: what it takes, an example of it, its place in the file. */
#include "manual/option_words.h"

#include "cmocka_test.h"

static const struct option *option(const char *name)
{
	const struct option *found = option_table_find_name(view_of_text(name));

	assert_non_null(found);
	return found;
}

static const char *choices(const char *name, char separator)
{
	static char text[MAX_WORDS_BYTES];

	return option_words_choices(option(name), separator, text, sizeof(text));
}

static void test_choices(void **state)
{
	(void)state;
	assert_string_equal(choices("log-level", ' '), "error warning info debug");
	assert_string_equal(choices("log-level", ','), "error,warning,info,debug");
	assert_string_equal(choices("tls", ' '), "auto off");
	assert_string_equal(choices("crashes", ' '), "on off");
	assert_string_equal(choices("ring-size", ' '), "");
	assert_string_equal(choices("config", ' '), "");
}

static void test_choices_in_little_room(void **state)
{
	char text[8];

	(void)state;
	assert_string_equal(option_words_choices(option("log-level"), ' ', text, sizeof(text)),
			    "error w");
}

static void test_expected(void **state)
{
	char text[MAX_WORDS_BYTES];

	(void)state;
	assert_string_equal(option_words_expected(option("config"), text, sizeof(text)),
			    "a file name");
	assert_string_equal(option_words_expected(option("release"), text, sizeof(text)), "text");
	assert_string_equal(option_words_expected(option("tls"), text, sizeof(text)),
			    "one of auto, off");
	assert_string_equal(option_words_expected(option("max-routes"), text, sizeof(text)),
			    "a whole number from 1 to 100000");
}

static void test_sample(void **state)
{
	(void)state;
	assert_string_equal(option_words_sample(option("ring-size")), "2MiB");
	assert_string_equal(option_words_sample(option("otlp-endpoint")), "http://localhost:4318");
	assert_string_equal(option_words_sample(option("service-name")), "NAME");
	for (size_t i = 0; i < option_table_count; i++)
		assert_non_null(option_words_sample(&option_table[i]));
}

static void test_place(void **state)
{
	(void)state;
	assert_string_equal(option_words_leaf(option("ring-size")), "ring_bytes");
	assert_true(
		view_equals(option_words_section(option("ring-size")), VIEW_LITERAL("capture")));
	assert_string_equal(option_words_leaf(option("log-level")), "log_level");
	assert_true(view_is_empty(option_words_section(option("log-level"))));
}

static void test_kinds(void **state)
{
	(void)state;
	assert_true(option_words_takes_file(option("spool")));
	assert_false(option_words_takes_file(option("release")));
	assert_true(option_words_is_switch(option("crashes")));
	assert_false(option_words_is_switch(option("tcp-calls"))); /* needs its value */
	assert_false(option_words_is_switch(option("tls")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_choices),  cmocka_unit_test(test_choices_in_little_room),
		cmocka_unit_test(test_expected), cmocka_unit_test(test_sample),
		cmocka_unit_test(test_place),    cmocka_unit_test(test_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
