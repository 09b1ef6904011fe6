/* When a full screen is wanted: never where there is no terminal, nor against what was asked for.
 */
#include "cmocka_test.h"

#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>
#include "screen_destination.h"

static const struct wish {
	struct settings settings;
	bool is_wanted;
} wishes[] = {
	{{.command = COMMAND_ATTACH}, true},
	{{.command = COMMAND_RUN}, false},
	{{.command = COMMAND_REPLAY}, false},
	{{.command = COMMAND_AGENT}, false},
	{{.command = COMMAND_REPLAY, .terminal.plain = SWITCH_OFF}, true},
	{{.command = COMMAND_RUN, .terminal.plain = SWITCH_OFF}, true},
	{{.command = COMMAND_AGENT, .terminal.plain = SWITCH_OFF}, false},
	{{.command = COMMAND_ATTACH, .terminal.plain = SWITCH_ON}, false},
	{{.command = COMMAND_ATTACH, .terminal.trees = SWITCH_OFF}, false},
	{{.command = COMMAND_ATTACH, .terminal.is_quiet = true}, false},
	{{.command = COMMAND_ATTACH, .terminal.json_file = (char *)"-"}, false},
	{{.command = COMMAND_ATTACH, .terminal.json_file = (char *)"x"}, true},
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
		assert_false(screen_destination_is_wanted(&wishes[i].settings));
}

/* The exit code says which of them was wrong. */
static void judge(void)
{
	(void)setenv("TERM", "xterm", 1);
	for (size_t i = 0; i < WISHES_COUNT; i++)
		if (screen_destination_is_wanted(&wishes[i].settings) != wishes[i].is_wanted)
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

/* Where there is no terminal there is no screen, and that is no failure. */
static void not_added(void **state)
{
	struct destination_lane lane = {0};
	struct screen *screen = (struct screen *)&lane;
	struct drops drops = {0};

	(void)state;
	assert_int_equal(screen_destination_add(&lane, &screen, &wishes[0].settings, &drops), 0);
	assert_null(screen);
	assert_int_equal(lane.count, 0);
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
