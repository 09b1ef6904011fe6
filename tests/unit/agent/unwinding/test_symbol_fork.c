/* The life of the symbol process: started, killed, reaped; its word outlives it. */
#include "unwinding/symbol_fork.h"

#include <dirent.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "cmocka_test.h"
#include "unwinding/symbol_message.h"

static const struct symbol_child_settings settings = {.job_timeout_ms = 1000};

static uint32_t count_descriptors(void)
{
	DIR *descriptors = opendir("/proc/self/fd");
	uint32_t count = 0;

	assert_non_null(descriptors);
	while (readdir(descriptors))
		count++;
	(void)closedir(descriptors);
	return count;
}

static struct symbol_reply wait_for_reply(const struct symbol_fork *child)
{
	struct pollfd event = {.fd = child->socket_fd, .events = POLLIN};
	struct symbol_reply reply;

	while (poll(&event, 1, -1) < 0)
		;
	assert_int_equal(recv(child->socket_fd, &reply, sizeof(reply), MSG_DONTWAIT),
			 sizeof(reply));
	return reply;
}

static void test_start_and_stop(void **state)
{
	uint32_t descriptors = count_descriptors();
	struct symbol_fork child;
	struct symbol_reply reply;

	(void)state;
	assert_int_equal(symbol_fork_init(&child, &settings), 0);
	assert_false(symbol_fork_is_running(&child));
	symbol_fork_stop(&child); /* there is none */
	assert_int_equal(symbol_fork_start(&child), 0);
	assert_true(symbol_fork_is_running(&child));
	reply = wait_for_reply(&child);
	assert_true(reply.id == ID_READY);
	assert_int_equal(reply.error, 0);
	assert_int_equal(symbol_fork_culprit(&child), 0);
	*child.settings.culprit = 77;
	symbol_fork_stop(&child);
	assert_false(symbol_fork_is_running(&child));
	assert_int_equal(symbol_fork_culprit(&child), 77);
	while (child.dying_count) {
		symbol_fork_reap(&child);
		(void)poll(NULL, 0, 1);
	}
	assert_int_equal(symbol_fork_start(&child), 0);
	assert_int_equal(symbol_fork_culprit(&child), 0);
	symbol_fork_done(&child);
	symbol_fork_done(&child);
	assert_int_equal(count_descriptors(), descriptors);
}

static void test_many_deaths_in_a_row(void **state)
{
	struct symbol_fork child;

	(void)state;
	assert_int_equal(symbol_fork_init(&child, &settings), 0);
	for (int i = 0; i < 3 * MAX_DYING; i++) {
		assert_int_equal(symbol_fork_start(&child), 0);
		symbol_fork_stop(&child);
		assert_true(child.dying_count <= MAX_DYING);
	}
	symbol_fork_done(&child);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_start_and_stop),
		cmocka_unit_test(test_many_deaths_in_a_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
