/*
 * The sandbox of the symbol process. The order matters: limits, then identity, then what an
 * identity change resets (the parent's death signal), then the filter that forbids all of it. A
 * forbidden system call fails with EPERM: libraries try things they can do without.
 */
#include "unwinding/symbol_sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NOBODY 65534

#if defined(__x86_64__)
#define OUR_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "no system call filter for this machine"
#endif

/* With the address sanitizer address space is no measure of memory, and reports go to stderr. */
#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED true
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED false
#endif

#define ANY_OPENING (O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY))
#define MAX_CHECKS  2
#define NOT_THERE   -1

/* One system call that is let through when (argument & mask) == value for every check. */
struct call_rule {
	int number;
	struct {
		bool is_used;
		int argument;
		uint32_t mask;
		uint32_t value;
	} checks[MAX_CHECKS];
};

#define ALWAYS(name)                                                                               \
	{                                                                                          \
		.number = SYS_##name                                                               \
	}
#define ONLY(name, argument, mask, value)                                                          \
	{                                                                                          \
		.number = SYS_##name, .checks = { {true, argument, mask, value} }                  \
	}

static const struct call_rule call_rules[] = {
	ALWAYS(read),
	ALWAYS(pread64),
	ALWAYS(readv),
	ALWAYS(preadv),
	ALWAYS(lseek),
	ALWAYS(close),
	ALWAYS(fstat),
	ALWAYS(newfstatat),
	ALWAYS(statx),
	ALWAYS(readlinkat),
	ALWAYS(faccessat),
	ALWAYS(faccessat2),
	ONLY(openat, 2, ANY_OPENING, O_RDONLY),
#ifdef SYS_open
	ONLY(open, 1, ANY_OPENING, O_RDONLY),
	ALWAYS(stat),
	ALWAYS(lstat),
	ALWAYS(access),
	ALWAYS(readlink),
#endif
	ONLY(fcntl, 1, UINT32_MAX, F_GETFD),
	ONLY(fcntl, 1, UINT32_MAX, F_GETFL),
	ONLY(fcntl, 1, UINT32_MAX, F_DUPFD_CLOEXEC),
	/* Code that is not there already cannot be brought in. */
	ONLY(mmap, 2, PROT_EXEC, 0),
	ONLY(mprotect, 2, PROT_EXEC, 0),
	ALWAYS(munmap),
	ALWAYS(mremap),
	ALWAYS(madvise),
	ALWAYS(brk),
	ALWAYS(futex),
	ALWAYS(sched_yield),
	ALWAYS(rt_sigaction),
	ALWAYS(rt_sigprocmask),
	ALWAYS(rt_sigreturn),
	ALWAYS(sigaltstack),
	ALWAYS(clock_gettime),
	ALWAYS(gettimeofday),
	ALWAYS(getrandom),
	ALWAYS(getpid),
	ALWAYS(gettid),
	ALWAYS(getuid),
	ALWAYS(geteuid),
	ALWAYS(sysinfo),
	ALWAYS(exit),
	ALWAYS(exit_group),
	{.number = SYS_prlimit64,
	 .checks = {{true, 0, UINT32_MAX, 0}, {true, 1, UINT32_MAX, RLIMIT_CPU}}},
	{.number = IS_SANITIZED ? SYS_write : NOT_THERE,
	 .checks = {{true, 0, UINT32_MAX, STDERR_FILENO}}},
};

#define RULES_COUNT      (sizeof(call_rules) / sizeof(call_rules[0]))
#define MAX_INSTRUCTIONS 512

struct filter {
	struct sock_filter code[MAX_INSTRUCTIONS];
	unsigned short size;
};

static void add_instruction(struct filter *filter, uint16_t code, uint32_t operand)
{
	filter->code[filter->size++] = (struct sock_filter)BPF_STMT(code, operand);
}

/* Goes on when the accumulator equals the operand, else skips so many instructions. */
static void add_test(struct filter *filter, uint32_t operand, uint8_t skipped)
{
	filter->code[filter->size++] =
		(struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, operand, 0, skipped);
}

