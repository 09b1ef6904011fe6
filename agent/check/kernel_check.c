/* One row per requirement. Nothing here asks the kernel: the facts come in, so every machine can be
 * tested on this one. */
#include "check/kernel_check.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>

#define GRANT                                                                                      \
	"run as root, or: setcap cap_bpf,cap_perfmon,cap_sys_ptrace,cap_dac_read_search+ep limpet"
#define NEWER_KERNEL "use Linux 5.10 or later (Debian 11 and later have it)"

struct row_writer {
	const struct kernel_facts *facts;
	struct check_row *rows;
	size_t count;
};

static void add(struct row_writer *writer, struct check_row row)
{
	if (row.verdict == VERDICT_OK)
		row.mend = NULL;
	if (row.verdict == VERDICT_UNKNOWN)
		row.mend = writer->facts->bpf_error
				   ? "not tried: that takes the bpf system call"
				   : "not tried: found out when the capture starts";
	if (writer->count < MAX_CHECK_ROWS)
		writer->rows[writer->count++] = row;
}

static enum check_verdict need(bool is_there)
{
	return is_there ? VERDICT_OK : VERDICT_MISSING;
}

static enum check_verdict like(bool is_there)
{
	return is_there ? VERDICT_OK : VERDICT_OPTIONAL;
}

static enum check_verdict weigh(enum fact fact, enum check_verdict when_missing)
{
	if (fact == FACT_UNKNOWN)
		return VERDICT_UNKNOWN;
	return fact == FACT_YES ? VERDICT_OK : when_missing;
}

static bool is_admin(const struct kernel_facts *facts)
{
	return kernel_facts_has_capability(facts, CAP_SYS_ADMIN);
}

/* Before 5.11 maps are charged against RLIMIT_MEMLOCK. */
static bool needs_memlock(const struct kernel_facts *facts)
{
	return facts->major < 5 || (facts->major == 5 && facts->minor < 11);
}

static bool may_load(const struct kernel_facts *facts)
{
	return is_admin(facts) || (kernel_facts_has_capability(facts, CAP_BPF) &&
				   kernel_facts_has_capability(facts, CAP_PERFMON));
}

/* A "no" to who may not is no fact about the kernel. */
static enum fact told(const struct kernel_facts *facts, enum fact fact)
{
	return fact == FACT_NO && !may_load(facts) ? FACT_UNKNOWN : fact;
}

static void judge_privileges(const struct kernel_facts *facts, struct row_writer *writer)
{
	add(writer, (struct check_row){"CAP_BPF and CAP_PERFMON", need(may_load(facts)),
				       "the right to load programs (CAP_SYS_ADMIN includes both)",
				       GRANT, EXIT_CODE_PRIVILEGES});
	add(writer, (struct check_row){
			    "bpf system call", need(facts->bpf_error == 0),
			    facts->bpf_error == -ENOSYS ? "this kernel was built without it"
							: "loading programs and creating maps",
			    facts->bpf_error == -ENOSYS
				    ? "use a kernel with CONFIG_BPF_SYSCALL=y"
				    : "with the capabilities above, check the container's seccomp "
				      "profile",
			    facts->bpf_error == -ENOSYS ? EXIT_CODE_KERNEL : EXIT_CODE_PRIVILEGES});
	add(writer,
	    (struct check_row){
		    "CAP_SYS_PTRACE",
		    like(is_admin(facts) || kernel_facts_has_capability(facts, CAP_SYS_PTRACE)),
		    "reading executable and environment of other users' processes: their "
		    "names",
		    "add cap_sys_ptrace; without it services get their task's name",
		    EXIT_CODE_PRIVILEGES});
	add(writer,
	    (struct check_row){
		    "uprobes", weigh(facts->uprobes, VERDICT_OPTIONAL),
		    "functions of programs are watched: TLS, exceptions that runtimes raise",
		    "add cap_sys_admin, which this kernel asks for (Linux 6.16 and its "
		    "fixes in stable kernels; from 6.6 on limpet does without)",
		    EXIT_CODE_PRIVILEGES});
	if (needs_memlock(facts))
		add(writer,
		    (struct check_row){
			    "CAP_SYS_RESOURCE",
			    need(facts->has_locked_memory ||
				 kernel_facts_has_capability(facts, CAP_SYS_RESOURCE)),
			    "before Linux 5.11 maps count against RLIMIT_MEMLOCK, which must be raised",
			    "add cap_sys_resource, or raise it: ulimit -l unlimited",
			    EXIT_CODE_PRIVILEGES});
	add(writer,
	    (struct check_row){"lockdown", need(facts->lockdown != LOCKDOWN_CONFIDENTIALITY),
			       "mode 'confidentiality' would keep programs from reading memory",
			       "boot with lockdown=integrity or none", EXIT_CODE_KERNEL});
	add(writer,
	    (struct check_row){"host's PID namespace", like(facts->is_initial_pid_namespace),
			       "process ids here are the ones the kernel reports",
			       "run on the host, or the container with --pid=host (hostPID: true)",
			       EXIT_CODE_KERNEL});
}

