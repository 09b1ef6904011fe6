/* The symbol process from the inside: what it says to requests that no agent of ours would send. */
#include "unwinding/symbol_child.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cmocka_test.h"
#include "unwinding/symbol_message.h"
#include "unwinding/unwind_job.h"

static struct {
	int socket_fd;
	pid_t pid;
} f;

static struct symbol_reply receive_reply(void)
{
	struct symbol_reply reply;

	assert_int_equal(recv(f.socket_fd, &reply, sizeof(reply), 0), sizeof(reply));
	return reply;
}

static int begin(void **state)
{
	static volatile uint64_t culprit;
	struct symbol_child_settings settings = {
		.job_timeout_ms = 1000, .culprit = &culprit, .parent = getpid()};
	int pair[2];

	(void)state;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -1;
	settings.socket_fd = pair[1];
	f.socket_fd = pair[0];
	f.pid = fork();
	if (f.pid == 0)
		symbol_child_run(&settings);
	(void)close(pair[1]);
	return receive_reply().id == ID_READY ? 0 : -1;
}

/* Our end closing is its end. */
static int end(void **state)
{
	int status;

	(void)state;
	(void)close(f.socket_fd);
	if (waitpid(f.pid, &status, 0) != f.pid)
		return -1;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

static void request(uint64_t id, uint64_t size, int fd)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr aligned;
	} control = {.bytes = {0}};
	struct symbol_request message_bytes = {.id = id, .size_bytes = size};
	struct iovec piece = {&message_bytes, sizeof(message_bytes)};
	struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
	struct cmsghdr *part;

	if (fd >= 0) {
		message.msg_control = control.bytes;
		message.msg_controllen = sizeof(control.bytes);
		part = CMSG_FIRSTHDR(&message);
		part->cmsg_level = SOL_SOCKET;
		part->cmsg_type = SCM_RIGHTS;
		part->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(part), &fd, sizeof(fd));
	}
	assert_int_equal(sendmsg(f.socket_fd, &message, 0), sizeof(message_bytes));
}

static void expect_error(uint64_t id, int error)
{
	struct symbol_reply reply = receive_reply();

	assert_int_equal(reply.id, id);
	assert_int_equal(reply.error, error);
	assert_int_equal(reply.size_bytes, 0);
}

static void test_nonsense_is_answered(void **state)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "nonsense", 8), 8);
	request(1, 8, -1);
	expect_error(1, -EBADMSG);
	request(2, 8, fd);
	expect_error(2, -EBADMSG);
	request(3, 9, fd); /* shorter than it says */
	expect_error(3, -EBADMSG);
	request(4, MAX_JOB_BYTES + 1ull, fd);
	expect_error(4, -EMSGSIZE);
	request(5, 0, fd);
	expect_error(5, -EBADMSG);
	(void)close(fd);
}

static void test_a_job_after_nonsense(void **state)
{
	int fd = memfd_create("test", MFD_CLOEXEC);
	struct unwind_job job = {.id = 7, .perf_map_fd = -1};
	static struct unwind_answer answer;
	struct byte_buffer bytes;
	struct symbol_reply reply;
	struct arena arena;
	char got[4096];

	(void)state;
	request(6, 0, fd);
	expect_error(6, -EBADMSG);
	byte_buffer_init(&bytes, MAX_JOB_BYTES);
	assert_int_equal(unwind_job_encode(&job, &bytes), 0);
	assert_int_equal(write(fd, bytes.bytes, bytes.size), bytes.size);
	request(7, bytes.size, fd);
	reply = receive_reply();
	assert_int_equal(reply.id, 7);
	assert_int_equal(reply.error, 0);
	assert_int_equal(recv(f.socket_fd, got, sizeof(got), 0), reply.size_bytes);
	arena_init(&arena, 1 << 16);
	assert_int_equal(unwind_answer_decode(view_of(got, reply.size_bytes), &arena, &answer), 0);
	assert_int_equal(answer.id, 7);
	assert_int_equal(answer.threads_count, 0);
	arena_done(&arena);
	byte_buffer_done(&bytes);
	(void)close(fd);
}

static void test_a_wrong_size_ends_it(void **state)
{
	char byte;

	(void)state;
	assert_int_equal(send(f.socket_fd, "x", 1, 0), 1);
	assert_int_equal(recv(f.socket_fd, &byte, 1, 0), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nonsense_is_answered),
		TEST(test_a_job_after_nonsense),
		TEST(test_a_wrong_size_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