static void add_rule(struct filter *filter, const struct call_rule *rule)
{
	uint8_t checks = 0;

	for (int i = 0; i < MAX_CHECKS; i++)
		checks += rule->checks[i].is_used;
	/* Each check is three instructions; behind them stand the permission and the reload. */
	add_test(filter, (uint32_t)rule->number, (uint8_t)(checks * 3 + 1 + (checks ? 1 : 0)));
	for (uint8_t i = 0; i < checks; i++) {
		uint32_t offset = (uint32_t)(offsetof(struct seccomp_data, args) +
					     sizeof(uint64_t) * (size_t)rule->checks[i].argument);

		add_instruction(filter, BPF_LD | BPF_W | BPF_ABS, offset);
		add_instruction(filter, BPF_ALU | BPF_AND | BPF_K, rule->checks[i].mask);
		add_test(filter, rule->checks[i].value, (uint8_t)((checks - i - 1) * 3 + 1));
	}
	add_instruction(filter, BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	if (checks)
		add_instruction(filter, BPF_LD | BPF_W | BPF_ABS,
				offsetof(struct seccomp_data, nr));
}

static int install_filter(int socket_fd)
{
	static const int socket_calls[] = {SYS_recvmsg, SYS_sendto};
	struct filter filter = {.size = 0};
	struct sock_fprog program;

	_Static_assert(RULES_COUNT * 9 + 32 < MAX_INSTRUCTIONS, "the filter has room");
	add_instruction(&filter, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
	filter.code[filter.size++] =
		(struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OUR_ARCHITECTURE, 1, 0);
	add_instruction(&filter, BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	add_instruction(&filter, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < sizeof(socket_calls) / sizeof(socket_calls[0]); i++) {
		struct call_rule rule = ONLY(read, 0, UINT32_MAX, (uint32_t)socket_fd);

		rule.number = socket_calls[i];
		add_rule(&filter, &rule);
	}
	for (size_t i = 0; i < RULES_COUNT; i++)
		if (call_rules[i].number != NOT_THERE)
			add_rule(&filter, &call_rules[i]);
	add_instruction(&filter, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	program = (struct sock_fprog){.len = filter.size, .filter = filter.code};
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		return -errno;
	return 0;
}

static int set_limit(int resource, uint64_t value)
{
	struct rlimit limit = {value, value}, now;

	/* A limit may already be lower, and only root may raise it. */
	if (getrlimit((__rlimit_resource_t)resource, &now) == 0 && now.rlim_max < value)
		limit = (struct rlimit){now.rlim_max, now.rlim_max};
	return setrlimit((__rlimit_resource_t)resource, &limit) < 0 ? -errno : 0;
}

/* Address space in use, 0 when /proc does not say. */
static uint64_t mapped_bytes(void)
{
	unsigned long long pages = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	if (!file)
		return 0;
	if (fscanf(file, "%llu", &pages) != 1)
		pages = 0;
	(void)fclose(file);
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static int set_limits(const struct symbol_sandbox_settings *settings)
{
	int r = 0;

	if (settings->max_memory_bytes && !IS_SANITIZED)
		r = set_limit(RLIMIT_AS, mapped_bytes() + settings->max_memory_bytes);
	if (r == 0)
		r = set_limit(RLIMIT_FSIZE, 0);
	if (r == 0)
		r = set_limit(RLIMIT_CORE, 0);
	if (r == 0)
		r = set_limit(RLIMIT_NPROC, 0);
	if (r == 0)
		r = set_limit(RLIMIT_NOFILE, settings->max_files);
	return r;
}

static int drop_privileges(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {{0}, {0}};

	if (geteuid() == 0) {
		/* EINVAL: a user namespace without that user; the capabilities go all the same. */
		if (syscall(SYS_setgroups, 0, NULL) < 0 && errno != EPERM)
			return -errno;
		if (syscall(SYS_setresgid, NOBODY, NOBODY, NOBODY) < 0 && errno != EINVAL)
			return -errno;
		if (syscall(SYS_setresuid, NOBODY, NOBODY, NOBODY) < 0 && errno != EINVAL)
			return -errno;
	}
	return syscall(SYS_capset, &header, none) < 0 ? -errno : 0;
}

int symbol_sandbox_enter(const struct symbol_sandbox_settings *settings)
{
	int r = set_limits(settings);

	if (r == 0)
		r = drop_privileges();
	if (r < 0)
		return r;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || prctl(PR_SET_DUMPABLE, 0) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	/* It may have died before the signal was set. */
	if (getppid() != settings->parent)
		return -ESRCH;
	return install_filter(settings->socket_fd);
}

int symbol_sandbox_allow_cpu(uint64_t seconds)
{
	struct rlimit limit = {.rlim_max = RLIM_INFINITY};
	struct timespec used;

	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) < 0 || getrlimit(RLIMIT_CPU, &limit) < 0)
		return -errno;
	/* A part of a second counts as one, so that there is never less than asked for. */
	limit.rlim_cur = (rlim_t)used.tv_sec + 1 + seconds;
	if (limit.rlim_cur > limit.rlim_max)
		limit.rlim_cur = limit.rlim_max;
	return setrlimit(RLIMIT_CPU, &limit) < 0 ? -errno : 0;
}
