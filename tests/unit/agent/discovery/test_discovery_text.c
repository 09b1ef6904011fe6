/* The short options as the rules they stand for, around the rules. */
#include "discovery/discovery_text.h"

#include <errno.h>
#include <unistd.h>
#include "captured_output.h"
#include "cmocka_test.h"

static struct captured_output output;

static void all_together(void **state)
{
	struct discovery_settings settings = {.rules = "trace user=0",
					      .ignore_executables = "a,b",
					      .only_executables = "c",
					      .only_ports = "80,90-91"};
	struct discovery_rules *rules;

	(void)state;
	assert_int_equal(discovery_text_parse(&rules, &settings), 0);
	assert_int_equal(rules->rules_count, 5);
	assert_false(rules->rules[0].is_trace);
	assert_int_equal(rules->rules[0].values_count, 2);
	assert_true(rules->rules[1].is_trace);
	assert_int_equal(rules->rules[1].fields, 1u << DISCOVERY_USER);
	assert_int_equal(rules->rules[2].fields, 1u << DISCOVERY_EXECUTABLE);
	assert_int_equal(rules->rules[3].fields, 1u << DISCOVERY_PORT);
	assert_int_equal(rules->rules[3].values[1].last, 91);
	assert_false(rules->rules[4].is_trace);
	assert_int_equal(rules->rules[4].fields, 0);
	discovery_rules_free(&rules);
}

static void none(void **state)
{
	struct discovery_settings settings = {0};
	struct discovery_rules *rules;

	(void)state;
	assert_int_equal(discovery_text_parse(&rules, &settings), 0);
	assert_int_equal(rules->rules_count, 0);
	discovery_rules_free(&rules);
	settings.ignore_executables = "a";
	assert_int_equal(discovery_text_parse(&rules, &settings), 0);
	assert_int_equal(rules->rules_count, 1);
	discovery_rules_free(&rules);
}

static void refused(void **state)
{
	struct discovery_settings settings = {.only_ports = "http"};
	struct discovery_rules *rules;
	int err;

	(void)state;
	captured_output_begin(&output, STDERR_FILENO);
	err = discovery_text_parse(&rules, &settings);
	(void)captured_output_end(&output);
	assert_int_equal(err, -EINVAL);
	assert_string_equal(
		output.text,
		"limpet: discovery: rule 1: 'http' is not a port from 1 to 65535, or a "
		"range such as 8000-8099; see the discovery options in: limpet --help\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_together),
		cmocka_unit_test(none),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
