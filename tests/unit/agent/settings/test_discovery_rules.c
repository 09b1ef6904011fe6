/* Rules as people write them: read back value by value, and refused with words that help. */
#include "settings/discovery_rules.h"

#include <errno.h>
#include "cmocka_test.h"

static char problem[512];

/* "trace executable=a,b; ignore" as it was understood. */
static const char *understood(const char *text)
{
	static char said[4096];
	struct view copy = exact_copy(view_of_text(text));
	struct discovery_rules *rules;
	size_t used = 0;

	said[0] = '\0';
	assert_int_equal(discovery_rules_parse(&rules, copy, problem, sizeof(problem)), 0);
	free_copy(copy);
	for (uint32_t i = 0; i < rules->rules_count; i++) {
		const struct discovery_rule *rule = &rules->rules[i];

		used += (size_t)snprintf(said + used, sizeof(said) - used, "%s%s", i ? "; " : "",
					 rule->is_trace ? "trace" : "ignore");
		for (uint32_t j = 0; j < rule->values_count; j++) {
			const struct discovery_value *value = &rule->values[j];

			assert_true(rule->fields & 1u << value->field);
			used += (size_t)snprintf(said + used, sizeof(said) - used, " %s=[%.*s]",
						 discovery_rules_field_name(value->field),
						 VIEW_FORMAT(value->text));
			if (value->field == DISCOVERY_PORT)
				used += (size_t)snprintf(said + used, sizeof(said) - used, "%u-%u",
							 value->first, value->last);
			if (value->field == DISCOVERY_MIN_AGE)
				used += (size_t)snprintf(said + used, sizeof(said) - used, "%lluns",
							 (unsigned long long)value->age_ns);
			if (value->field == DISCOVERY_LABEL)
				used += (size_t)snprintf(said + used, sizeof(said) - used, "[%.*s]",
							 VIEW_FORMAT(value->glob));
		}
	}
	discovery_rules_free(&rules);
	assert_null(rules);
	return said;
}

static const char *refused(const char *text)
{
	struct discovery_rules *rules = (void *)1;

	problem[0] = '\0';
	assert_int_equal(
		discovery_rules_parse(&rules, view_of_text(text), problem, sizeof(problem)),
		-EINVAL);
	assert_ptr_equal(rules, (void *)1);
	return problem;
}

static void what_is_understood(void **state)
{
	(void)state;
	assert_string_equal(understood(""), "");
	assert_string_equal(understood(" ;; \n"), "");
	assert_string_equal(understood("ignore"), "ignore");
	assert_string_equal(understood("ignore executable=sshd,/usr/*/cron;trace\tuser=0"),
			    "ignore executable=[sshd] executable=[/usr/*/cron]; trace user=[0]");
	assert_string_equal(
		understood("trace port=80,8000-8099 min_age=5s unit=nginx.service;"),
		"trace port=[80]80-80 port=[8000-8099]8000-8099 min_age=[5s]5000000000ns"
		" unit=[nginx.service]");
	assert_string_equal(understood("trace label=app=web*,tier namespace=prod container=*db*"),
			    "trace label=[app][web*] label=[tier][*] namespace=[prod] "
			    "container=[*db*]");
	assert_string_equal(understood("ignore command=\"*a b;c,\\\"d\\\\e*\" user=\"x\""),
			    "ignore command=[*a b;c,\"d\\e*] user=[x]");
}

static void what_is_refused(void **state)
{
	(void)state;
	assert_string_equal(refused("allow user=x"),
			    "rule 1: 'allow' is neither 'trace' nor 'ignore'");
	assert_string_equal(refused("trace; ignore exe=x"),
			    "rule 2: 'exe' is no FIELD=VALUE; fields: executable, command, port, "
			    "user, unit, container, namespace, label, min_age");
	assert_non_null(strstr(refused("trace executable"), "'executable' is no FIELD=VALUE"));
	assert_non_null(strstr(refused("trace =x"), "'=' is no FIELD=VALUE"));
	assert_string_equal(refused("trace user=a user=b"),
			    "rule 1: 'user' stands twice; several values: a=b,c");
	assert_string_equal(refused("trace user="), "rule 1: '' is empty or not printable UTF-8");
	assert_string_equal(refused("trace user=a,"), "rule 1: '' is empty or not printable UTF-8");
	assert_string_equal(refused("trace user=\"a"), "rule 1: 'a' has no closing quote");
	assert_non_null(strstr(refused("trace user=\"a\"b"), "'b' stands right after a value"));
	assert_non_null(strstr(refused("trace port=0"), "'0' is not a port"));
	assert_non_null(strstr(refused("trace port=9-8"), "'9-8' is not a port"));
	assert_non_null(strstr(refused("trace port=65536"), "'65536' is not a port"));
	assert_non_null(strstr(refused("trace min_age=soon"), "'soon' is not a time"));
	assert_non_null(strstr(refused("trace label==x"), "'=x' is not NAME or NAME=GLOB"));
	assert_non_null(strstr(refused("trace user=\"a\x01\""), "'a\\x01' is empty or not"));
}

static void bounds(void **state)
{
	char *text = calloc(1, MAX_DISCOVERY_TEXT_BYTES + 2);
	size_t used = 0;

	(void)state;
	assert_non_null(text);
	for (int i = 0; i <= MAX_DISCOVERY_RULES; i++)
		used += (size_t)sprintf(text + used, "trace;");
	assert_non_null(strstr(refused(text), "is one rule too many: at most 128"));
	text[used - 6] = '\0';
	assert_int_equal(strlen(understood(text)), MAX_DISCOVERY_RULES * 7 - 2);
	used = (size_t)sprintf(text, "trace user=a");
	for (int i = 0; i < MAX_DISCOVERY_VALUES; i++)
		used += (size_t)sprintf(text + used, ",a");
	assert_non_null(strstr(refused(text), "is one value too many: at most 512"));
	memset(text, ' ', MAX_DISCOVERY_TEXT_BYTES + 1);
	assert_non_null(strstr(refused(text), "longer than 8192 bytes"));
	text[MAX_DISCOVERY_TEXT_BYTES] = '\0';
	assert_string_equal(understood(text), "");
	free(text);
}

static void cut_anywhere(void **state)
{
	static const char whole[] =
		"ignore command=\"a \\\" b\",c port=1-2 label=x=y; trace min_age=1s";
	struct discovery_rules *rules;

	(void)state;
	for (size_t size = 0; size < sizeof(whole); size++) {
		struct view copy = exact_copy(view_of(whole, size));

		if (discovery_rules_parse(&rules, copy, problem, sizeof(problem)) == 0)
			discovery_rules_free(&rules);
		free_copy(copy);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_understood),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(bounds),
		cmocka_unit_test(cut_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
