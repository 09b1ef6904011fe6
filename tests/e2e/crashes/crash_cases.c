/* Ways to die, one per name, for tests of what the kernel side captures. x86-64. */
#include <assert.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAGIC        0x1122334455667788ull
#define THREAD_MAGIC 0x5a5a000000000000ull
#define THREADS      8

static sigjmp_buf before;
static volatile int ready;
static char other_stack[65536];

/* Writes to address 8 with MAGIC in rbx and on top of the stack. */
static void fault(void)
{
	asm volatile("movabs %0, %%rbx\n\t"
		     "push %%rbx\n\t"
		     "xor %%eax, %%eax\n\t"
		     "movl $1, 8(%%rax)\n\t"
		     "pop %%rbx"
		     :
		     : "i"(MAGIC)
		     : "rax", "rbx", "memory");
}

static void say(const char *text)
{
	(void)!write(STDOUT_FILENO, text, strlen(text));
}

static void on_fault(int signal, void (*handler)(int), int flags)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = flags};

	sigaction(signal, &action, NULL);
}

static void go_on(int signal)
{
	(void)signal;
	siglongjmp(before, 1);
}

static void leave(int signal)
{
	_exit(128 + signal);
}

static void raise_again(int signal)
{
	on_fault(signal, SIG_DFL, 0);
	raise(signal);
}

static void give_up(int signal)
{
	(void)signal;
	abort();
}

static void use_other_stack(void)
{
	stack_t stack = {.ss_sp = other_stack, .ss_size = sizeof(other_stack)};

	sigaltstack(&stack, NULL);
}

static void null(void)
{
	fault();
}

static void survive(void)
{
	on_fault(SIGSEGV, go_on, 0);
	if (sigsetjmp(before, 1) == 0)
		fault();
	exit(0);
}

/* The last of many is the end. */
static void flood(void)
{
	volatile int count = 0;

	on_fault(SIGSEGV, go_on, 0);
	(void)sigsetjmp(before, 1);
	if (++count == 100)
		on_fault(SIGSEGV, leave, 0);
	fault();
}

/* More faults than are copied, and one that is the end. */
static void flood_abort(void)
{
	volatile int count = 0;

	use_other_stack();
	on_fault(SIGSEGV, go_on, 0);
	(void)sigsetjmp(before, 1);
	if (++count == 20)
		on_fault(SIGSEGV, give_up, SA_ONSTACK);
	fault();
}

static void fault_exit(void)
{
	on_fault(SIGSEGV, leave, 0);
	fault();
}

static void reraise(void)
{
	on_fault(SIGSEGV, raise_again, 0);
	fault();
}

static void abort_in_handler(void)
{
	use_other_stack();
	on_fault(SIGSEGV, give_up, SA_ONSTACK);
	fault();
}

/* The message goes to standard error and into __abort_msg. */
static void asserted(void)
{
	assert(!"possible");
}

static void blocked(void)
{
	sigset_t set;

	sigfillset(&set);
	on_fault(SIGSEGV, go_on, 0);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fault();
}

static void ignored(void)
{
	on_fault(SIGSEGV, SIG_IGN, 0);
	fault();
}

static void *wait_with_magic(void *number)
{
	/* rbx and the top of the stack tell the threads apart. */
	__atomic_fetch_add(&ready, 1, __ATOMIC_SEQ_CST);
	asm volatile("push %%rbx\n\t"
		     "mov %0, %%rbx\n\t"
		     "push %%rbx\n\t"
		     "1: pause\n\t"
		     "jmp 1b"
		     :
		     : "r"(THREAD_MAGIC + (uintptr_t)number)
		     : "memory");
	return NULL;
}

static void *wait_asleep(void *unused)
{
	(void)unused;
	__atomic_fetch_add(&ready, 1, __ATOMIC_SEQ_CST);
	while (ready)
		pause();
	return NULL;
}

static void start_threads(int count, void *(*body)(void *))
{
	pthread_t thread;

	for (int i = 0; i < count; i++)
		pthread_create(&thread, NULL, body, (void *)(uintptr_t)i);
	while (__atomic_load_n(&ready, __ATOMIC_SEQ_CST) < count)
		usleep(1000);
}

static void siblings(void)
{
	start_threads(THREADS, wait_with_magic);
	fault();
}

static void *fault_in_thread(void *unused)
{
	(void)unused;
	prctl(PR_SET_NAME, "the-one");
	fault();
	return NULL;
}

static void in_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, fault_in_thread, NULL);
	pthread_join(thread, NULL);
}

static void exit_threads(void)
{
	start_threads(3, wait_asleep);
	exit(0);
}

/* Its fault was handled: those who are killed as it exits are not siblings of a crash. */
static void survive_threads(void)
{
	start_threads(3, wait_asleep);
	survive();
}

