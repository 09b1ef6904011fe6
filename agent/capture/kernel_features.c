/* Feature trials: two-instruction programs, gone before this returns. */
#include "capture/kernel_features.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "capture/probe_link.h"

#define UPROBE_TYPE_FILE "/sys/bus/event_source/devices/uprobe/type"

static int try_fentry(int function_id)
{
	struct bpf_insn instructions[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_TRACE_FENTRY,
		    .attach_btf_id = (__u32)function_id);
	_cleanup_(cleanup_close) int program = -1, link = -1;

	program = bpf_prog_load(BPF_PROG_TYPE_TRACING, "trial", "Dual BSD/GPL", instructions, 2,
				&options);
	if (program < 0)
		return program;
	link = bpf_raw_tracepoint_open(NULL, program);
	return link < 0 ? link : 0;
}

/* Number of arguments of a kernel function, -1 when there is no such function. */
static int count_arguments(const struct btf *btf, const char *function)
{
	int id = btf__find_by_name_kind(btf, function, BTF_KIND_FUNC);
	const struct btf_type *type = id > 0 ? btf__type_by_id(btf, (__u32)id) : NULL;

	type = type ? btf__type_by_id(btf, type->type) : NULL;
	return type && btf_is_func_proto(type) ? btf_vlen(type) : -1;
}

/* The arguments our programs were written for. tcp_recvmsg lost `nonblock` in 5.19 (commit
 * ec095263a965) and its last argument, which we do not read, in 7.x. */
static bool has_known_arguments(const struct btf *btf)
{
	int receive = count_arguments(btf, "tcp_recvmsg");

	return (receive == 4 || receive == 5) && count_arguments(btf, "tcp_sendmsg") == 3 &&
	       count_arguments(btf, "unix_stream_recvmsg") == 4 &&
	       count_arguments(btf, "unix_stream_sendmsg") == 3 &&
	       count_arguments(btf, "unix_release") == 1;
}

static bool has_udp_functions(const struct btf *btf, const char *send, const char *receive)
{
	int arguments = count_arguments(btf, receive);

	return (arguments == 4 || arguments == 5) && count_arguments(btf, send) == 3;
}

static int find_features(const struct btf *btf, struct kernel_features *ret)
{
	int function_id = btf__find_by_name_kind(btf, "tcp_sendmsg", BTF_KIND_FUNC);
	int err = function_id > 0 ? try_fentry(function_id) : -ENOENT;

	if (err < 0)
		return err;
	ret->has_fentry = has_known_arguments(btf);
	ret->has_send_page = count_arguments(btf, "tcp_sendpage") == 5;
	ret->has_udp = has_udp_functions(btf, "udp_sendmsg", "udp_recvmsg");
	ret->has_udp6 = has_udp_functions(btf, "udpv6_sendmsg", "udpv6_recvmsg");
	return ret->has_fentry ? 0 : -EOPNOTSUPP;
}

int kernel_features_find(struct kernel_features *ret)
{
	struct btf *btf = btf__load_vmlinux_btf();
	int err;

	*ret = (struct kernel_features){0};
	if (!btf)
		return -errno;
	err = find_features(btf, ret);
	btf__free(btf);
	return err;
}

/* What is watched for a moment; called by one trial only. */
__attribute__((noinline, used)) static void watched_function(void)
{
	__asm__ volatile("");
}

/* Where the function is in our executable: the first object visited. */
static int find_own_offset(struct dl_phdr_info *object, size_t size, void *context)
{
	uint64_t address = (uint64_t)(uintptr_t)watched_function - object->dlpi_addr;

	(void)size;
	for (int i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &object->dlpi_phdr[i];

		if (segment->p_type == PT_LOAD && (segment->p_flags & PF_X) &&
		    address >= segment->p_vaddr && address - segment->p_vaddr < segment->p_filesz)
			*(uint64_t *)context = address - segment->p_vaddr + segment->p_offset;
	}
	return 1;
}

