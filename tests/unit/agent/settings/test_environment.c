/* Variables: which counts, what is ignored with a warning, what is an error, the sampler rules. */
#include "settings/environment.h"

#include "loaded_settings.h"

static void test_find(void **state)
{
	char **environment = ENV("A=1", "AB=2", "EMPTY=", "A=3", "NOEQUALS", "=x");

	(void)state;
	assert_string_equal(environment_find(environment, "A"), "1");
	assert_string_equal(environment_find(environment, "AB"), "2");
	assert_null(environment_find(environment, "EMPTY"));
	assert_null(environment_find(environment, "NOEQUALS"));
	assert_null(environment_find(environment, "B"));
	assert_null(environment_find(NULL, "A"));
}

static void test_values(void **state)
{
	struct settings s;

	(void)state;
	assert_loads(&s, LINE("agent"),
		     ENV("LIMPET_RING_SIZE=64KiB", "SENTRY_RELEASE=shop@1",
			 "OTEL_BSP_SCHEDULE_DELAY=250", "OTEL_EXPORTER_OTLP_TIMEOUT=1",
			 "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT=2", "OTEL_LOG_LEVEL=Debug",
			 "OTEL_EXPORTER_OTLP_COMPRESSION=NONE", "OTEL_EXPORTER_OTLP_HEADERS=a=b",
			 "LIMPET_JSON=", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
			 "LIMPET_PORT_4317_TCP=x"));
	assert_int_equal(s.capture.ring_bytes, 65536);
	assert_string_equal(s.identity.release, "shop@1");
	assert_int_equal(s.delivery.schedule_delay_ms, 250);
	assert_int_equal(s.otlp.timeout_ms, 1);
	assert_int_equal(s.otlp.traces.timeout_ms, 2);
	assert_int_equal(s.otlp.logs.timeout_ms, 0);
	assert_int_equal(s.log_level, LOG_LEVEL_DEBUG);
	assert_string_equal(s.otlp.compression, "none");
	assert_string_equal(s.otlp.headers, "a=b");
	assert_null(s.terminal.json_file);
	settings_done(&s);
}

/* What is for one signal stays with it: its headers may be a secret between two. */
static void test_otlp_signals(void **state)
{
	struct settings s;

	(void)state;
	assert_loads(&s, LINE("agent"),
		     ENV("OTEL_EXPORTER_OTLP_TRACES_HEADERS=key=t",
			 "OTEL_EXPORTER_OTLP_LOGS_HEADERS=key=l",
			 "OTEL_EXPORTER_OTLP_LOGS_COMPRESSION=none",
			 "OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE=/ca",
			 "OTEL_EXPORTER_OTLP_LOGS_CLIENT_CERTIFICATE=/cert",
			 "OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY=/key",
			 "OTEL_EXPORTER_OTLP_LOGS_TIMEOUT=7"));
	assert_null(s.otlp.headers);
	assert_string_equal(s.otlp.traces.headers, "key=t");
	assert_string_equal(s.otlp.logs.headers, "key=l");
	assert_string_equal(s.otlp.compression, "gzip");
	assert_string_equal(s.otlp.traces.compression, "same");
	assert_string_equal(s.otlp.logs.compression, "none");
	assert_string_equal(s.otlp.logs.ca_file, "/ca");
	assert_string_equal(s.otlp.logs.client_certificate_file, "/cert");
	assert_string_equal(s.otlp.logs.client_key_file, "/key");
	assert_int_equal(s.otlp.logs.timeout_ms, 7);
	assert_null(s.otlp.traces.ca_file);
	settings_done(&s);
}

static void test_protocol_of_a_signal(void **state)
{
	struct settings s;

	(void)state;
	assert_int_equal(load(&s, LINE("agent"),
			      ENV("OTEL_EXPORTER_OTLP_PROTOCOL=grpc",
				  "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf",
				  "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL=http/json")),
			 0);
	assert_string_equal(
		log_output.text,
		"limpet: warning: environment variable OTEL_EXPORTER_OTLP_LOGS_PROTOCOL is ignored: 'http/json' is not "
		"http/protobuf, the protocol limpet speaks (port 4318 as a rule)\n");
	settings_done(&s);
}

static void test_bad_otel_values_are_ignored(void **state)
{
	struct settings s;

	(void)state;
	assert_int_equal(
		load(&s, LINE("agent"),
		     ENV("OTEL_BSP_SCHEDULE_DELAY=5s", "OTEL_BSP_MAX_QUEUE_SIZE=-1",
			 "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT=x", "OTEL_EXPORTER_OTLP_TIMEOUT=3",
			 "OTEL_RESOURCE_ATTRIBUTES=a=%zz", "OTEL_EXPORTER_OTLP_PROTOCOL=grpc")),
		0);
	assert_string_equal(
		log_output.text,
		"limpet: warning: environment variable OTEL_RESOURCE_ATTRIBUTES is ignored: 'a=%zz' is not a list "
		"name=value,name=value with percent-encoded values\n"
		"limpet: warning: environment variable OTEL_EXPORTER_OTLP_TRACES_TIMEOUT is ignored: 'x' is not a whole "
		"number of milliseconds\n"
		"limpet: warning: environment variable OTEL_BSP_MAX_QUEUE_SIZE is ignored: '-1' is not a whole number "
		"from 1 to 1048576\n"
		"limpet: warning: environment variable OTEL_BSP_SCHEDULE_DELAY is ignored: '5s' is not a whole number "
		"of milliseconds\n"
		"limpet: warning: environment variable OTEL_EXPORTER_OTLP_PROTOCOL is ignored: 'grpc' is not "
		"http/protobuf, the protocol limpet speaks (port 4318 as a rule)\n");
	assert_int_equal(s.delivery.schedule_delay_ms, 1000);
	assert_int_equal(s.delivery.max_queue_items, 2048);
	assert_int_equal(s.otlp.timeout_ms, 3);
	assert_int_equal(s.otlp.traces.timeout_ms, 0);
	assert_null(s.identity.resource_attributes);
	settings_done(&s);
}

