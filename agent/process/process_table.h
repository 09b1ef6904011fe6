/*
 * Who is who: processes by their id, each with the resource its spans carry. Read lazily: a fork
 * costs one table entry, /proc is asked when a program starts (within a budget) or when the
 * resource is first wanted, and never while it is not needed. An exited process is kept for a
 * while, because its last spans are still being put together. Capture thread only.
 */
#ifndef PROCESS_PROCESS_TABLE_H
#define PROCESS_PROCESS_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/drops.h"
#include "model/metadata.h"
#include "model/resource.h"
#include "process/elf_language.h"
#include "process/process_description.h"
#include "settings/settings.h"
#include "shared/limits.h"

struct process {
	pid_t tgid;
	uint64_t start_boottime_ns; /* to the clock tick; 0 when not known */
	enum process_runtime runtime;
	char name[TASK_NAME_BYTES];
	uint32_t uid;
	char *cgroup_path;         /* of the unified hierarchy, "/…"; NULL: not known; hostile */
	struct resource *resource; /* NULL until first wanted: ask process_table_resource */
	bool is_exited;
};

struct process_table;

/* settings are borrowed until process_table_free. */
int process_table_new(struct process_table **ret, const struct identity_settings *settings,
		      size_t max_processes, struct drops *drops);
void process_table_free(struct process_table **table);

/* false: a replay. /proc is never read; what is known comes from process_table_describe. */
void process_table_set_reads_proc(struct process_table *table, bool reads_proc);

/* Who is asked for names when a resource is made; borrowed, NULL: nobody. */
void process_table_set_metadata(struct process_table *table,
				const struct metadata_sources *metadata);

/* More became known of a resource: the process that has it, has the new one from now on. */
void process_table_replace(struct process_table *table, const struct resource *from,
			   struct resource *to);

/* Another place for /proc and for /etc ("" but in tests). -ENAMETOOLONG. */
int process_table_set_roots(struct process_table *table, const char *proc_root, const char *root);

/*
 * Reads /proc now and (re)builds the resource; works with what is known when the process is gone.
 * NULL only when the table is full of living processes (counted). Pointers stay valid until that
 * process is evicted: use them at once.
 */
const struct process *process_table_learn(struct process_table *table, pid_t tgid);

/* NULL when not known. */
const struct process *process_table_find(struct process_table *table, pid_t tgid);

/* name: TASK_NAME_BYTES bytes as in the records, or NULL. A stale entry with that id is replaced.
 */
void process_table_fork(struct process_table *table, pid_t parent, pid_t child, const char *name);
void process_table_exec(struct process_table *table, pid_t tgid, const char *name);
void process_table_exit(struct process_table *table, pid_t tgid);

size_t process_table_count(const struct process_table *table);

/* Forgets a few of those that ended a while ago; how many. For a timer. */
uint32_t process_table_tick(struct process_table *table);

/* What a recording said; the agent's settings are laid over it. Takes a reference of its own. */
void process_table_describe(struct process_table *table, pid_t tgid,
			    const struct process_description *description);

/* Borrowed, never NULL: learns the process when it is not known. When the table is full it is the
 * resource of nobody in particular. */
struct resource *process_table_resource(struct process_table *table, pid_t tgid);

/* The description of a process of this table, its resource borrowed; false when it is not known. */
bool process_table_description(struct process_table *table, pid_t tgid,
			       struct process_description *ret);

#endif
