/* What a service manager hears: a path, an abstract name, none; and that a text stays one line. */
#include "service/notify_socket.h"

#include "cmocka_test.h"

#include <unistd.h>
#include "notify_receiver.h"

static int receiver;
static char address[NOTIFY_ADDRESS_BYTES];
static char heard[2048];

static int open_receiver(void **state)
{
	(void)state;
	receiver = notify_receiver_open(address);
	return receiver < 0 ? receiver : 0;
}

static int close_receiver(void **state)
{
	(void)state;
	return close(receiver);
}

static const char *hear(void)
{
	ssize_t size = recv(receiver, heard, sizeof(heard) - 1, 0);

	heard[size > 0 ? size : 0] = '\0';
	return heard;
}

static void test_abstract(void **state)
{
	struct notify_socket notify;

	(void)state;
	notify_socket_init(&notify, address);
	assert_true(notify_socket_send(&notify, "WATCHDOG=1"));
	assert_string_equal(hear(), "WATCHDOG=1");
	assert_true(notify_socket_say(&notify, "READY=1", "tracing %d", 3));
	assert_string_equal(hear(), "READY=1\nSTATUS=tracing 3");
	assert_true(notify_socket_say(&notify, "", "%s", "a\nWATCHDOG=1\033[2J"));
	assert_string_equal(hear(), "STATUS=a WATCHDOG=1 [2J");
	notify_socket_done(&notify);
	assert_false(notify_socket_send(&notify, "WATCHDOG=1"));
}

static void test_long_text(void **state)
{
	struct notify_socket notify;
	char text[4096];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	notify_socket_init(&notify, address);
	assert_true(notify_socket_say(&notify, "READY=1", "%s", text));
	assert_int_equal(strlen(hear()), strlen("READY=1\nSTATUS=") + MAX_STATUS_TEXT_BYTES - 1);
	assert_false(notify_socket_say(&notify, text, "x"));
	notify_socket_done(&notify);
}

static void test_path(void **state)
{
	struct sockaddr_un bound = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct notify_socket notify;
	char folder[] = "/tmp/limpet-notify-XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(folder));
	(void)snprintf(bound.sun_path, sizeof(bound.sun_path), "%s/socket", folder);
	assert_int_equal(bind(fd, (struct sockaddr *)&bound, sizeof(bound)), 0);
	notify_socket_init(&notify, bound.sun_path);
	assert_true(notify_socket_send(&notify, "STOPPING=1"));
	assert_int_equal(recv(fd, heard, sizeof(heard), MSG_DONTWAIT), strlen("STOPPING=1"));
	notify_socket_done(&notify);
	(void)close(fd);
	(void)unlink(bound.sun_path);
	(void)rmdir(folder);
}

static void test_nobody(void **state)
{
	static const char *const none[] = {NULL, "", "/", "@", "relative", "vsock:2:1234"};
	struct notify_socket notify;
	char text[200];

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		notify_socket_init(&notify, none[i]);
		assert_int_equal(notify.fd, -1);
		assert_false(notify_socket_send(&notify, "READY=1"));
		notify_socket_done(&notify);
	}
	memset(text, '/', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	notify_socket_init(&notify, text);
	assert_int_equal(notify.fd, -1);
}

static void test_failure(void **state)
{
	(void)state;
	assert_int_equal(setenv("NOTIFY_SOCKET", address, 1), 0);
	notify_socket_say_failure("agent: no destination is set");
	assert_string_equal(hear(), "STATUS=not started: agent: no destination is set");
	notify_socket_say_failure("");
	assert_string_equal(hear(), "");
	assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
	notify_socket_say_failure("nobody hears");
	assert_string_equal(hear(), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_abstract), cmocka_unit_test(test_long_text),
		cmocka_unit_test(test_path),     cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_failure),
	};

	return cmocka_run_group_tests(tests, open_receiver, close_receiver);
}