static void exec_threads(void)
{
	start_threads(3, wait_asleep);
	execl("/bin/true", "true", (char *)NULL);
}

/* The last thread is not the first, and its status is the process's. */
static void *leave_last(void *unused)
{
	(void)unused;
	usleep(20000);
	exit(3);
}

static void leader_first(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, leave_last, NULL);
	pthread_exit(NULL);
}

static void status(void)
{
	exit(3);
}

static void wait_for_death(void)
{
	say("ready\n");
	for (;;)
		pause();
}

/* noinline, and the address is used after the call: no tail call, a frame each. */
static __attribute__((noinline)) int recurse(int depth)
{
	volatile char frame[256];

	frame[0] = (char)depth;
	return recurse(depth + 1) + frame[0];
}

static void overflow(void)
{
	(void)recurse(0);
}

static void *overflow_body(void *unused)
{
	(void)recurse(0);
	return unused;
}

static void overflow_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, overflow_body, NULL);
	pthread_join(thread, NULL);
}

/* Large frames leave pages that were never touched between those that were. */
static __attribute__((noinline)) int sink(int depth)
{
	volatile char frame[40000];

	frame[20] = 1;
	if (depth == 0)
		fault();
	return depth ? sink(depth - 1) + frame[20] : frame[20];
}

static void sparse(void)
{
	(void)sink(5);
}

static void undumpable(void)
{
	prctl(PR_SET_DUMPABLE, 0);
	fault();
}

/* For a process with a limit: the kernel ends it. */
static void eat_memory(void)
{
	for (;;)
		memset(malloc(1 << 20), 1, 1 << 20);
}

static void trap(void)
{
	asm volatile("int3");
}

static void illegal(void)
{
	asm volatile("ud2");
}

static void divide(void)
{
	asm volatile("xor %%ecx, %%ecx\n\tmov $1, %%eax\n\tcltd\n\tidiv %%ecx"
		     :
		     :
		     : "rax", "rcx", "rdx");
}

static void bus(void)
{
	char name[] = "/tmp/crash-case-XXXXXX";
	int fd = mkstemp(name);
	volatile char *mapped = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);

	unlink(name);
	(void)mapped[0];
}

static void noncanonical(void)
{
	*(volatile int *)0x8000000000000000ull = 1;
}

static void read_only(void)
{
	*(volatile char *)(uintptr_t) "constant" = 1;
}

static void forbidden(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {4, filter};

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
	getppid();
}

static void in_child(void)
{
	pid_t child = fork();

	if (child == 0)
		fault();
	waitpid(child, NULL, 0);
	exit(0);
}

/* Failed calls and standard error, with what is to be left out between them. */
static void trail(void)
{
	char long_text[600];
	struct iovec pieces[3] = {{"free(): ", 8}, {"invalid pointer", 15}, {"\n", 1}};

	for (int fd = 900; fd < 920; fd++)
		close(fd);
	(void)open("/nonexistent", O_RDONLY);
	(void)!read(-1, long_text, 1);
	(void)!write(STDERR_FILENO, "short\n", 6);
	memset(long_text, 'x', sizeof(long_text));
	memcpy(long_text + sizeof(long_text) - 4, "end\n", 4);
	(void)!write(STDERR_FILENO, long_text, sizeof(long_text));
	(void)!writev(STDERR_FILENO, pieces, 3);
	pieces[0] = (struct iovec){long_text, sizeof(long_text)};
	(void)!writev(STDERR_FILENO, pieces, 3);
	fault();
}

static const struct {
	const char *name;
	void (*run)(void);
} cases[] = {
	{"null", null},
	{"survive", survive},
	{"flood", flood},
	{"flood_abort", flood_abort},
	{"fault_exit", fault_exit},
	{"reraise", reraise},
	{"abort", abort},
	{"abort_in_handler", abort_in_handler},
	{"asserted", asserted},
	{"blocked", blocked},
	{"ignored", ignored},
	{"siblings", siblings},
	{"in_thread", in_thread},
	{"exit_threads", exit_threads},
	{"survive_threads", survive_threads},
	{"exec_threads", exec_threads},
	{"leader_first", leader_first},
	{"status", status},
	{"wait", wait_for_death},
	{"overflow", overflow},
	{"overflow_thread", overflow_thread},
	{"sparse", sparse},
	{"undumpable", undumpable},
	{"eat_memory", eat_memory},
	{"trap", trap},
	{"illegal", illegal},
	{"divide", divide},
	{"bus", bus},
	{"noncanonical", noncanonical},
	{"read_only", read_only},
	{"forbidden", forbidden},
	{"in_child", in_child},
	{"trail", trail},
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(cases) / sizeof(cases[0]); i++)
		if (strcmp(cases[i].name, argv[1]) == 0)
			cases[i].run();
	return 2;
}
