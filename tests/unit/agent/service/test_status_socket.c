/* Asking and answering over a socket: what is said, whose place is taken, who does not hold it up.
 */
#include "service/status_socket.h"

#include "cmocka_test.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "sample_status.h"

static char folder[] = "/tmp/limpet-status-XXXXXX", path[64];
static struct status_board *board;
static struct service_status status;
static char text[MAX_STATUS_BYTES + 1];

static int begin(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/socket", folder);
	return status_board_new(&board);
}

static int end(void **state)
{
	(void)state;
	status_board_free(&board);
	return rmdir(folder);
}

static int connect_to_it(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)strcpy(address.sun_path, path);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void test_answers(void **state)
{
	struct status_socket *socket = NULL, *second = NULL;
	struct stat file;
	int silent;

	(void)state;
	assert_int_equal(status_socket_ask(path, text, sizeof(text)), -ENOENT);
	assert_int_equal(status_socket_new(&socket, path, board), 0);
	assert_int_equal(stat(path, &file), 0);
	assert_int_equal(file.st_mode & 07777, 0660);
	assert_int_equal(status_socket_ask(path, text, sizeof(text)), 0);
	assert_string_equal(text, "limpet is starting\n");
	sample_status_fill(&status);
	(void)status_board_publish(board, &status);
	assert_int_equal(status_socket_ask(path, text, sizeof(text)), 0);
	assert_non_null(strstr(text, "\n  sentry sentry.example: out of reach"));
	assert_int_equal(status_socket_ask(path, text, 10), 0);
	assert_string_equal(text, "limpet "
				  "0."); /* cut to the room */
	/* Who connects and does not read. */
	silent = connect_to_it();
	assert_int_equal(status_socket_ask(path, text, sizeof(text)), 0);
	(void)close(silent);
	assert_int_equal(status_socket_new(&second, path, board), -EADDRINUSE);
	assert_int_equal(status_socket_ask(path, text, sizeof(text)), 0);
	status_socket_free(&socket);
	assert_null(socket);
	assert_int_equal(stat(path, &file), -1);
}

/* What an agent that was killed left. */
static void test_dead_socket(void **state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct status_socket *opened = NULL;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)state;
	(void)strcpy(address.sun_path, path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 1), 0);
	(void)close(fd);
	assert_int_equal(status_socket_ask(path, text, sizeof(text)), -ECONNREFUSED);
	assert_int_equal(status_socket_new(&opened, path, board), 0);
	assert_int_equal(status_socket_ask(path, text, sizeof(text)), 0);
	status_socket_free(&opened);
}

static void test_bad_path(void **state)
{
	struct status_socket *opened = NULL;
	char long_path[200];

	(void)state;
	assert_int_equal(status_socket_new(&opened, "/nonexistent/limpet/socket", board), -ENOENT);
	memset(long_path, 'x', sizeof(long_path) - 1);
	long_path[sizeof(long_path) - 1] = '\0';
	assert_int_equal(status_socket_new(&opened, long_path, board), -ENAMETOOLONG);
	assert_int_equal(status_socket_ask(long_path, text, sizeof(text)), -ENAMETOOLONG);
	assert_null(opened);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_dead_socket),
		cmocka_unit_test(test_bad_path),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
