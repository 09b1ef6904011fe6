/* Reads and probes; every question is answered by trying, never by the version (but where told). */
#include "check/kernel_facts.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "process/proc_reader.h"

#define INITIAL_PID_NAMESPACE 4026531836ull /* PROC_PID_INIT_INO */
#define ATTACH_UPROBE_MULTI   48            /* BPF_TRACE_UPROBE_MULTI, not in headers before 6.6 */

static void format_path(char ret_path[512], const char *root, const char *file)
{
	(void)snprintf(ret_path, 512, "%s%s", root, file);
}

static bool exists(const char *root, const char *file)
{
	char path[512];

	format_path(path, root, file);
	return access(path, F_OK) == 0;
}

static bool is_tracefs(const char *root, const char *folder)
{
	struct statfs filesystem;
	char path[512];

	format_path(path, root, folder);
	return statfs(path, &filesystem) == 0 && filesystem.f_type == TRACEFS_MAGIC;
}

static uint64_t read_capabilities(const char *root)
{
	char path[512], buffer[4096];
	struct view rest, line;
	uint8_t bytes[8];
	uint64_t value = 0;
	ssize_t count;

	format_path(path, root, "/proc/self/status");
	count = proc_reader_file(path, buffer, sizeof(buffer));
	rest = view_of(buffer, count > 0 ? (size_t)count : 0);
	while (view_next_token(&rest, '\n', &line)) {
		if (!view_starts_with(line, VIEW_LITERAL("CapEff:\t")) ||
		    view_parse_hex(view_skip(line, 8), bytes, sizeof(bytes)) < 0)
			continue;
		for (size_t i = 0; i < sizeof(bytes); i++)
			value = value << 8 | bytes[i];
	}
	return value;
}

/* "[none] integrity confidentiality": the one in brackets holds. */
static enum lockdown_mode read_lockdown(const char *root)
{
	char path[512], buffer[128];
	struct view text;
	ssize_t count;

	format_path(path, root, "/sys/kernel/security/lockdown");
	count = proc_reader_file(path, buffer, sizeof(buffer));
	text = view_of(buffer, count > 0 ? (size_t)count : 0);
	if (view_find(text, VIEW_LITERAL("[confidentiality]")) >= 0)
		return LOCKDOWN_CONFIDENTIALITY;
	return view_find(text, VIEW_LITERAL("[integrity]")) >= 0 ? LOCKDOWN_INTEGRITY
								 : LOCKDOWN_NONE;
}

static bool read_is_initial_namespace(const char *root)
{
	char path[512], buffer[64], expected[64];
	ssize_t count;

	format_path(path, root, "/proc/self/ns/pid");
	count = readlink(path, buffer, sizeof(buffer));
	(void)snprintf(expected, sizeof(expected), "pid:[%llu]", INITIAL_PID_NAMESPACE);
	return count > 0 && view_equals(view_of(buffer, (size_t)count), view_of_text(expected));
}

static bool read_has_locked_memory(void)
{
	struct rlimit limit;

	return getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY;
}

void kernel_facts_read(struct kernel_facts *ret, const char *root)
{
	struct utsname names;

	*ret = (struct kernel_facts){
		.has_btf = exists(root, "/sys/kernel/btf/vmlinux"),
		.has_tracefs = is_tracefs(root, "/sys/kernel/tracing") ||
			       is_tracefs(root, "/sys/kernel/debug/tracing"),
		.has_kprobes = exists(root, "/sys/bus/event_source/devices/kprobe"),
		.is_initial_pid_namespace = read_is_initial_namespace(root),
		.lockdown = read_lockdown(root),
		.capabilities = read_capabilities(root),
		.bpf_error = -EPERM,
		.ring_buffer = FACT_UNKNOWN,
		.raw_tracepoint = FACT_UNKNOWN,
		.btf_tracepoint = FACT_UNKNOWN,
		.task_storage = FACT_UNKNOWN,
		.uprobe_multi = FACT_UNKNOWN,
		.uprobes = FACT_UNKNOWN,
		.has_locked_memory = read_has_locked_memory(),
		.mapping_events = FACT_UNKNOWN,
		.fentry = FACT_UNKNOWN,
	};
	if (uname(&names) < 0)
		return;
	(void)snprintf(ret->release, sizeof(ret->release), "%s", names.release);
	(void)snprintf(ret->machine, sizeof(ret->machine), "%s", names.machine);
	if (sscanf(names.release, "%u.%u", &ret->major, &ret->minor) != 2)
		ret->major = ret->minor = 0;
}

