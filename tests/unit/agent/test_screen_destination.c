/* When a full screen is wanted: never where there is no terminal, nor against what was asked for.
 */
#include "cmocka_test.h"

#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>
#include "captured_output.h"
#include "screen_destination.h"

enum outcome { NONE, WANTED, LEFT_TO_COMMAND };

static const struct wish {
	struct settings settings;
	enum outcome outcome;
} wishes[] = {
	{{.command = COMMAND_ATTACH}, WANTED},
	{{.command = COMMAND_RUN}, LEFT_TO_COMMAND},
	{{.command = COMMAND_RUN, .terminal.plain = SWITCH_ON}, NONE},
	{{.command = COMMAND_RUN, .terminal.is_quiet = true}, NONE},
	{{.command = COMMAND_REPLAY}, NONE},
	{{.command = COMMAND_AGENT}, NONE},
	{{.command = COMMAND_REPLAY, .terminal.plain = SWITCH_OFF}, WANTED},
	{{.command = COMMAND_RUN, .terminal.plain = SWITCH_OFF}, WANTED},
	{{.command = COMMAND_AGENT, .terminal.plain = SWITCH_OFF}, NONE},
	{{.command = COMMAND_ATTACH, .terminal.plain = SWITCH_ON}, NONE},
	{{.command = COMMAND_ATTACH, .terminal.trees = SWITCH_OFF}, NONE},
	{{.command = COMMAND_ATTACH, .terminal.is_quiet = true}, NONE},
	{{.command = COMMAND_ATTACH, .terminal.json_file = (char *)"-"}, NONE},
	{{.command = COMMAND_ATTACH, .terminal.json_file = (char *)"x"}, WANTED},
};

#define WISHES_COUNT (sizeof(wishes) / sizeof(wishes[0]))

/* Without a terminal nobody wants it. */
static void without(void **state)
{
	int other[2];

	(void)state;
	assert_int_equal(pipe(other), 0);
	assert_int_equal(dup2(other[0], STDIN_FILENO), STDIN_FILENO);
	for (size_t i = 0; i < WISHES_COUNT; i++)
		assert_false(screen_destination_is_wanted(&wishes[i].settings) ||
			     screen_destination_is_left_to_command(&wishes[i].settings));
}

/* The exit code says which of them was wrong. */
static void judge(void)
{
	(void)setenv("TERM", "xterm", 1);
	for (size_t i = 0; i < WISHES_COUNT; i++)
		if (screen_destination_is_wanted(&wishes[i].settings) !=
			    (wishes[i].outcome == WANTED) ||
		    screen_destination_is_left_to_command(&wishes[i].settings) !=
			    (wishes[i].outcome == LEFT_TO_COMMAND))
			_exit((int)i + 1);
	_exit(0);
}

static void with(void **state)
{
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	int master, status;
	pid_t pid = forkpty(&master, NULL, NULL, &size);

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0)
		judge();
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	(void)close(master);
}

static const char *add(const struct settings *settings)
{
	static struct captured_output said;
	struct destination_lane lane = {0};
	struct screen *screen = (struct screen *)&lane;
	struct drops drops = {0};

	captured_output_begin(&said, STDERR_FILENO);
	assert_int_equal(screen_destination_add(&lane, &screen, settings, &drops), 0);
	assert_null(screen);
	assert_int_equal(lane.count, 0);
	return captured_output_end(&said);
}

/* Where there is no terminal there is no screen, and that is no failure. Who asked for it is told.
 */
static void not_added(void **state)
{
	static const struct settings forced = {.command = COMMAND_RUN,
					       .terminal.plain = SWITCH_OFF},
				     agent = {.command = COMMAND_AGENT,
					      .terminal.plain = SWITCH_OFF};

	(void)state;
	assert_string_equal(add(&wishes[0].settings), "");
	assert_string_equal(add(&agent), "");
	assert_string_equal(
		add(&forced),
		"limpet: warning: plain=off: lines scroll, as there can be no full screen "
		"here; it takes a terminal as standard input and output, of a kind that "
		"TERM names\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(with),
		cmocka_unit_test(without),
		cmocka_unit_test(not_added),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
