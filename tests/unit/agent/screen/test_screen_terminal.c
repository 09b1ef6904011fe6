/* Cells and keys through a pseudo terminal. */
#include "cmocka_test.h"

#include <locale.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>
#include "screen/screen_state.h"
#include "screen/screen_terminal.h"

/* In the child: shows a line, takes keys and tells which they were by its exit code. */
static void child(void)
{
	static const uint32_t wanted[] = {KEY_OF_UP,        KEY_OF_ENTER,     'q',
					  KEY_OF_BACKSPACE, KEY_OF_PAGE_DOWN, KEY_OF_TAB,
					  KEY_OF_ESCAPE};
	struct screen_buffer screen;
	uint32_t rows, columns;

	(void)setenv("TERM", "xterm", 1);
	(void)setlocale(LC_ALL, "C.UTF-8");
	if (screen_terminal_begin() < 0)
		_exit(100);
	screen_terminal_size(&rows, &columns);
	if (rows != 30 || columns != 100 || screen_buffer_init(&screen, rows, columns) < 0)
		_exit(101);
	screen_buffer_set_line(&screen, 2, VIEW_LITERAL("\x1b[31mred\x1b[0m 世界 ready"));
	screen_terminal_show(&screen, true);
	for (int i = 0; i < 7; i++) {
		uint32_t key = 0;

		for (int j = 0; j < 100 && !key; j++)
			key = screen_terminal_key(50);
		if (key != wanted[i])
			_exit(i + 1);
	}
	if (screen_terminal_key(1) != 0)
		_exit(102);
	screen_buffer_done(&screen);
	screen_terminal_end();
	screen_terminal_end();
	_exit(0);
}

static void both_ways(void **state)
{
	static char text[65536];
	struct winsize size = {.ws_row = 30, .ws_col = 100};
	size_t used = 0;
	int master, status;
	pid_t pid;

	(void)state;
	pid = forkpty(&master, NULL, NULL, &size);
	assert_true(pid >= 0);
	if (pid == 0)
		child();
	while (!strstr(text, "ready") && used < sizeof(text) - 1) {
		ssize_t count = read(master, text + used, sizeof(text) - used - 1);

		assert_true(count > 0);
		used += (size_t)count;
	}
	assert_non_null(strstr(text, "世界"));
	assert_non_null(strstr(text, "\x1b[31m"));
	assert_int_equal(write(master, "\x1bOA\rq\x7f\x1b[6~\t\x1b", 12), 12);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	(void)close(master);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
