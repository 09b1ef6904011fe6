/* `limpet config`: every key with value and origin, secrets masked, and readable again as a file.
 */
#include "settings/settings.h"

#include "loaded_settings.h"

#define FILE_NAME ".build/test_settings_print.yaml"

static const char *print(const struct settings *settings)
{
	static struct captured_output output;

	captured_output_begin(&output, STDOUT_FILENO);
	settings_print(settings);
	return captured_output_end(&output);
}

static void assert_contains(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no '%s' in:\n%s", part, text);
}

static void test_values_and_origins(void **state)
{
	struct settings s;
	const char *text;

	(void)state;
	assert_loads(&s, LINE("config", "--sample", "0.1", "--service-name", "a\"b\\c"),
		     ENV("SENTRY_DSN=https://verysecret@sentry.example/42",
			 "OTEL_EXPORTER_OTLP_HEADERS=k=verysecret",
			 "OTEL_EXPORTER_OTLP_ENDPOINT=http://u:verysecret@h:4318"));
	text = print(&s);
	assert_contains(text, "log_level: info                             # default\n");
	assert_contains(text,
			"\ncapture:\n  source: auto                              # default\n");
	assert_contains(text, "  ratio: 0.1                                # command line\n");
	assert_contains(text, "  service_name: \"a\\\"b\\\\c\"                   # command line\n");
	assert_contains(text,
			"  dsn: \"https://********@sentry.example/42\" # environment SENTRY_DSN\n");
	assert_contains(
		text,
		"  headers: \"********\"                       # environment OTEL_EXPORTER_OTLP_HEADERS\n");
	assert_contains(
		text,
		"  endpoint: \"http://********@h:4318\"        # environment OTEL_EXPORTER_OTLP_ENDPOINT\n");
	assert_contains(text, "  release: null                             # default\n");
	assert_null(strstr(text, "verysecret"));
	settings_done(&s);
}

/* What is printed is a settings file that says the same. */
static void test_reads_back(void **state)
{
	struct settings s;
	char first[16384];

	(void)state;
	assert_loads(&s,
		     LINE("config", "--sample=0.30000000000000004", "--ring-size=8KiB",
			  "--release=größe: # \"x\" \\n", "--duration=90s", "--json=/tmp/a b",
			  "--terminal=off", "--no-parent-based", "--routes=off",
			  "--resource-attributes=a=%2C"),
		     NO_ENV);
	(void)snprintf(first, sizeof(first), "%s", print(&s));
	settings_done(&s);
	write_file(FILE_NAME, 0600, first);
	assert_loads(&s, LINE("config", "-c", FILE_NAME), NO_ENV);
	assert_true(s.sampling.ratio == 0.30000000000000004);
	assert_int_equal(s.capture.ring_bytes, 8192);
	assert_string_equal(s.identity.release, "größe: # \"x\" \\n");
	assert_int_equal(s.duration_ms, 90000);
	assert_string_equal(s.terminal.json_file, "/tmp/a b");
	assert_int_equal(s.terminal.trees, SWITCH_OFF);
	assert_false(s.sampling.parent_based);
	assert_int_equal(s.tracing.routes, ROUTE_OFF);
	assert_string_equal(s.identity.resource_attributes, "a=%2C");
	assert_contains(print(&s),
			"  ring_bytes: 8KiB                          # " FILE_NAME ":8\n");
	settings_done(&s);
	(void)unlink(FILE_NAME);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values_and_origins),
		cmocka_unit_test(test_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
