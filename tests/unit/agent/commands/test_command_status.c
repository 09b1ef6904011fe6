/* Asking an agent: what it says goes to stdout, why it cannot be asked to the log. */
#include "commands/commands.h"

#include "cmocka_test.h"

#include <unistd.h>
#include "captured_output.h"
#include "service/status_socket.h"

#define PATH ".build/test_command_status.sock"

static struct captured_output output;

static int ask(const char *path, int fd)
{
	struct settings settings = {.service.status_socket = (char *)path};
	int code;

	captured_output_begin(&output, fd);
	code = command_status(&settings);
	(void)captured_output_end(&output);
	return code;
}

static void test_answer(void **state)
{
	struct status_socket *socket;
	struct status_board *board;

	(void)state;
	(void)unlink(PATH);
	assert_int_equal(status_board_new(&board), 0);
	assert_int_equal(status_socket_new(&socket, PATH, board), 0);
	assert_int_equal(ask(PATH, STDOUT_FILENO), EXIT_CODE_OK);
	assert_string_equal(output.text, "limpet is starting\n");
	status_socket_free(&socket);
	status_board_free(&board);
}

static void test_nobody(void **state)
{
	(void)state;
	(void)unlink(PATH);
	assert_int_equal(ask(PATH, STDERR_FILENO), EXIT_CODE_FAILURE);
	assert_string_equal(output.text, "limpet: status: no agent answers at " PATH
					 "; is it running? systemctl status limpet\n");
}

static void test_off(void **state)
{
	(void)state;
	assert_int_equal(ask("off", STDERR_FILENO), EXIT_CODE_SETTINGS);
	assert_string_equal(
		output.text,
		"limpet: status: --status-socket is off; name the agent's socket with it\n");
	assert_int_equal(ask(NULL, STDERR_FILENO), EXIT_CODE_SETTINGS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