static int quiet_print(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level, (void)format, (void)args;
	return 0;
}

static enum fact fact_of(int answer)
{
	return answer > 0 ? FACT_YES : answer == 0 ? FACT_NO : FACT_UNKNOWN;
}

/* As struct bpf_attr has it from 6.6 on. */
struct link_attributes {
	uint32_t program_fd, target_fd, attach_type, flags;
	uint64_t path, offsets, reference_counters, cookies;
	uint32_t count, multi_flags, pid, padding;
};

/* Loads an empty program for it and asks for a link on "/", which is no file to probe: a kernel
 * that knows the link says so with EBADF. */
static enum fact probe_uprobe_multi(void)
{
	const struct bpf_insn instructions[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options,
		    .expected_attach_type = (enum bpf_attach_type)ATTACH_UPROBE_MULTI);
	uint64_t offset = 0;
	struct link_attributes link = {
		.attach_type = ATTACH_UPROBE_MULTI,
		.path = (uintptr_t) "/",
		.offsets = (uintptr_t)&offset,
		.count = 1,
	};
	_cleanup_(cleanup_close) int program_fd = bpf_prog_load(
		BPF_PROG_TYPE_KPROBE, "limpet_check", "GPL", instructions, 2, &options);
	_cleanup_(cleanup_close) int link_fd = -1;

	if (program_fd < 0)
		return FACT_NO;
	link.program_fd = (uint32_t)program_fd;
	link_fd = (int)syscall(__NR_bpf, BPF_LINK_CREATE, &link, sizeof(link));
	return link_fd < 0 && errno == EBADF ? FACT_YES : FACT_NO;
}

/* Loads, and closes again, an empty program for a hook the kernel's BTF names. Attaches nothing. */
static enum fact probe_tracing(const char *hook, enum bpf_attach_type type)
{
	const struct bpf_insn instructions[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = type);
	_cleanup_(cleanup_close) int program_fd = -1;
	int id = libbpf_find_vmlinux_btf_id(hook, type);

	if (id <= 0)
		return FACT_NO;
	options.attach_btf_id = (uint32_t)id;
	program_fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "limpet_check", "GPL", instructions, 2,
				   &options);
	return program_fd >= 0 ? FACT_YES : FACT_NO;
}

/* Opens, and closes again, an event that counts nothing. */
static enum fact probe_mapping_events(void)
{
	struct perf_event_attr attributes = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attributes),
		.config = PERF_COUNT_SW_DUMMY,
		.mmap = 1,
		.mmap2 = 1,
	};
	int fd = (int)syscall(__NR_perf_event_open, &attributes, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);

	if (fd < 0)
		return FACT_NO;
	(void)close(fd);
	return FACT_YES;
}

static int probe_bpf(void)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "limpet_check", 4, 4, 1, NULL);

	if (fd < 0)
		return -errno;
	(void)close(fd);
	return 0;
}

void kernel_facts_probe(struct kernel_facts *facts)
{
	libbpf_print_fn_t before = libbpf_set_print(quiet_print);

	facts->mapping_events = probe_mapping_events();
	facts->bpf_error = probe_bpf();
	if (facts->bpf_error == 0) {
		facts->ring_buffer = fact_of(libbpf_probe_bpf_map_type(BPF_MAP_TYPE_RINGBUF, NULL));
		facts->task_storage =
			fact_of(libbpf_probe_bpf_map_type(BPF_MAP_TYPE_TASK_STORAGE, NULL));
		facts->raw_tracepoint =
			fact_of(libbpf_probe_bpf_prog_type(BPF_PROG_TYPE_RAW_TRACEPOINT, NULL));
		facts->btf_tracepoint = probe_tracing("sched_process_exit", BPF_TRACE_RAW_TP);
		/* That it loads does not say that it attaches; that it does not load says enough.
		 */
		if (probe_tracing("tcp_sendmsg", BPF_TRACE_FENTRY) == FACT_NO)
			facts->fentry = FACT_NO;
		facts->uprobe_multi = probe_uprobe_multi();
	}
	(void)libbpf_set_print(before);
}

bool kernel_facts_has_capability(const struct kernel_facts *facts, int capability)
{
	return facts->capabilities >> capability & 1;
}
