/* Precedence, defaults, what must hold between settings, and that odd input never does more than
 * fail. */
#include "settings/settings.h"

#include "loaded_settings.h"

#define FILE_NAME ".build/test_settings.yaml"

static void test_defaults(void **state)
{
	struct settings s;

	(void)state;
	assert_loads(&s, LINE("agent"), NO_ENV);
	assert_int_equal(s.capture.source, SOURCE_AUTO);
	assert_int_equal(s.capture.segment_bytes, 4096);
	assert_int_equal(s.capture.undecided_bytes, 65536);
	assert_int_equal(s.capture.ring_bytes, 2097152);
	assert_int_equal(s.capture.max_connections, 8192);
	assert_int_equal(s.capture.max_processes, 4096);
	assert_int_equal(s.tracing.routes, ROUTE_GUESSED);
	assert_int_equal(s.tracing.max_routes, 200);
	assert_int_equal(s.tracing.max_open_segments, 8192);
	assert_int_equal(s.tracing.segment_timeout_ms, 300000);
	assert_true(s.tracing.tcp_calls);
	assert_true(s.sampling.ratio == 1);
	assert_true(s.sampling.parent_based);
	assert_non_null(s.identity.server_name);
	assert_null(s.identity.environment);
	assert_false(s.identity.include_arguments);
	assert_int_equal(s.metadata.wait_ms, 2000);
	assert_string_equal(s.metadata.container_sockets, "auto");
	assert_null(s.otlp.endpoint);
	assert_string_equal(s.otlp.compression, "gzip");
	assert_int_equal(s.otlp.timeout_ms, 10000);
	assert_null(s.sentry.dsn);
	assert_int_equal(s.terminal.trees, SWITCH_AUTO);
	assert_int_equal(s.delivery.max_queue_items, 2048);
	assert_int_equal(s.delivery.max_batch_items, 512);
	assert_int_equal(s.delivery.schedule_delay_ms, 1000);
	assert_int_equal(s.delivery.max_retry_ms, 60000);
	assert_int_equal(s.delivery.shutdown_ms, 5000);
	assert_int_equal(s.log_level, LOG_LEVEL_INFO);
	assert_int_equal(s.duration_ms, 0);
	settings_done(&s);
	settings_done(&s);
}

static void test_precedence(void **state)
{
	struct settings s;

	(void)state;
	write_file(
		FILE_NAME, 0644,
		"identity: {release: file, environment: file, service_name: file}\nsampling:\n  ratio: 0.5\n");
	assert_loads(&s, LINE("agent", "-c" FILE_NAME, "--release", "line"),
		     ENV("SENTRY_RELEASE=env", "SENTRY_ENVIRONMENT=env"));
	assert_string_equal(s.identity.release, "line");
	assert_string_equal(s.identity.environment, "env");
	assert_string_equal(s.identity.service_name, "file");
	assert_true(s.sampling.ratio == 0.5);
	assert_string_equal(s.config_file, FILE_NAME);
	settings_done(&s);
	/* The environment names the file too; the command line counts more. */
	assert_loads(&s, LINE("agent"), ENV("LIMPET_CONFIG=" FILE_NAME));
	assert_string_equal(s.identity.release, "file");
	settings_done(&s);
	assert_loads(&s, LINE("agent", "--config", FILE_NAME), ENV("LIMPET_CONFIG=/nonexistent"));
	settings_done(&s);
	assert_loads(&s, LINE("agent", "--config="), ENV("LIMPET_CONFIG=/nonexistent"));
	assert_null(s.config_file);
	settings_done(&s);
	(void)unlink(FILE_NAME);
}

static void test_batch_and_queue(void **state)
{
	struct settings s;

	(void)state;
	assert_loads(&s, LINE("agent", "--queue-size=100"), NO_ENV); /* a default gives way */
	assert_int_equal(s.delivery.max_batch_items, 100);
	settings_done(&s);
	assert_int_equal(load(&s, LINE("agent", "--queue-size=100"),
			      ENV("OTEL_BSP_MAX_EXPORT_BATCH_SIZE=101")),
			 0);
	assert_string_equal(
		log_output.text,
		"limpet: warning: batch-size 101 (environment OTEL_BSP_MAX_EXPORT_BATCH_SIZE) is "
		"larger than queue-size 100 (command line) and reduced to it\n");
	assert_int_equal(s.delivery.max_batch_items, 100);
	settings_done(&s);
	assert_refused(
		LINE("agent", "--queue-size=100", "--batch-size=101"), NO_ENV,
		"limpet: batch-size 101 (command line) is larger than queue-size 100 (command line); make the "
		"queue at least as large\n");
	assert_loads(&s, LINE("agent", "--queue-size=100", "--batch-size=100"), NO_ENV);
	settings_done(&s);
}

static void test_a_file_of_samples_means_samples(void **state)
{
	struct settings s;

	(void)state;
	assert_loads(&s, LINE("attach", "1", "--html=x", "--perfetto=y"), NO_ENV);
	assert_int_equal(s.profile.frequency_hz, 0);
	settings_done(&s);
	assert_loads(&s, LINE("attach", "1", "--folded=x"), NO_ENV);
	assert_int_equal(s.profile.frequency_hz, 99);
	settings_done(&s);
	assert_loads(&s, LINE("run", "--pprof=x", "--profile=49", "--", "ls"), NO_ENV);
	assert_int_equal(s.profile.frequency_hz, 49);
	settings_done(&s);
	assert_loads(&s, LINE("replay", "a.rec", "--speedscope=x"), NO_ENV);
	assert_int_equal(s.profile.frequency_hz, 0);
	settings_done(&s);
}

static char *const pool[] = {
	"run",
	"attach",
	"agent",
	"config",
	"help",
	"replay",
	"report",
	"--html",
	"--",
	"-",
	"",
	"-c",
	"-h",
	"--json",
	"--json=",
	"--sample",
	"--sample=0.5",
	"=",
	"--=",
	"--no-",
	"--no-json",
	"-cx",
	"\xff\xfe",
	"1",
	"--no-parent-based",
	"--release=\x1b[0m",
	"---",
	"--config",
	"/dev/null",
	"/dev/zero",
	"4711",
	"--resource-attributes=%",
	"--resource-attributes=a=%41",
	"--otlp-endpoint=http://[",
	"--config=.",
	"--batch-size=1048576",
	"99999999999999999999999999999999",
};

/* Random words out of a pool of nasty ones: whatever comes, an answer, no leak, no crash. */
static void test_odd_command_lines(void **state)
{
	unsigned seed = 12345, loaded = 0;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		char *line[8] = {"limpet"};
		struct settings s;

		for (int i = 1; i < 7; i++) {
			seed = seed * 1103515245 + 12345;
			line[i] = (seed >> 16) % 5
					  ? pool[(seed >> 18) % (sizeof(pool) / sizeof(pool[0]))]
					  : NULL;
			if (!line[i])
				break;
		}
		if (load(&s, line, NO_ENV) == 0) {
			loaded++;
			settings_done(&s);
		} else {
			assert_true(strlen(log_output.text) > 0);
		}
		for (const char *c = log_output.text; *c; c++)
			assert_true((unsigned char)*c >= 0x20 || *c == '\n');
	}
	assert_in_range(loaded, 1, 2999);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_precedence),
		cmocka_unit_test(test_batch_and_queue),
		cmocka_unit_test(test_a_file_of_samples_means_samples),
		cmocka_unit_test(test_odd_command_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
