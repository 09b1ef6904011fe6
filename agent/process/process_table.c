/*
 * The table. An entry's resource is made on first use from, in this order: /proc, when what stands
 * there began no later than the record that told us of it (a reused id began later); else the
 * resource it inherited; else the name the kernel gave.
 */
#include "process/process_table.h"

#include <errno.h>
#include <time.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/hash_map.h"
#include "process/container_id.h"
#include "process/executable_cache.h"
#include "process/resource_builder.h"
#include "process/unit_starts.h"

#define EXIT_GRACE_NS      (20 * NS_PER_S)
#define EAGER_READS_MAX    100 /* programs read at their start, per second */
#define EVICTIONS_PER_CALL 4
#define LIVENESS_CHECKS    8
#define MAX_UNITS          1024

struct entry {
	struct process process; /* first: the caller's pointer is the entry's */
	uint64_t noted_boottime_ns;
	bool is_same_program;       /* forked, not yet exec'ed: `inherited` is its own program's */
	struct resource *inherited; /* of the parent or of the program before; may be NULL */
};

struct process_table {
	const struct identity_settings *settings;
	const struct metadata_sources *metadata; /* NULL: nobody to ask for names */
	struct drops *drops;
	struct hash_map *processes; /* pid_t → struct entry */
	struct hash_map *exited;    /* pid_t → uint64_t, when, in order */
	size_t max_processes;
	bool reads_proc;
	char root[256];
	struct proc_reader proc;
	struct proc_snapshot *snapshot;
	struct executable_cache *executables;
	struct unit_starts *unit_starts;
	struct host_identity host;
	struct resource *unknown;
	char owner[OWNER_NAME_BYTES]; /* the last one asked for: most processes share few */
	uint32_t owner_uid;
	uint64_t eager_since_ns;
	unsigned int eager_reads;
};

static uint64_t boottime_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static int build_unknown(struct process_table *table)
{
	struct resource_sources sources = {.settings = table->settings, .host = &table->host};

	return resource_builder_build(&table->unknown, &sources);
}

int process_table_new(struct process_table **ret, const struct identity_settings *settings,
		      size_t max_processes, struct drops *drops)
{
	_cleanup_(process_table_free) struct process_table *table = calloc(1, sizeof(*table));
	int err;

	if (!table)
		return -ENOMEM;
	table->settings = settings;
	table->drops = drops;
	table->max_processes = max_processes ? max_processes : 1;
	table->reads_proc = true;
	table->snapshot = malloc(sizeof(*table->snapshot));
	if (!table->snapshot)
		return -ENOMEM;
	(void)proc_reader_init(&table->proc, "/proc");
	host_identity_read(&table->host, "");
	err = hash_map_new(&table->processes, sizeof(pid_t), sizeof(struct entry),
			   table->max_processes);
	if (err == 0)
		err = hash_map_new(&table->exited, sizeof(pid_t), sizeof(uint64_t),
				   table->max_processes);
	if (err == 0)
		err = executable_cache_new(&table->executables);
	if (err == 0)
		err = unit_starts_new(&table->unit_starts, MAX_UNITS);
	if (err == 0)
		err = build_unknown(table);
	if (err == 0)
		*ret = TAKE_PTR(table);
	return err;
}

static void clear_entry(struct entry *entry)
{
	resource_release(&entry->process.resource);
	resource_release(&entry->inherited);
	free(entry->process.cgroup_path);
	*entry = (struct entry){.process.tgid = entry->process.tgid};
}

void process_table_free(struct process_table **table)
{
	struct entry *entry;
	void *cursor = NULL;

	if (!*table)
		return;
	while ((*table)->processes && (entry = hash_map_next((*table)->processes, &cursor)))
		clear_entry(entry);
	if ((*table)->processes)
		hash_map_free(&(*table)->processes);
	if ((*table)->exited)
		hash_map_free(&(*table)->exited);
	executable_cache_free(&(*table)->executables);
	unit_starts_free(&(*table)->unit_starts);
	resource_release(&(*table)->unknown);
	free((*table)->snapshot);
	free(*table);
	*table = NULL;
}

