/* A job that travels: its bytes, its files, and /dev/null where a file must not be shown. */
#include "unwinding/waiting_job.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cmocka_test.h"
#include "unwinding/symbol_message.h"

/* Receives one message; how many descriptors came with it. */
static uint32_t receive(int fd, struct symbol_request *ret_request, int *ret_fds)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int) * (MAX_JOB_FILES + 1))];
		struct cmsghdr aligned;
	} control;
	struct iovec piece = {ret_request, sizeof(*ret_request)};
	struct msghdr message = {
		.msg_iov = &piece,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	struct cmsghdr *part;
	uint32_t count;

	assert_int_equal(recvmsg(fd, &message, MSG_CMSG_CLOEXEC), sizeof(*ret_request));
	assert_int_equal(message.msg_flags & MSG_CTRUNC, 0);
	part = CMSG_FIRSTHDR(&message);
	assert_non_null(part);
	count = (uint32_t)((part->cmsg_len - CMSG_LEN(0)) / sizeof(int));
	memcpy(ret_fds, CMSG_DATA(part), count * sizeof(int));
	return count;
}

static bool is_same_file(int a, int b)
{
	struct stat first, second;

	assert_int_equal(fstat(a, &first), 0);
	assert_int_equal(fstat(b, &second), 0);
	return first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

static void test_what_travels(void **state)
{
	int exe = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int passwd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	struct job_image images[] = {
		{.path = VIEW_LITERAL("/gone"), .key = 1, .fd = -1},
		{.path = VIEW_LITERAL("/exe"), .key = 2, .fd = exe},
		{.path = VIEW_LITERAL("/passwd"), .key = 3, .fd = passwd},
	};
	struct unwind_job job = {
		.id = 9, .perf_map_fd = passwd, .images = images, .images_count = 3};
	struct waiting_job *waiting;
	struct symbol_request request;
	int pair[2], fds[MAX_JOB_FILES + 1];
	struct byte_buffer wanted;
	char got[4096];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(waiting_job_new(&waiting, &job), 0);
	assert_int_equal(waiting->files_count, 3);
	assert_true(waiting->keys[0] == KEY_PERF_MAP);
	assert_int_equal(waiting->keys[1], 2);
	assert_int_equal(waiting->keys[2], 3);
	waiting->is_hidden[2] = true;
	assert_int_equal(waiting_job_send(waiting, pair[0], null), 0);
	assert_int_equal(receive(pair[1], &request, fds), 4);
	assert_int_equal(request.id, 9);
	byte_buffer_init(&wanted, MAX_JOB_BYTES);
	assert_int_equal(unwind_job_encode(&job, &wanted), 0);
	assert_int_equal(request.size_bytes, wanted.size);
	assert_int_equal(pread(fds[0], got, sizeof(got), 0), wanted.size);
	assert_memory_equal(got, wanted.bytes, wanted.size);
	assert_true(is_same_file(fds[1], passwd));
	assert_true(is_same_file(fds[2], exe));
	assert_true(is_same_file(fds[3], null));
	for (int i = 0; i < 4; i++)
		(void)close(fds[i]);
	waiting_job_free(&waiting);
	assert_null(waiting);
	byte_buffer_done(&wanted);
	(void)close(pair[0]);
	(void)close(pair[1]);
	(void)close(exe);
	(void)close(null);
	(void)close(passwd);
}

static void test_as_many_files_as_fit(void **state)
{
	static struct job_image images[MAX_JOB_FILES + 10];
	struct unwind_job job = {
		.perf_map_fd = -1, .images = images, .images_count = MAX_JOB_FILES + 10};
	struct waiting_job *waiting;
	struct symbol_request request;
	int pair[2], fds[MAX_JOB_FILES + 1], null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)state;
	for (uint32_t i = 0; i < job.images_count; i++)
		images[i] = (struct job_image){.key = i, .fd = null};
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(waiting_job_new(&waiting, &job), 0);
	assert_int_equal(waiting_job_send(waiting, pair[0], null), 0);
	assert_int_equal(receive(pair[1], &request, fds), MAX_JOB_FILES + 1);
	for (int i = 0; i <= MAX_JOB_FILES; i++)
		(void)close(fds[i]);
	waiting_job_free(&waiting);
	(void)close(pair[0]);
	(void)close(pair[1]);
	(void)close(null);
}

static void test_what_is_refused(void **state)
{
	struct job_image image = {.key = 1, .fd = 99999};
	struct unwind_job job = {.perf_map_fd = -1, .images = &image, .images_count = 1};
	struct waiting_job *waiting = NULL;
	int pair[2];

	(void)state;
	assert_int_equal(waiting_job_new(&waiting, &job), -EBADF);
	assert_null(waiting);
	image.fd = -1;
	image.build_id_size = MAX_BUILD_ID_BYTES + 1;
	assert_int_equal(waiting_job_new(&waiting, &job), -EINVAL);
	image.build_id_size = 0;
	/* Nobody is there: no signal, no waiting. */
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	(void)close(pair[1]);
	assert_int_equal(waiting_job_new(&waiting, &job), 0);
	assert_int_equal(waiting_job_send(waiting, pair[0], -1), -EPIPE);
	waiting_job_free(&waiting);
	(void)close(pair[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_travels),
		cmocka_unit_test(test_as_many_files_as_fit),
		cmocka_unit_test(test_what_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