static void judge_kernel(const struct kernel_facts *facts, struct row_writer *writer)
{
	add(writer, (struct check_row){"BTF", need(facts->has_btf),
				       "the kernel's own types: /sys/kernel/btf/vmlinux",
				       "use a kernel with CONFIG_DEBUG_INFO_BTF=y (Debian 11 and "
				       "later have it)",
				       EXIT_CODE_KERNEL});
	add(writer, (struct check_row){"ring buffer",
				       weigh(told(facts, facts->ring_buffer), VERDICT_MISSING),
				       "how records reach the agent (Linux 5.8)", NEWER_KERNEL,
				       EXIT_CODE_KERNEL});
	add(writer, (struct check_row){"raw tracepoints",
				       weigh(told(facts, facts->raw_tracepoint), VERDICT_MISSING),
				       "system calls and processes are seen through them",
				       NEWER_KERNEL, EXIT_CODE_KERNEL});
	add(writer,
	    (struct check_row){"BTF tracepoints", weigh(facts->btf_tracepoint, VERDICT_OPTIONAL),
			       "cheaper access to the same; raw tracepoints do without",
			       "use a kernel with CONFIG_BPF_JIT=y and CONFIG_DEBUG_INFO_BTF=y",
			       EXIT_CODE_KERNEL});
	add(writer, (struct check_row){"fentry", weigh(facts->fentry, VERDICT_OPTIONAL),
				       "cheaper capture that costs idle processes nothing; the "
				       "tracepoints do the same job",
				       "a kernel with CONFIG_FUNCTION_TRACER=y; nothing is lost "
				       "without",
				       EXIT_CODE_KERNEL});
	add(writer, (struct check_row){"task storage", weigh(facts->task_storage, VERDICT_OPTIONAL),
				       "faster \"is this task traced?\" (Linux 5.11)",
				       "a hashed filter is used instead", EXIT_CODE_KERNEL});
	add(writer,
	    (struct check_row){
		    "mapping events", weigh(facts->mapping_events, VERDICT_OPTIONAL),
		    "perf tells which libraries a process maps: the functions of a crash",
		    "with cap_perfmon: sysctl kernel.perf_event_paranoid=2 (at 3 Debian's kernels "
		    "want cap_sys_admin); without it only programs found at the start have theirs",
		    EXIT_CODE_PRIVILEGES});
	add(writer, (struct check_row){"kprobes", like(facts->has_kprobes),
				       "not needed by anything limpet does today",
				       "a kernel with CONFIG_KPROBES=y; nothing is lost without",
				       EXIT_CODE_KERNEL});
	add(writer, (struct check_row){"uprobe_multi", weigh(facts->uprobe_multi, VERDICT_OPTIONAL),
				       "many user-space probes in one link (Linux 6.6)",
				       "one link per probe is used instead", EXIT_CODE_KERNEL});
	add(writer,
	    (struct check_row){"tracefs", like(facts->has_tracefs),
			       "not needed: limpet uses no classic tracepoints",
			       "mount -t tracefs tracefs /sys/kernel/tracing", EXIT_CODE_KERNEL});
}

size_t kernel_check_judge(const struct kernel_facts *facts,
			  struct check_row ret_rows[MAX_CHECK_ROWS])
{
	struct row_writer writer = {.facts = facts, .rows = ret_rows};

	judge_privileges(facts, &writer);
	judge_kernel(facts, &writer);
	return writer.count;
}

enum exit_code kernel_check_sum(const struct check_row *rows, size_t count)
{
	enum exit_code worst = EXIT_CODE_OK;

	for (size_t i = 0; i < count; i++)
		if (rows[i].verdict == VERDICT_MISSING && rows[i].exit_code > worst)
			worst = rows[i].exit_code;
	return worst;
}

/* The first missing row of a kind explains the failure. */
static const struct check_row *find_missing(const struct check_row *rows, size_t count,
					    enum exit_code exit_code)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].verdict == VERDICT_MISSING && rows[i].exit_code == exit_code)
			return &rows[i];
	return NULL;
}

enum exit_code kernel_check_explain(const struct kernel_facts *facts, int err, char *ret_message,
				    size_t size)
{
	struct check_row rows[MAX_CHECK_ROWS];
	size_t count = kernel_check_judge(facts, rows);
	const struct check_row *row = find_missing(rows, count, EXIT_CODE_KERNEL);
	int number = err < 0 ? -err : err;

	if (!row && number != ENOMEM && number != E2BIG)
		row = find_missing(rows, count, EXIT_CODE_PRIVILEGES);
	if (row) {
		(void)snprintf(
			ret_message, size,
			"cannot load the capture programs: requirement \"%s\" is not met (%s); "
			"%s",
			row->thing, row->meaning, row->mend);
		return row->exit_code;
	}
	if (number == EPERM || number == EACCES) {
		(void)snprintf(ret_message, size,
			       "cannot load the capture programs: %s, although the capabilities "
			       "are there; a container's seccomp profile or a security module "
			       "refuses: see `limpet check`",
			       strerror(number));
		return EXIT_CODE_PRIVILEGES;
	}
	if (number == ENOMEM || number == E2BIG) {
		(void)snprintf(ret_message, size,
			       "cannot create the capture maps: %s; ask for less with --ring-size "
			       "and --max-connections",
			       strerror(number));
		return EXIT_CODE_FAILURE;
	}
	(void)snprintf(ret_message, size,
		       "cannot load the capture programs on Linux %s: %s; see `limpet check` for "
		       "what this kernel allows",
		       facts->release, strerror(number));
	return number == EINVAL || number == ENOENT || number == ENOSYS || number == EOPNOTSUPP ||
			       number == ESRCH
		       ? EXIT_CODE_KERNEL
		       : EXIT_CODE_FAILURE;
}