void process_table_set_reads_proc(struct process_table *table, bool reads_proc)
{
	table->reads_proc = reads_proc;
}

void process_table_set_metadata(struct process_table *table,
				const struct metadata_sources *metadata)
{
	table->metadata = metadata;
}

int process_table_set_roots(struct process_table *table, const char *proc_root, const char *root)
{
	int err;

	if (strlen(root) >= sizeof(table->root))
		return -ENAMETOOLONG;
	err = proc_reader_init(&table->proc, proc_root);
	if (err < 0)
		return err;
	strcpy(table->root, root);
	table->owner[0] = '\0';
	host_identity_read(&table->host, root);
	resource_release(&table->unknown);
	return build_unknown(table);
}

static void remove_process(struct process_table *table, pid_t tgid)
{
	struct entry *entry = hash_map_find(table->processes, &tgid);

	(void)hash_map_remove(table->exited, &tgid);
	if (!entry)
		return;
	clear_entry(entry);
	(void)hash_map_remove(table->processes, &tgid);
}

/* Those whose grace is over; when the table is full, the one that exited longest ago, whatever its
 * grace. */
static uint32_t evict_exited(struct process_table *table)
{
	bool is_full = hash_map_count(table->processes) >= table->max_processes;
	uint64_t now = clock_monotonic_ns(), *exited_ns;
	uint32_t count = 0;

	while (count < EVICTIONS_PER_CALL) {
		exited_ns = hash_map_oldest(table->exited);
		if (!exited_ns || (!is_full && now - *exited_ns < EXIT_GRACE_NS))
			break;
		remove_process(table, *(const pid_t *)hash_map_key(table->exited, exited_ns));
		is_full = false;
		count++;
	}
	return count;
}

/* A full table may hold processes whose exit record was lost: looks at a few of the oldest. */
static void evict_vanished(struct process_table *table)
{
	uint64_t start_ns;

	for (int i = 0; i < LIVENESS_CHECKS && table->reads_proc; i++) {
		struct entry *entry = hash_map_oldest(table->processes);

		if (proc_reader_start_time(&table->proc, entry->process.tgid, &start_ns) < 0) {
			remove_process(table, entry->process.tgid);
			return;
		}
		hash_map_touch(table->processes, entry);
	}
}

static struct entry *add_process(struct process_table *table, pid_t tgid)
{
	struct entry *entry = hash_map_find(table->processes, &tgid);

	if (entry)
		return entry;
	(void)evict_exited(table);
	if (hash_map_count(table->processes) >= table->max_processes)
		evict_vanished(table);
	entry = hash_map_add(table->processes, &tgid, NULL);
	if (!entry) {
		drops_count(table->drops, DROP_PROCESS_TABLE_FULL);
		return NULL;
	}
	entry->process.tgid = tgid;
	return entry;
}

/* A new life of that id: nothing of the old one is left. */
static struct entry *begin_process(struct process_table *table, pid_t tgid)
{
	struct entry *entry = add_process(table, tgid);

	if (entry) {
		clear_entry(entry);
		(void)hash_map_remove(table->exited, &tgid);
	}
	return entry;
}

static void set_name(struct process *process, const char *name)
{
	if (!name)
		return;
	memcpy(process->name, name, strnlen(name, TASK_NAME_BYTES - 1));
	process->name[strnlen(name, TASK_NAME_BYTES - 1)] = '\0';
}

