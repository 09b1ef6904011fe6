/* Reading again: what changes where it stands, what waits, and files that change nothing. */
#include "settings/settings_reload.h"

#include "loaded_settings.h"

#define FILE_NAME ".build/test_settings_reload.yaml"

/* Kept by the settings, as main's are. */
static char *line[] = {(char *)"limpet",
		       (char *)"agent",
		       (char *)"--color",
		       (char *)"never",
		       (char *)"-c",
		       (char *)FILE_NAME,
		       NULL};
static char *environment[] = {NULL};
static struct settings settings;
static struct settings_change change;

static int begin(void **state)
{
	(void)state;
	write_file(FILE_NAME, 0600,
		   "sampling:\n  ratio: 0.5\nidentity:\n  release: shop@1\n"
		   "sentry:\n  dsn: https://key@h/1\n");
	assert_loads(&settings, line, environment);
	return 0;
}

static int end(void **state)
{
	(void)state;
	settings_done(&settings);
	return unlink(FILE_NAME);
}

static int reload(const char *text, settings_judge_fn judge)
{
	int err;

	write_file(FILE_NAME, 0600, text);
	change = (struct settings_change){99, 99};
	captured_output_begin(&log_output, STDERR_FILENO);
	err = settings_reload(&settings, judge, &change);
	(void)captured_output_end(&log_output);
	return err;
}

static void test_same(void **state)
{
	(void)state;
	assert_int_equal(reload("sampling:\n  ratio: 0.5\nidentity:\n  release: shop@1\n"
				"sentry:\n  dsn: https://key@h/1\n",
				NULL),
			 0);
	assert_string_equal(log_output.text, "");
	assert_int_equal(change.live_count + change.restart_count, 0);
}

static void test_live(void **state)
{
	(void)state;
	assert_int_equal(reload("sampling:\n  ratio: 0.25\nlog_level: debug\n"
				"sentry:\n  dsn: https://key@h/1\n",
				NULL),
			 0);
	assert_string_equal(log_output.text, "limpet: log-level is debug now (it was info)\n"
					     "limpet: sample is 0.25 now (it was 0.5)\n"
					     "limpet: release is not set now (it was shop@1)\n");
	assert_int_equal(change.live_count, 3);
	assert_int_equal(change.restart_count, 0);
	assert_true(settings.sampling.ratio == 0.25);
	assert_int_equal(settings.log_level, LOG_LEVEL_DEBUG);
	assert_null(settings.identity.release);
	/* And back, so that what was freed is not needed. */
	assert_int_equal(
		reload("identity:\n  release: shop@2\nsentry:\n  dsn: https://key@h/1\n", NULL), 0);
	assert_string_equal(settings.identity.release, "shop@2");
	assert_true(settings.sampling.ratio == 1);
}

/* Rules as a list and in one line are the same text; wrong ones change nothing at all. */
static void test_rules(void **state)
{
	(void)state;
	assert_int_equal(reload("discovery:\n  rules:\n    - {action: ignore, user: nobody}\n"
				"  only_ports: 80,443\n  suppress_sdk: off\n"
				"sampling:\n  ratio: 0.5\nidentity:\n  release: shop@1\n"
				"sentry:\n  dsn: https://key@h/1\n",
				NULL),
			 0);
	assert_int_equal(change.live_count, 3);
	assert_int_equal(change.restart_count, 0);
	assert_non_null(strstr(log_output.text, "discovery-rules is "));
	assert_non_null(strstr(settings.discovery.rules, "ignore user="));
	assert_string_equal(settings.discovery.only_ports, "80,443");
	assert_false(settings.discovery.suppress_sdk);
	assert_int_equal(reload("discovery:\n  rules:\n    - {action: ignore, shoe: 42}\n", NULL),
			 -EINVAL);
	assert_non_null(strstr(log_output.text, FILE_NAME ":3: "));
	assert_non_null(strstr(settings.discovery.rules, "ignore user="));
	assert_string_equal(settings.identity.release, "shop@1");
}

/* The value of a secret is not said, nor taken over. */
static void test_restart(void **state)
{
	(void)state;
	assert_int_equal(reload("sampling:\n  ratio: 0.5\nidentity:\n  release: shop@1\n"
				"sentry:\n  dsn: https://other@h/1\ncapture:\n  ring_bytes: 4MiB\n",
				NULL),
			 0);
	assert_string_equal(log_output.text,
			    "limpet: warning: ring-size has changed: it takes effect at the next "
			    "start (systemctl restart limpet)\n"
			    "limpet: warning: sentry-dsn has changed: it takes effect at the next "
			    "start (systemctl restart limpet)\n");
	assert_int_equal(change.restart_count, 2);
	assert_string_equal(settings.sentry.dsn, "https://key@h/1");
	assert_int_equal(settings.capture.ring_bytes, 2 << 20);
}

static bool refuse(const struct settings *fresh)
{
	assert_true(fresh->sampling.ratio == 1);
	return false;
}

static void test_refused(void **state)
{
	(void)state;
	assert_int_equal(reload("samplign:\n  ratio: 0\n", NULL), -EINVAL);
	assert_string_equal(log_output.text,
			    "limpet: " FILE_NAME
			    ":1: unknown key 'samplign'; known keys: limpet config\n");
	assert_true(settings.sampling.ratio == 0.5);
	assert_int_equal(reload("log_level: debug\n", refuse), -EINVAL);
	assert_int_equal(settings.log_level, LOG_LEVEL_INFO);
	(void)unlink(FILE_NAME);
	captured_output_begin(&log_output, STDERR_FILENO);
	assert_int_equal(settings_reload(&settings, NULL, &change), -EINVAL);
	(void)captured_output_end(&log_output);
	assert_string_equal(settings.identity.release, "shop@1");
	write_file(FILE_NAME, 0600, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_same, begin, end),
		cmocka_unit_test_setup_teardown(test_live, begin, end),
		cmocka_unit_test_setup_teardown(test_rules, begin, end),
		cmocka_unit_test_setup_teardown(test_restart, begin, end),
		cmocka_unit_test_setup_teardown(test_refused, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
