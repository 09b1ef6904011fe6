/*
 * Ways of the crash target that have to do with what becomes of a signal: handled, blocked,
 * ignored, survived; and the ends that are no fault of the processor.
 */
#include "crash_ways.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static sigjmp_buf way_back;
static volatile int tries;

static void set_action(int signal_number, void (*action)(int), int flags)
{
	struct sigaction wanted = {.sa_handler = action, .sa_flags = flags};

	if (sigaction(signal_number, &wanted, NULL) != 0)
		_exit(124);
}

static FRAME void on_usr1(int signal_number)
{
	depth += signal_number;
	read_null();
	depth++;
}

FRAME void crash_in_usr1(void)
{
	set_action(SIGUSR1, on_usr1, 0);
	raise(SIGUSR1);
	depth++;
}

static FRAME void on_fault_reset(int signal_number)
{
	set_action(signal_number, SIG_DFL, 0);
	depth++;
}

/* The instruction runs again after the return and faults again. */
FRAME void reset_and_return(void)
{
	set_action(SIGSEGV, on_fault_reset, 0);
	read_null();
	depth++;
}

static FRAME void on_fault_raise(int signal_number)
{
	set_action(signal_number, SIG_DFL, 0);
	raise(signal_number);
	depth++;
}

FRAME void reset_and_raise(void)
{
	set_action(SIGSEGV, on_fault_raise, SA_NODEFER);
	read_null();
	depth++;
}

static FRAME void on_fault_leave(int signal_number)
{
	static const char text[] = "caught a fault, leaving\n";

	(void)signal_number;
	if (write(2, text, sizeof(text) - 1) < 0)
		_exit(125);
	_exit(1);
}

FRAME void exit_on_other_stack(void)
{
	static char bytes[65536];
	stack_t other = {.ss_sp = bytes, .ss_size = sizeof(bytes)};

	if (sigaltstack(&other, NULL) != 0)
		_exit(126);
	set_action(SIGSEGV, on_fault_leave, SA_ONSTACK);
	overflow_stack();
	depth++;
}

FRAME void crash_with_blocked_signal(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGSEGV);
	sigprocmask(SIG_BLOCK, &set, NULL);
	read_null();
	depth++;
}

FRAME void crash_with_ignored_signal(void)
{
	set_action(SIGSEGV, SIG_IGN, 0);
	read_null();
	depth++;
}

static FRAME void on_fault_recover(int signal_number)
{
	(void)signal_number;
	siglongjmp(way_back, 1);
}

static FRAME void recover_three_times(void)
{
	set_action(SIGSEGV, on_fault_recover, 0);
	while (tries < 3) {
		if (sigsetjmp(way_back, 1) == 0)
			read_null();
		tries++;
	}
	depth++;
}

/* Survives its faults: nothing to report. */
FRAME void recover_and_leave(void)
{
	recover_three_times();
	exit(0);
}

/* Survives them too, and fails of something else later. */
FRAME void recover_and_fail(void)
{
	recover_three_times();
	usleep(50000);
	exit(4);
}

/* Far below the faults it survived, within the reach of what a handler might call. */
static FRAME void go_deeper(void (*way)(void))
{
	volatile char room[20000];

	room[0] = room[sizeof(room) - 1] = 1;
	way();
	depth += room[0];
}

FRAME void recover_and_crash(void)
{
	recover_three_times();
	set_action(SIGSEGV, SIG_DFL, 0);
	go_deeper(write_read_only);
	depth++;
}

FRAME void recover_and_abort(void)
{
	recover_three_times();
	go_deeper(abort_plainly);
	depth++;
}

/* The fault that is not survived, after ones that were. */
FRAME void recover_and_raise(void)
{
	recover_three_times();
	set_action(SIGSEGV, on_fault_raise, SA_NODEFER);
	go_deeper(write_read_only);
	depth++;
}

FRAME void violate_seccomp(void)
{
	struct sock_filter rules[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = sizeof(rules) / sizeof(*rules), .filter = rules};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		_exit(127);
	depth += (int)getppid();
	depth++;
}

FRAME void exceed_file_size(void)
{
	struct rlimit limit = {.rlim_cur = 4096, .rlim_max = RLIM_INFINITY};
	char bytes[4096] = {0};
	FILE *file = fopen("file-of-limited-size", "w");

	if (!file || setrlimit(RLIMIT_FSIZE, &limit) != 0)
		_exit(128);
	for (int i = 0; i < 3; i++)
		depth += (int)write(fileno(file), bytes, sizeof(bytes));
	depth++;
}

FRAME void quit_itself(void)
{
	kill(getpid(), SIGQUIT);
	depth++;
}

FRAME void write_broken_pipe(void)
{
	int ends[2];

	if (pipe(ends) != 0)
		_exit(129);
	close(ends[0]);
	depth += (int)write(ends[1], "x", 1);
	depth++;
}

FRAME void exit_with_three(void)
{
	fprintf(stderr, "cannot open the shop: no key\n");
	exit(3);
}

FRAME void crash_undumpable(void)
{
	prctl(PR_SET_DUMPABLE, 0);
	read_null();
	depth++;
}
