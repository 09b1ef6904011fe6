/*
 * What the running kernel has and what this process may do, found out without attaching anything to
 * anything: files are read, and programs and maps are created and closed again.
 */
#ifndef CHECK_KERNEL_FACTS_H
#define CHECK_KERNEL_FACTS_H

#include <stdbool.h>
#include <stdint.h>

enum lockdown_mode { LOCKDOWN_NONE, LOCKDOWN_INTEGRITY, LOCKDOWN_CONFIDENTIALITY };

enum fact { FACT_NO, FACT_YES, FACT_UNKNOWN };

struct kernel_facts {
	char release[65];
	unsigned int major, minor;
	char machine[65];
	bool has_btf;
	bool has_tracefs;
	bool has_kprobes;
	bool is_initial_pid_namespace;
	enum lockdown_mode lockdown;
	uint64_t capabilities; /* CapEff */
	int bpf_error;         /* of the plainest use of the bpf system call: 0 or -errno */
	enum fact ring_buffer, raw_tracepoint, btf_tracepoint, task_storage, uprobe_multi, fentry;
	enum fact uprobes;        /* may we attach them? a trial by its user says so */
	bool has_locked_memory;   /* RLIMIT_MEMLOCK is none already */
	enum fact mapping_events; /* perf's side band of all processes */
};

/* The part that lies in files below root ("" but in tests), and uname. */
void kernel_facts_read(struct kernel_facts *ret, const char *root);

/* The part that takes the bpf system call. fentry becomes FACT_NO or stays unknown: whether it
 * attaches takes a trial by its user. */
void kernel_facts_probe(struct kernel_facts *facts);

bool kernel_facts_has_capability(const struct kernel_facts *facts, int capability);

#endif
