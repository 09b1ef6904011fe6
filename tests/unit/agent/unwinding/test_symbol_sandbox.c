/* What a process in the sandbox can still do, and what it cannot any more: tried in children, which
 * report by their exit status. */
#include "unwinding/symbol_sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cmocka_test.h"

/* Line of the first expectation that failed, as the exit status: 0 means none did. */
#define EXPECT(condition)                                                                          \
	do {                                                                                       \
		if (!(condition))                                                                  \
			_exit(__LINE__ % 251 + 1);                                                 \
	} while (0)

#define SOCKET 3

static int run_inside(void (*function)(void))
{
	int pair[2], status;
	pid_t parent = getpid(), pid;

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct symbol_sandbox_settings settings = {
			.socket_fd = SOCKET, .max_files = 64, .parent = parent};

		EXPECT(pair[1] == SOCKET || dup2(pair[1], SOCKET) == SOCKET);
		EXPECT(symbol_sandbox_enter(&settings) == 0);
		function();
		_exit(0);
	}
	(void)close(pair[0]);
	(void)close(pair[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void do_what_is_needed(void)
{
	char byte;
	int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	void *memory;

	EXPECT(fd >= 0);
	EXPECT(pread(fd, &byte, 1, 0) == 1);
	EXPECT(fcntl(fd, F_DUPFD_CLOEXEC, 0) >= 0);
	memory = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	EXPECT(memory != MAP_FAILED);
	EXPECT(send(SOCKET, &byte, 1, MSG_NOSIGNAL) == 1 || errno == EPIPE);
	EXPECT(symbol_sandbox_allow_cpu(5) == 0);
	memory = malloc(10 << 20);
	EXPECT(memory);
	free(memory);
	EXPECT(close(fd) == 0);
}

static bool is_refused(long result)
{
	return result < 0 && errno == EPERM;
}

static void do_what_is_forbidden(void)
{
	char *const no_arguments[] = {NULL};

	EXPECT(is_refused(socket(AF_INET, SOCK_STREAM, 0)));
	EXPECT(is_refused(socket(AF_UNIX, SOCK_STREAM, 0)));
	EXPECT(is_refused(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)));
	EXPECT(is_refused(execve("/bin/true", no_arguments, no_arguments)));
	EXPECT(is_refused(kill(getppid(), 0)));
	EXPECT(is_refused(syscall(SYS_tgkill, 1, 1, 0)));
	EXPECT(is_refused(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL)));
	EXPECT(is_refused(open("/tmp/limpet-sandbox", O_WRONLY | O_CREAT, 0600)));
	EXPECT(is_refused(open("/etc/passwd", O_RDWR)));
	EXPECT(is_refused(open("/tmp", O_RDWR | O_TMPFILE, 0600)));
	EXPECT(is_refused(unlink("/tmp/limpet-sandbox")));
	EXPECT(is_refused(write(4, "x", 1)));
	EXPECT(is_refused(send(4, "x", 1, 0)));
	EXPECT(is_refused(prctl(PR_SET_DUMPABLE, 1)));
	EXPECT(is_refused(syscall(SYS_bpf, 0, NULL, 0)));
	EXPECT(is_refused(setrlimit(RLIMIT_FSIZE, &(struct rlimit){1, 1})));
	EXPECT(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
		       MAP_FAILED &&
	       errno == EPERM);
}

static void look_at_identity(void)
{
	EXPECT(geteuid() != 0);
	/* root's files are out of reach, the world's are not */
	EXPECT(open("/etc/shadow", O_RDONLY) < 0 && errno == EACCES);
}

static void use_all_descriptors(void)
{
	for (int i = 0; i < 64; i++)
		if (open("/etc/passwd", O_RDONLY) < 0)
			EXPECT(errno == EMFILE && i > 50);
	EXPECT(open("/etc/passwd", O_RDONLY) < 0);
}

static void burn_time(void)
{
	EXPECT(symbol_sandbox_allow_cpu(0) == 0);
	for (volatile uint64_t i = 0;; i++)
		;
}

static void test_what_is_needed_works(void **state)
{
	(void)state;
	assert_int_equal(run_inside(do_what_is_needed), 0);
}

static void test_what_is_forbidden_fails(void **state)
{
	(void)state;
	assert_int_equal(run_inside(do_what_is_forbidden), 0);
}

static void test_identity(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(run_inside(look_at_identity), 0);
}

static void test_descriptors_are_bounded(void **state)
{
	(void)state;
	assert_int_equal(run_inside(use_all_descriptors), 0);
}

static void test_time_is_bounded(void **state)
{
	int status = run_inside(burn_time);

	(void)state;
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGXCPU);
}

static void test_a_wrong_parent_is_refused(void **state)
{
	struct symbol_sandbox_settings settings = {
		.socket_fd = SOCKET, .max_files = 64, .parent = 1};
	int status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		_exit(symbol_sandbox_enter(&settings) == -ESRCH ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_needed_works),
		cmocka_unit_test(test_what_is_forbidden_fails),
		cmocka_unit_test(test_identity),
		cmocka_unit_test(test_descriptors_are_bounded),
		cmocka_unit_test(test_time_is_bounded),
		cmocka_unit_test(test_a_wrong_parent_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