static void test_other_bad_values_are_errors(void **state)
{
	(void)state;
	assert_refused(
		LINE("agent"),
		ENV("LIMPET_ROUTES=x", "SENTRY_DSN=secret", "SENTRY_TRACES_SAMPLE_RATE=lots"),
		"limpet: environment variable LIMPET_ROUTES: 'x' is not one of guessed, off\n"
		"limpet: environment variable SENTRY_DSN: the value (not shown) is not a URL such as "
		"https://KEY@HOST/PROJECT\n"
		"limpet: environment variable SENTRY_TRACES_SAMPLE_RATE: 'lots' is not a number from 0 to 1 "
		"(such as 0.25)\n");
}

static void test_mistyped_names(void **state)
{
	struct settings s;

	(void)state;
	assert_int_equal(
		load(&s, LINE("agent"),
		     ENV("LIMPET_RECROD=x", "LIMPET_SERVICE_HOST=10.0.0.1", "LIMPET_", "X")),
		0);
	assert_string_equal(log_output.text,
			    "limpet: warning: environment variable LIMPET_RECROD is not known, "
			    "did you mean LIMPET_RECORD?\n");
	assert_null(s.capture.record_file);
	settings_done(&s);
}

static void check_sampler(char **environment, double ratio, bool is_parent_based, const char *said)
{
	struct settings s;

	assert_int_equal(load(&s, LINE("agent"), environment), 0);
	assert_string_equal(log_output.text, said);
	assert_true(s.sampling.ratio == ratio);
	assert_int_equal(s.sampling.parent_based, is_parent_based);
	settings_done(&s);
}

#define IGNORED "limpet: warning: environment variable "

static void test_samplers(void **state)
{
	(void)state;
	check_sampler(NO_ENV, 1, true, "");
	check_sampler(ENV("OTEL_TRACES_SAMPLER=always_on"), 1, false, "");
	check_sampler(ENV("OTEL_TRACES_SAMPLER=ALWAYS_OFF"), 0, false, "");
	check_sampler(ENV("OTEL_TRACES_SAMPLER=parentbased_always_on"), 1, true, "");
	check_sampler(ENV("OTEL_TRACES_SAMPLER=parentbased_always_off"), 0, true, "");
	check_sampler(ENV("OTEL_TRACES_SAMPLER=traceidratio", "OTEL_TRACES_SAMPLER_ARG=0.25"), 0.25,
		      false, "");
	check_sampler(
		ENV("OTEL_TRACES_SAMPLER=parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG=0.5"),
		0.5, true, "");
	check_sampler(ENV("OTEL_TRACES_SAMPLER=traceidratio"), 1, false, "");
	check_sampler(
		ENV("OTEL_TRACES_SAMPLER=xray"), 1, true,
		IGNORED
		"OTEL_TRACES_SAMPLER is ignored: 'xray' is not one of always_on, always_off, "
		"traceidratio, parentbased_always_on, parentbased_always_off, parentbased_traceidratio\n");
	check_sampler(
		ENV("OTEL_TRACES_SAMPLER=traceidratio", "OTEL_TRACES_SAMPLER_ARG=7"), 1, false,
		IGNORED
		"OTEL_TRACES_SAMPLER_ARG is ignored: '7' is not a number from 0 to 1 (such as 0.25)\n");
	check_sampler(ENV("OTEL_TRACES_SAMPLER_ARG=0.5"), 1, true,
		      IGNORED
		      "OTEL_TRACES_SAMPLER_ARG is ignored without OTEL_TRACES_SAMPLER, such as "
		      "OTEL_TRACES_SAMPLER=parentbased_traceidratio\n");
	check_sampler(ENV("OTEL_TRACES_SAMPLER=always_off", "OTEL_TRACES_SAMPLER_ARG=0.5"), 0,
		      false,
		      IGNORED "OTEL_TRACES_SAMPLER_ARG is ignored: always_off takes no argument\n");
}

static void test_sentry_rate_counts_less(void **state)
{
	struct settings s;

	(void)state;
	check_sampler(ENV("SENTRY_TRACES_SAMPLE_RATE=0.125"), 0.125, true, "");
	check_sampler(ENV("SENTRY_TRACES_SAMPLE_RATE=0.125", "OTEL_TRACES_SAMPLER=traceidratio"),
		      0.125, false, "");
	check_sampler(ENV("SENTRY_TRACES_SAMPLE_RATE=0.125", "OTEL_TRACES_SAMPLER=traceidratio",
			  "OTEL_TRACES_SAMPLER_ARG=0.5"),
		      0.5, false, "");
	check_sampler(ENV("SENTRY_TRACES_SAMPLE_RATE=0.125", "OTEL_TRACES_SAMPLER=always_on"), 1,
		      false, "");
	assert_loads(&s, LINE("agent", "--sample", "0.75"), ENV("SENTRY_TRACES_SAMPLE_RATE=0.125"));
	assert_true(s.sampling.ratio == 0.75);
	settings_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_otlp_signals),
		cmocka_unit_test(test_protocol_of_a_signal),
		cmocka_unit_test(test_bad_otel_values_are_ignored),
		cmocka_unit_test(test_other_bad_values_are_errors),
		cmocka_unit_test(test_mistyped_names),
		cmocka_unit_test(test_samplers),
		cmocka_unit_test(test_sentry_rate_counts_less),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