/* Does what /proc shows under that id belong to this entry? Fills the table's snapshot if so. */
static bool read_process(struct process_table *table, struct entry *entry)
{
	uint64_t tick_ns = NS_PER_S / table->proc.ticks_per_second;
	struct process *process = &entry->process;
	struct view cgroup;

	if (!table->reads_proc || process->is_exited ||
	    proc_reader_snapshot(&table->proc, process->tgid, table->snapshot) < 0)
		return false;
	if (process->start_boottime_ns
		    ? !proc_reader_same_tick(&table->proc, process->start_boottime_ns,
					     table->snapshot->start_boottime_ns)
		    : entry->noted_boottime_ns && table->snapshot->start_boottime_ns >
							  entry->noted_boottime_ns + tick_ns)
		return false;
	process->start_boottime_ns = table->snapshot->start_boottime_ns;
	process->uid = table->snapshot->uid;
	set_name(process, table->snapshot->name);
	if (container_id_find_path(table->snapshot->cgroup, &cgroup)) {
		free(process->cgroup_path);
		process->cgroup_path = strndup(cgroup.bytes, cgroup.size);
	}
	return true;
}

static const struct executable *read_executable(struct process_table *table,
						struct process *process)
{
	_cleanup_(cleanup_close) int fd = proc_reader_open_executable(&table->proc, process->tgid);
	const struct executable *executable =
		fd >= 0 ? executable_cache_read(table->executables, fd) : NULL;

	process->runtime = elf_language_of_name(view_base_name(table->snapshot->executable_path));
	if (process->runtime == RUNTIME_NATIVE && executable && executable->is_go)
		process->runtime = RUNTIME_GO;
	return executable;
}

static const char *find_owner(struct process_table *table, uint32_t uid)
{
	if (!table->owner[0] || table->owner_uid != uid)
		host_identity_owner(table->root, uid, table->owner);
	table->owner_uid = uid;
	return table->owner;
}

static void build_resource(struct process_table *table, struct entry *entry)
{
	struct process *process = &entry->process;
	bool is_read = read_process(table, entry);
	bool is_derived = entry->is_same_program && entry->inherited;
	const struct executable *executable = NULL;
	struct resource_sources sources = {
		.settings = table->settings,
		.host = &table->host,
		.inherited = entry->inherited,
		.task_name = process->name,
		.tgid = process->tgid,
		.start_boottime_ns = process->start_boottime_ns,
	};
	int err;

	if (is_read && table->snapshot->has_uid)
		sources.owner = find_owner(table, process->uid);
	if (is_read && !is_derived) {
		executable = read_executable(table, process);
		sources.snapshot = table->snapshot;
		sources.unit_starts = table->unit_starts;
		sources.build_id = executable ? &executable->build_id : NULL;
	}
	sources.runtime = process->runtime;
	if (is_derived)
		err = resource_builder_derive(&process->resource, entry->inherited, &sources);
	else
		err = resource_builder_build(&process->resource, &sources);
	if (err < 0)
		process->resource = resource_reference(table->unknown);
	else if (table->metadata)
		metadata_begin(table->metadata, process->resource);
	resource_release(&entry->inherited);
}

const struct process *process_table_learn(struct process_table *table, pid_t tgid)
{
	struct entry *entry = hash_map_find(table->processes, &tgid);
	uint64_t start_ns;

	if (!entry)
		entry = begin_process(table, tgid);
	if (!entry)
		return NULL;
	if (table->reads_proc && proc_reader_start_time(&table->proc, tgid, &start_ns) == 0) {
		if (entry->process.is_exited ||
		    (entry->process.start_boottime_ns &&
		     !proc_reader_same_tick(&table->proc, start_ns,
					    entry->process.start_boottime_ns)))
			entry = begin_process(table, tgid);
		entry->is_same_program = false;
		entry->noted_boottime_ns = 0;
		resource_release(&entry->process.resource);
	}
	if (!entry->process.resource)
		build_resource(table, entry);
	return &entry->process;
}

const struct process *process_table_find(struct process_table *table, pid_t tgid)
{
	struct entry *entry = hash_map_find(table->processes, &tgid);

	return entry ? &entry->process : NULL;
}

