/* Every command and every way to write an option, and every way to get them wrong. */
#include "settings/command_line.h"

#include "loaded_settings.h"

#define SEE "; see: limpet --help\n"

static void test_commands(void **state)
{
	struct settings s;
	char **line = LINE("run", "--sample", "0.5", "--", "curl", "--help", "-v");

	(void)state;
	assert_loads(&s, line, NO_ENV);
	assert_int_equal(s.command, COMMAND_RUN);
	assert_ptr_equal(s.command_argv, line + 5);
	assert_string_equal(s.command_argv[1], "--help");
	assert_false(s.is_help_wanted);
	assert_false(s.capture.trace_all);
	settings_done(&s);

	line = LINE("--json", "run", "curl", "--sample");
	assert_loads(&s, line, NO_ENV);
	assert_ptr_equal(s.command_argv, line + 3);
	assert_string_equal(s.terminal.json_file, "-");
	settings_done(&s);

	assert_loads(&s, LINE("attach", "4711", "--json=x"), NO_ENV);
	assert_int_equal(s.command, COMMAND_ATTACH);
	assert_string_equal(s.attach_target, "4711");
	assert_string_equal(s.terminal.json_file, "x");
	settings_done(&s);
}

static void test_more_commands(void **state)
{
	struct settings s;

	(void)state;
	assert_loads(&s, LINE("agent"), NO_ENV);
	assert_int_equal(s.command, COMMAND_AGENT);
	assert_true(s.capture.trace_all);
	settings_done(&s);

	assert_loads(&s, LINE("check"), NO_ENV);
	assert_int_equal(s.command, COMMAND_CHECK);
	settings_done(&s);

	assert_loads(&s, LINE("replay", "--json", "a.rec"), NO_ENV);
	assert_int_equal(s.command, COMMAND_REPLAY);
	assert_string_equal(s.replay_file, "a.rec");
	assert_string_equal(s.terminal.json_file, "-");
	settings_done(&s);

	assert_loads(&s, LINE("report", "a.rec", "--html", "a b.html"), NO_ENV);
	assert_int_equal(s.command, COMMAND_REPORT);
	assert_string_equal(s.replay_file, "a.rec");
	assert_string_equal(s.terminal.html_file, "a b.html");
	settings_done(&s);

	assert_loads(&s, LINE("replay", "-"), NO_ENV);
	assert_string_equal(s.replay_file, "-");
	settings_done(&s);
}

static void test_two_recordings(void **state)
{
	struct settings s;

	(void)state;
	assert_loads(&s, LINE("diff", "a.rec", "--html=x", "b.rec"), NO_ENV);
	assert_int_equal(s.command, COMMAND_DIFF);
	assert_string_equal(s.replay_file, "a.rec");
	assert_string_equal(s.diff_file, "b.rec");
	settings_done(&s);
	assert_refused(LINE("diff", "a.rec"), NO_ENV,
		       "limpet: diff needs two recordings: limpet diff BEFORE AFTER" SEE);
	assert_refused(LINE("diff", "a.rec", ""), NO_ENV,
		       "limpet: diff: the name of the recording is empty\n");
	assert_refused(LINE("diff", "a", "b", "c"), NO_ENV, "limpet: unexpected argument 'c'" SEE);
}

static void test_config_takes_a_command_line(void **state)
{
	struct settings s;

	(void)state;
	assert_loads(&s, LINE("config"), NO_ENV);
	assert_int_equal(s.command, COMMAND_CONFIG);
	settings_done(&s);
	assert_loads(&s, LINE("config", "agent", "--sample=0"), NO_ENV);
	assert_int_equal(s.command, COMMAND_CONFIG);
	assert_true(s.capture.trace_all);
	assert_true(s.sampling.ratio == 0);
	settings_done(&s);
	assert_loads(&s, LINE("config", "attach"), NO_ENV);
	settings_done(&s);
	assert_loads(&s, LINE("config", "run", "--", "ls"), NO_ENV);
	assert_int_equal(s.command, COMMAND_CONFIG);
	settings_done(&s);
	assert_refused(LINE("config", "config"), NO_ENV,
		       "limpet: unexpected argument 'config'" SEE);
	assert_loads(&s, LINE("config", "attach", "unit:shop"), NO_ENV);
	assert_string_equal(s.attach_target, "unit:shop");
	settings_done(&s);
}

static void test_help_and_version(void **state)
{
	static char *const words[] = {"help", "-h", "--help"};
	struct settings s;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_loads(&s, LINE(words[i]), ENV("LIMPET_RING_SIZE=nonsense"));
		assert_true(s.is_help_wanted);
		assert_false(s.is_version_wanted);
		settings_done(&s);
	}
	assert_loads(&s, LINE("help", "run"), NO_ENV);
	assert_true(s.is_help_wanted);
	settings_done(&s);
	assert_loads(&s, LINE("attach", "--help"), NO_ENV);
	assert_true(s.is_help_wanted);
	settings_done(&s);
	assert_loads(&s, LINE("version"), NO_ENV);
	assert_true(s.is_version_wanted);
	settings_done(&s);
	assert_loads(&s, LINE("--version"), NO_ENV);
	assert_true(s.is_version_wanted);
	settings_done(&s);
}