static int read_uprobe_type(uint32_t *ret)
{
	_cleanup_(cleanup_fclose) FILE *file = fopen(UPROBE_TYPE_FILE, "re");
	char line[32];

	if (!file || !fgets(line, sizeof(line), file))
		return -ENOENT;
	*ret = (uint32_t)strtoul(line, NULL, 10);
	return 0;
}

int kernel_features_try_uprobe(void)
{
	struct perf_event_attr attributes = {.size = sizeof(attributes)};
	_cleanup_(cleanup_close) int event = -1;
	uint64_t offset = 0;
	int err = read_uprobe_type(&attributes.type);

	if (err < 0)
		return err;
	(void)dl_iterate_phdr(find_own_offset, &offset);
	attributes.uprobe_path = (uint64_t)(uintptr_t) "/proc/self/exe";
	attributes.probe_offset = offset;
	event = (int)syscall(SYS_perf_event_open, &attributes, getpid(), -1, -1,
			     PERF_FLAG_FD_CLOEXEC);
	return event < 0 ? -errno : 0;
}

static void *call_watched_function(void *unused)
{
	watched_function();
	return unused;
}

/* Adds one to the first value of the map, at each run. */
static int load_counter(int map)
{
	struct bpf_insn instructions[] = {
		{.code = BPF_LD | BPF_DW | BPF_IMM,
		 .dst_reg = BPF_REG_1,
		 .src_reg = BPF_PSEUDO_MAP_VALUE,
		 .imm = map},
		{0},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2, .imm = 1},
		{.code = BPF_STX | BPF_ATOMIC | BPF_DW,
		 .dst_reg = BPF_REG_1,
		 .src_reg = BPF_REG_2,
		 .imm = BPF_ADD},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = PROBE_LINK_MULTI);

	return bpf_prog_load(BPF_PROG_TYPE_KPROBE, "trial", "Dual BSD/GPL", instructions, 6,
			     &options);
}

static bool try_multi(void)
{
	_cleanup_(cleanup_close) int map = -1, program = -1, link = -1;
	__u64 offset = 0, count = 0;
	__u32 key = 0;
	pthread_t thread;

	map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "trial", sizeof(key), sizeof(count), 1, NULL);
	program = map < 0 ? -1 : load_counter(map);
	if (program < 0)
		return false;
	(void)dl_iterate_phdr(find_own_offset, &offset);
	link = probe_link_open_multi(program, "/proc/self/exe", getpid(), &(uint64_t){offset}, 1,
				     false);
	if (link < 0 || pthread_create(&thread, NULL, call_watched_function, NULL) != 0)
		return false;
	(void)pthread_join(thread, NULL);
	return bpf_map_lookup_elem(map, &key, &count) == 0 && count == 1;
}

bool kernel_features_try_uprobe_multi(void)
{
	static int has = -1;

	if (has < 0)
		has = try_multi();
	return has;
}

#if defined(__x86_64__)

#define SYS_URETPROBE 335 /* arch/x86/entry/syscalls/syscall_64.tbl */

/* Ends the caller when it makes that call. */
static bool refuse_return_probes(void)
{
	struct sock_filter rules[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_URETPROBE, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(rules) / sizeof(rules[0]), rules};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* The signal that a child of ours dies of who makes the call from where no probe is; 0: the kernel
 * does not know it. */
static int try_call(bool is_filtered)
{
	struct rlimit none = {0, 0};
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		(void)setrlimit(RLIMIT_CORE, &none);
		(void)signal(SIGILL, SIG_DFL);
		(void)signal(SIGSYS, SIG_DFL);
		if (!is_filtered || refuse_return_probes())
			(void)syscall(SYS_URETPROBE);
		_exit(0);
	}
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return child > 0 && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

bool kernel_features_return_probe_kills(void)
{
	static int kills = -1;

	if (kills < 0)
		kills = try_call(false) == SIGILL && try_call(true) == SIGSYS;
	return kills;
}

#else

bool kernel_features_return_probe_kills(void)
{
	return false;
}

#endif