void process_table_fork(struct process_table *table, pid_t parent, pid_t child, const char *name)
{
	struct entry *entry = begin_process(table, child);
	struct entry *from = hash_map_find(table->processes, &parent);
	struct resource *inherited;

	if (!entry)
		return;
	set_name(&entry->process, name);
	entry->noted_boottime_ns = boottime_ns();
	entry->is_same_program = true;
	if (!from || from == entry)
		return;
	inherited = from->process.resource ? from->process.resource : from->inherited;
	if (inherited)
		entry->inherited = resource_reference(inherited);
	/* Not the start time: that is the child's own. */
	entry->is_same_program = from->process.resource || from->is_same_program;
	entry->process.runtime = from->process.runtime;
	entry->process.uid = from->process.uid;
}

/* Short-lived programs are gone by the time their resource is wanted, so they are read at once: up
 * to a budget, or a build would make us read thousands for nothing. */
static bool may_read_eagerly(struct process_table *table)
{
	uint64_t now = clock_monotonic_ns();

	if (now - table->eager_since_ns >= NS_PER_S) {
		table->eager_since_ns = now;
		table->eager_reads = 0;
	}
	return table->reads_proc && table->eager_reads++ < EAGER_READS_MAX;
}

void process_table_exec(struct process_table *table, pid_t tgid, const char *name)
{
	struct entry *entry = add_process(table, tgid);

	if (!entry)
		return;
	if (entry->process.is_exited)
		entry = begin_process(table, tgid);
	set_name(&entry->process, name);
	entry->process.runtime = RUNTIME_UNKNOWN;
	entry->is_same_program = false;
	if (entry->process.resource) {
		resource_release(&entry->inherited);
		entry->inherited = TAKE_PTR(entry->process.resource);
	}
	if (!entry->process.start_boottime_ns)
		entry->noted_boottime_ns = boottime_ns();
	if (may_read_eagerly(table))
		build_resource(table, entry);
}

void process_table_exit(struct process_table *table, pid_t tgid)
{
	struct entry *entry = hash_map_find(table->processes, &tgid);
	uint64_t *exited_ns;

	(void)evict_exited(table);
	if (!entry || entry->process.is_exited)
		return;
	entry->process.is_exited = true;
	exited_ns = hash_map_add(table->exited, &tgid, NULL);
	if (exited_ns)
		*exited_ns = clock_monotonic_ns();
}

uint32_t process_table_tick(struct process_table *table)
{
	return evict_exited(table);
}

void process_table_describe(struct process_table *table, pid_t tgid,
			    const struct process_description *description)
{
	struct entry *entry = begin_process(table, tgid);

	if (!entry)
		return;
	entry->process.start_boottime_ns = description->start_boottime_ns;
	entry->process.runtime = description->runtime;
	entry->process.uid = description->uid;
	set_name(&entry->process, description->name);
	if (resource_builder_override(&entry->process.resource, description->resource,
				      table->settings) < 0)
		entry->process.resource = resource_reference(description->resource);
}

struct resource *process_table_resource(struct process_table *table, pid_t tgid)
{
	struct entry *entry = hash_map_find(table->processes, &tgid);

	if (!entry)
		entry = begin_process(table, tgid);
	if (!entry)
		return table->unknown;
	if (!entry->process.resource)
		build_resource(table, entry);
	return entry->process.resource;
}

void process_table_replace(struct process_table *table, const struct resource *from,
			   struct resource *to)
{
	pid_t tgid = (pid_t)from->pid;
	struct entry *entry = hash_map_find(table->processes, &tgid);

	if (!entry || entry->process.resource != from)
		return;
	resource_release(&entry->process.resource);
	entry->process.resource = resource_reference(to);
}

bool process_table_description(struct process_table *table, pid_t tgid,
			       struct process_description *ret)
{
	const struct process *process = process_table_find(table, tgid);

	if (!process)
		return false;
	*ret = (struct process_description){
		.tgid = tgid,
		.uid = process->uid,
		.start_boottime_ns = process->start_boottime_ns,
		.runtime = process->runtime,
		.resource = process_table_resource(table, tgid),
	};
	memcpy(ret->name, process->name, sizeof(ret->name));
	return true;
}

size_t process_table_count(const struct process_table *table)
{
	return hash_map_count(table->processes);
}
