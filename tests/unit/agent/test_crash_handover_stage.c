/* Whom there is a store for, and what becomes of what nobody wants any more. The rest takes a
 * kernel: tests/vm/service/package.sh. */
#include "crash_handover_stage.h"

#include "cmocka_test.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "notify_receiver.h"

static int receiver;
static char address[NOTIFY_ADDRESS_BYTES];
static struct drops drops;

static int begin(void **state)
{
	(void)state;
	receiver = notify_receiver_open(address);
	return receiver < 0 ? receiver : 0;
}

static int end(void **state)
{
	(void)state;
	return close(receiver);
}

static void without_a_store_nothing_is_done(void **state)
{
	struct settings settings = {.command = COMMAND_AGENT, .crash.enabled = true};
	struct view record = VIEW_LITERAL("anything");

	(void)state;
	assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
	assert_null(crash_handover_stage_new(&settings, &drops));
	assert_int_equal(setenv("NOTIFY_SOCKET", address, 1), 0);
	settings.command = COMMAND_RUN;
	assert_null(crash_handover_stage_new(&settings, &drops));
	crash_handover_stage_begin(NULL, NULL, NULL);
	crash_handover_stage_drain(NULL);
	assert_true(crash_handover_stage_takes(NULL, record));
}

/* Crashes were wanted before, and are not now: what was kept is let go, each name once. */
static void what_is_not_wanted_is_let_go(void **state)
{
	struct settings settings = {.command = COMMAND_AGENT};
	struct crash_handover_stage *stage;
	char heard[256];
	int fds[3], status;
	pid_t child;

	(void)state;
	child = fork();
	if (child > 0) {
		static const char *const expected[] = {
			"FDSTOREREMOVE=1\nFDNAME=limpet-crash-links-v4",
			"FDSTOREREMOVE=1\nFDNAME=limpet-crash-records-v3"};

		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
		for (size_t i = 0; i < 2; i++) {
			ssize_t size = recv(receiver, heard, sizeof(heard) - 1, 0);

			assert_true(size > 0);
			heard[size] = '\0';
			assert_string_equal(heard, expected[i]);
		}
		assert_true(recv(receiver, heard, sizeof(heard), 0) < 0);
		return;
	}
	for (int i = 0; i < 3; i++)
		fds[i] = dup2(1, 3 + i);
	(void)fds;
	(void)setenv("NOTIFY_SOCKET", address, 1);
	(void)snprintf(heard, sizeof(heard), "%d", (int)getpid());
	(void)setenv("LISTEN_PID", heard, 1);
	(void)setenv("LISTEN_FDS", "3", 1);
	(void)setenv("LISTEN_FDNAMES",
		     "limpet-crash-links-v4:limpet-crash-links-v4:limpet-crash-records-v3", 1);
	stage = crash_handover_stage_new(&settings, &drops);
	if (!stage)
		_exit(1);
	crash_handover_stage_begin(stage, NULL, NULL);
	crash_handover_stage_drain(stage);
	crash_handover_stage_free(&stage);
	for (int fd = 3; fd < 6; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			_exit(2);
	_exit(drops_get(&drops, DROP_HANDOVER_LOST) ? 3 : 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_store_nothing_is_done),
		cmocka_unit_test(what_is_not_wanted_is_let_go),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
