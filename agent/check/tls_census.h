/*
 * The processes of this machine and the TLS libraries they have mapped, grouped by executable,
 * library and verdict. A file is looked into once, whoever maps it; the number of processes and the
 * time are limited, and what that leaves out is counted. Nothing is attached to anybody.
 */
#ifndef CHECK_TLS_CENSUS_H
#define CHECK_TLS_CENSUS_H

#include "check/tls_file.h"

#define MAX_TLS_GROUPS        512
#define MAX_TLS_GROUP_PIDS    4
#define MAX_TLS_GROUP_NAME    16
#define MAX_TLS_GROUP_LIBRARY 40

struct tls_census_settings {
	const char *proc_root; /* "/proc" */
	const struct runtime_probe_library *libraries;
	const pid_t *pids; /* only these; NULL: all */
	uint32_t pids_count;
	uint32_t max_processes;
	uint64_t budget_ns;
	/* Asked when a process has a system call filter; NULL: no. */
	bool (*return_probe_kills)(void);
	bool has_no_probes; /* this kernel watches no functions */
};

struct tls_group {
	char name[MAX_TLS_GROUP_NAME];       /* of the executable, escaped */
	char library[MAX_TLS_GROUP_LIBRARY]; /* with its version, where known */
	enum tls_sight sight;
	pid_t pids[MAX_TLS_GROUP_PIDS]; /* the first ones */
	uint32_t count;
};

struct tls_census {
	struct tls_group *groups; /* what is seen first; then by process id */
	uint32_t groups_count;
	uint32_t without_count;    /* processes without a TLS library */
	uint32_t unreadable_count; /* whose files we may not see */
	uint32_t unlooked_count;   /* beyond the limits */
	uint32_t ungrouped_count;  /* rows that found no room */
	bool is_time_over;
};

/* -errno: there is no such /proc, or no memory. */
int tls_census_take(const struct tls_census_settings *settings, struct tls_census *ret);
void tls_census_done(struct tls_census *census);

#endif