static void test_ways_to_write_an_option(void **state)
{
	struct settings s;

	(void)state;
	assert_loads(&s,
		     LINE("agent", "--ring-size=64KiB", "--max-routes", "7", "--no-parent-based",
			  "--include-arguments", "--tcp-calls", "off", "--max-routes=8"),
		     NO_ENV);
	assert_int_equal(s.capture.ring_bytes, 65536);
	assert_int_equal(s.tracing.max_routes, 8); /* the last one counts */
	assert_false(s.sampling.parent_based);
	assert_true(s.identity.include_arguments);
	assert_false(s.tracing.tcp_calls);
	settings_done(&s);
	assert_loads(&s, LINE("agent", "--parent-based=no", "--no-tcp-calls", "--release=-x"),
		     NO_ENV);
	assert_false(s.sampling.parent_based);
	assert_false(s.tracing.tcp_calls);
	assert_string_equal(s.identity.release, "-x");
	settings_done(&s);
	/* An empty value takes back what the environment said. */
	assert_loads(&s, LINE("agent", "--sentry-dsn="), ENV("SENTRY_DSN=https://k@h/1"));
	assert_null(s.sentry.dsn);
	settings_done(&s);
}

static void test_bad_commands(void **state)
{
	(void)state;
	assert_refused(
		(char *[]){NULL}, NO_ENV,
		"limpet: no command; one of run, attach, agent, status, check, replay, report, diff, config" SEE);
	assert_refused(
		LINE("--sample=1"), NO_ENV,
		"limpet: no command; one of run, attach, agent, status, check, replay, report, diff, config" SEE);
	assert_refused(
		LINE("atach"), NO_ENV,
		"limpet: unknown command 'atach', did you mean 'attach'? see: limpet --help\n");
	assert_refused(LINE("trace\x1b[2J"), NO_ENV, "limpet: unknown command 'trace\\x1b[2J'" SEE);
	assert_refused(LINE(""), NO_ENV, "limpet: unknown command ''" SEE);
	assert_refused(LINE("agent", "x"), NO_ENV, "limpet: unexpected argument 'x'" SEE);
	assert_refused(LINE("check", "--", "x"), NO_ENV, "limpet: unexpected argument 'x'" SEE);
	assert_refused(LINE("run"), NO_ENV,
		       "limpet: run needs a command: limpet run [OPTION…] -- CMD [ARGUMENT…]" SEE);
	assert_refused(LINE("run", "--"), NO_ENV,
		       "limpet: run needs a command: limpet run [OPTION…] -- CMD [ARGUMENT…]" SEE);
	assert_refused(LINE("run", ""), NO_ENV,
		       "limpet: run needs a command: limpet run [OPTION…] -- CMD [ARGUMENT…]" SEE);
	assert_refused(LINE("replay"), NO_ENV,
		       "limpet: replay needs a recording: limpet replay FILE" SEE);
	assert_refused(LINE("replay", ""), NO_ENV,
		       "limpet: replay: the name of the recording is empty\n");
	assert_refused(LINE("report"), NO_ENV,
		       "limpet: report needs a recording: limpet report FILE" SEE);
	assert_refused(LINE("report", ""), NO_ENV,
		       "limpet: report: the name of the recording is empty\n");
	assert_refused(LINE("replay", "a", "b"), NO_ENV, "limpet: unexpected argument 'b'" SEE);
}

static void test_bad_targets(void **state)
{
	(void)state;
	assert_refused(LINE("attach", ""), NO_ENV,
		       "limpet: attach: the name of the process is empty\n");
	assert_refused(LINE("replay", ""), NO_ENV,
		       "limpet: replay: the name of the recording is empty\n");
	assert_refused(LINE("attach"), NO_ENV,
		       "limpet: attach needs a process, by PID or name, a unit or a container: "
		       "limpet attach PID" SEE);
	assert_refused(LINE("attach", "1", "2", "3"), NO_ENV,
		       "limpet: unexpected argument '2'" SEE);
}

static void test_bad_options(void **state)
{
	(void)state;
	assert_refused(
		LINE("agent", "--rign-size", "1"), NO_ENV,
		"limpet: unknown option '--rign-size', did you mean '--ring-size'? see: limpet --help\n");
	assert_refused(
		LINE("agent", "--no-ring-size"), NO_ENV,
		"limpet: unknown option '--no-ring-size', did you mean '--ring-size'? see: limpet --help\n");
	assert_refused(LINE("agent", "--xyzzyxyzzy=\x07"), NO_ENV,
		       "limpet: unknown option '--xyzzyxyzzy=\\x07'" SEE);
	assert_refused(LINE("agent", "-x"), NO_ENV, "limpet: unknown option '-x'" SEE);
	assert_refused(LINE("agent", "--=1"), NO_ENV, "limpet: unknown option '--=1'" SEE);
	assert_refused(
		LINE("agent", "--record"), NO_ENV,
		"limpet: --record needs a value: a file name without control characters, at most 8192 bytes" SEE);
	assert_refused(
		LINE("run", "--record", "--", "ls"), NO_ENV,
		"limpet: --record needs a value: a file name without control characters, at most 8192 bytes" SEE);
	assert_refused(LINE("agent", "--sample="), NO_ENV,
		       "limpet: --sample: '' is not a number from 0 to 1 (such as 0.25)\n");
	/* Every bad value is told. */
	assert_refused(LINE("agent", "--sample=2", "--routes=x"), NO_ENV,
		       "limpet: --routes: 'x' is not one of guessed, off\n"
		       "limpet: --sample: '2' is not a number from 0 to 1 (such as 0.25)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_more_commands),
		cmocka_unit_test(test_two_recordings),
		cmocka_unit_test(test_config_takes_a_command_line),
		cmocka_unit_test(test_help_and_version),
		cmocka_unit_test(test_ways_to_write_an_option),
		cmocka_unit_test(test_bad_commands),
		cmocka_unit_test(test_bad_targets),
		cmocka_unit_test(test_bad_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
