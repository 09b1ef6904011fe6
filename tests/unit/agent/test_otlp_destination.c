/* Who wants which signal, and what is said of an address that is none. */
#include "cmocka_test.h"

#include "exporters/exporter.h"
#include "otlp_destination.h"

static struct settings settings;
static char error[OTLP_DESTINATION_ERROR_BYTES];

static int begin(void **state)
{
	(void)state;
	settings = (struct settings){.crash.enabled = true, .otlp.timeout_ms = 100};
	return 0;
}

static void wishes(void **state)
{
	(void)state;
	assert_false(otlp_destination_wants_traces(&settings));
	assert_false(otlp_destination_wants_logs(&settings));
	assert_false(otlp_destination_wants_profiles(&settings));
	settings.otlp.traces_endpoint = (char *)"http://127.0.0.1:1/t";
	assert_true(otlp_destination_wants_traces(&settings));
	assert_false(otlp_destination_wants_logs(&settings));
	settings.otlp.endpoint = (char *)"http://127.0.0.1:1";
	assert_true(otlp_destination_wants_logs(&settings));
	assert_false(otlp_destination_wants_profiles(&settings));
	settings.otlp.profiles = true;
	assert_true(otlp_destination_wants_profiles(&settings));
	settings.crash.enabled = false;
	assert_false(otlp_destination_wants_logs(&settings));
}

static void opened(void **state)
{
	int (*const opens[])(struct exporter **, const struct settings *,
			     char *) = {otlp_destination_open_traces, otlp_destination_open_logs,
					otlp_destination_open_profiles};
	struct exporter *exporter;

	(void)state;
	settings.otlp.endpoint = (char *)"http://127.0.0.1:1";
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(opens[i](&exporter, &settings, error), 0);
		exporter->ops->close(&exporter);
	}
	settings.otlp.endpoint = (char *)"nonsense";
	for (size_t i = 0; i < 3; i++) {
		error[0] = '\0';
		assert_true(opens[i](&exporter, &settings, error) < 0);
		assert_string_not_equal(error, "");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(wishes, begin),
		cmocka_unit_test_setup(opened, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
