/* The table agrees with itself: names unique, defaults valid, sections contiguous, help fits. */
#include "settings/option_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include "settings/option_value.h"

static void test_names_are_unique(void **state)
{
	(void)state;
	for (size_t i = 0; i < option_table_count; i++) {
		const struct option *a = &option_table[i];

		assert_ptr_equal(option_table_find_name(view_of_text(a->name)), a);
		assert_ptr_equal(option_table_find_offset(a->offset), a);
		if (a->key)
			assert_ptr_equal(option_table_find_key(view_of_text(a->key)), a);
		assert_non_null(a->help);
		assert_non_null(a->environment[0]);
		for (size_t j = 0; j < i; j++)
			for (int k = 0; k < MAX_ENVIRONMENT_NAMES && a->environment[k]; k++)
				for (int l = 0;
				     l < MAX_ENVIRONMENT_NAMES && option_table[j].environment[l];
				     l++)
					assert_string_not_equal(a->environment[k],
								option_table[j].environment[l]);
	}
}

static void test_defaults_are_valid(void **state)
{
	struct settings settings = {0};

	(void)state;
	for (size_t i = 0; i < option_table_count; i++) {
		const struct option *option = &option_table[i];
		char text[64];

		if (!option->initial)
			continue;
		assert_int_equal(option_value_set(option, &settings, view_of_text(option->initial)),
				 0);
		assert_true(option_value_format(option, &settings, text, sizeof(text)));
		assert_string_equal(text, option->initial);
		option_value_free(option, &settings);
	}
	for (size_t i = 0; i < option_table_count; i++)
		if (!option_table[i].initial)
			assert_true(option_value_is_string(&option_table[i]));
}

static void test_secrets(void **state)
{
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < option_table_count; i++)
		count += option_table[i].is_secret;
	assert_int_equal(count, 4);
	assert_true(option_table_find_key(VIEW_LITERAL("sentry.dsn"))->is_secret);
	assert_true(option_table_find_key(VIEW_LITERAL("otlp.headers"))->is_secret);
	assert_true(option_table_find_key(VIEW_LITERAL("otlp.traces_headers"))->is_secret);
	assert_true(option_table_find_key(VIEW_LITERAL("otlp.logs_headers"))->is_secret);
}

static void test_sections(void **state)
{
	(void)state;
	assert_string_equal(option_table_find_section(VIEW_LITERAL("capture"))->key,
			    "capture.source");
	assert_null(option_table_find_section(VIEW_LITERAL("capt")));
	assert_null(option_table_find_section(VIEW_LITERAL("capture.source")));
	assert_null(option_table_find_section(VIEW_LITERAL("")));
	assert_null(option_table_find_section(VIEW_LITERAL("log_level")));
}

static void test_not_found(void **state)
{
	(void)state;
	assert_null(option_table_find_name(VIEW_LITERAL("ring")));
	assert_null(option_table_find_name(VIEW_LITERAL("")));
	assert_null(option_table_find_key(VIEW_LITERAL("")));
	assert_null(option_table_find_offset(SIZE_MAX));
	assert_string_equal(option_table_nearest_name(VIEW_LITERAL("rign-size")), "ring-size");
	assert_string_equal(option_table_nearest_key(VIEW_LITERAL("capture.sauce")),
			    "capture.source");
	assert_string_equal(option_table_nearest_environment(VIEW_LITERAL("LIMPET_RECROD")),
			    "LIMPET_RECORD");
	assert_null(option_table_nearest_environment(VIEW_LITERAL("LIMPET_SERVICE_HOST")));
	assert_string_equal(option_table_group_title(GROUP_DELIVERY), "Delivery");
}

static void test_synonyms(void **state)
{
	const struct option *level = option_table_find_name(VIEW_LITERAL("log-level"));

	(void)state;
	assert_false(option_table_is_synonym(level, &level->words[0]));
	assert_false(option_table_is_synonym(level, &level->words[1]));
	assert_true(option_table_is_synonym(level, &level->words[2]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_are_unique), cmocka_unit_test(test_defaults_are_valid),
		cmocka_unit_test(test_secrets),          cmocka_unit_test(test_sections),
		cmocka_unit_test(test_not_found),        cmocka_unit_test(test_synonyms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
