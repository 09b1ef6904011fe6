/*
 * One entry per process: its list of mappings (shared with its forks), what it sees of the file
 * system, when it ended. Records older than the last exec or the last reading of /proc are old news
 * and left out.
 */
#include "process/image_table.h"

#include <errno.h>
#include <signal.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/hash_map.h"
#include "process/perf_map.h"

#define MIN_PROCESSES      64
#define MAPPINGS_A_PROCESS 4 /* processes the table has room for: a quarter of its mappings */
#define LIVENESS_CHECKS    8
#define JIT_CHECKS         4
#define MAX_JIT_WAITING    256
#define MAX_JIT_TRIES      6
#define MAX_RETIRED        16

struct entry {
	struct image_list *list;
	uint64_t space;
	uint64_t since_ns;  /* older records do not count */
	uint64_t exited_ns; /* 0: it lives */
	uint64_t jit_tried_ns;
	pid_t parent;
	int perf_map_fd;
	bool has_jit;
};

struct image_table {
	struct image_table_settings settings;
	struct drops *drops;
	struct image_list_budget budget;
	struct hash_map *processes;   /* pid_t → struct entry */
	struct hash_map *exited;      /* pid_t → uint64_t, when, in order */
	struct hash_map *jit_waiting; /* pid_t → uint32_t, tries */
	/* Of programs that were replaced, until the next tick: what follows maps much of the same,
	 * and files would be closed and opened again. */
	struct image_list *retired[MAX_RETIRED];
	uint32_t retired_count;
};

int image_table_new(struct image_table **ret, const struct image_table_settings *settings,
		    struct drops *drops)
{
	_cleanup_(image_table_free) struct image_table *table = calloc(1, sizeof(*table));
	size_t processes = settings->max_mappings / MAPPINGS_A_PROCESS;
	int err;

	if (!table)
		return -ENOMEM;
	if (processes < MIN_PROCESSES)
		processes = MIN_PROCESSES;
	table->settings = *settings;
	table->drops = drops;
	table->budget.max = settings->max_mappings;
	err = image_store_new(&table->budget.images, settings->max_mappings, settings->reads_files);
	if (err == 0)
		err = hash_map_new(&table->processes, sizeof(pid_t), sizeof(struct entry),
				   processes);
	if (err == 0)
		err = hash_map_new(&table->exited, sizeof(pid_t), sizeof(uint64_t), processes);
	if (err == 0)
		err = hash_map_new(&table->jit_waiting, sizeof(pid_t), sizeof(uint32_t),
				   MAX_JIT_WAITING);
	if (err == 0)
		*ret = TAKE_PTR(table);
	return err;
}

static void clear_entry(struct image_table *table, struct entry *entry)
{
	image_list_release(&entry->list, &table->budget);
	cleanup_close(&entry->perf_map_fd);
	*entry = (struct entry){.perf_map_fd = -1};
}

static bool release_retired(struct image_table *table)
{
	bool is_any = table->retired_count > 0;

	while (table->retired_count > 0)
		image_list_release(&table->retired[--table->retired_count], &table->budget);
	return is_any;
}

static void retire(struct image_table *table, struct image_list *list)
{
	if (!list)
		return;
	if (table->retired_count == MAX_RETIRED)
		(void)release_retired(table);
	table->retired[table->retired_count++] = list;
}

void image_table_free(struct image_table **table_at)
{
	struct image_table *table = *table_at;
	struct entry *entry;
	void *cursor = NULL;

	if (!table)
		return;
	(void)release_retired(table);
	while (table->processes && (entry = hash_map_next(table->processes, &cursor)))
		clear_entry(table, entry);
	if (table->processes)
		hash_map_free(&table->processes);
	if (table->exited)
		hash_map_free(&table->exited);
	if (table->jit_waiting)
		hash_map_free(&table->jit_waiting);
	image_store_free(&table->budget.images);
	free(table);
	*table_at = NULL;
}

static void forget(struct image_table *table, pid_t tgid)
{
	struct entry *entry = hash_map_find(table->processes, &tgid);

	if (entry)
		clear_entry(table, entry);
	(void)hash_map_remove(table->processes, &tgid);
	(void)hash_map_remove(table->exited, &tgid);
	(void)hash_map_remove(table->jit_waiting, &tgid);
}

/* Room for one more is made of the process that ended longest ago. */
static bool forget_oldest_exited(struct image_table *table)
{
	uint64_t *oldest = hash_map_oldest(table->exited);
	pid_t tgid;

	if (!oldest)
		return false;
	tgid = *(const pid_t *)hash_map_key(table->exited, oldest);
	forget(table, tgid);
	return true;
}

static struct entry *add_entry(struct image_table *table, pid_t tgid)
{
	bool is_new = false;
	struct entry *entry = hash_map_add(table->processes, &tgid, &is_new);

	if (!entry && forget_oldest_exited(table))
		entry = hash_map_add(table->processes, &tgid, &is_new);
	if (!entry)
		drops_count(table->drops, DROP_IMAGES_FULL);
	else if (is_new)
		*entry = (struct entry){.perf_map_fd = -1};
	return entry;
}

/* The entry a record is about, NULL when it is not to be taken. A process that ended before the
 * record was made is another one with the same id. */
static struct entry *entry_for(struct image_table *table, pid_t tgid, uint64_t time_ns)
{
	struct entry *entry = hash_map_find(table->processes, &tgid);

	if (entry && time_ns < entry->since_ns)
		return NULL;
	if (entry && entry->exited_ns && time_ns > entry->exited_ns) {
		clear_entry(table, entry);
		(void)hash_map_remove(table->exited, &tgid);
	}
	return entry ? entry : add_entry(table, tgid);
}

static void take_exec(struct image_table *table, const struct image_record *record)
{
	pid_t tgid = (pid_t)record->tgid;
	struct entry *entry = entry_for(table, tgid, record->header.time_ns);

	if (!entry)
		return;
	retire(table, TAKE_PTR(entry->list));
	cleanup_close(&entry->perf_map_fd);
	(void)hash_map_remove(table->jit_waiting, &tgid);
	entry->has_jit = false;
	entry->jit_tried_ns = 0;
	entry->since_ns = record->header.time_ns;
	/* What its parent saw is kept for the case that it is gone before it is looked at. */
	if (table->settings.reads_files) {
		uint64_t space = image_store_space(table->settings.proc_root, tgid);

		entry->space = space ? space : entry->space;
	}
}

static void take_fork(struct image_table *table, const struct image_record *record)
{
	pid_t parent_tgid = (pid_t)record->parent_tgid, tgid = (pid_t)record->tgid;
	struct entry *parent, *entry = entry_for(table, tgid, record->header.time_ns);
	uint64_t exited_ns;

	if (!entry)
		return;
	exited_ns = entry->exited_ns;
	clear_entry(table, entry);
	entry->exited_ns = exited_ns;
	entry->since_ns = record->header.time_ns;
	entry->parent = parent_tgid;
	parent = hash_map_find(table->processes, &parent_tgid);
	if (!parent)
		return;
	entry->list = image_list_share(parent->list);
	entry->space = parent->space;
}

/* Again and again: a compiler that writes it anew may do so in another file. What was open stays
 * until there is one. */
static void open_perf_map(struct image_table *table, pid_t tgid, struct entry *entry,
			  uint64_t now_ns)
{
	int fd;

	if (!table->settings.reads_files ||
	    (entry->jit_tried_ns && now_ns < entry->jit_tried_ns + NS_PER_S))
		return;
	entry->jit_tried_ns = now_ns;
	fd = perf_map_open(table->settings.proc_root, tgid);
	if (fd < 0)
		return;
	cleanup_close(&entry->perf_map_fd);
	entry->perf_map_fd = fd;
}

static void note_jit(struct image_table *table, pid_t tgid, struct entry *entry)
{
	uint32_t *tries;

	if (!table->settings.reads_files || entry->exited_ns)
		return;
	open_perf_map(table, tgid, entry, clock_monotonic_ns());
	if (entry->perf_map_fd < 0 && !entry->has_jit) {
		tries = hash_map_add(table->jit_waiting, &tgid, NULL);
		if (tries)
			*tries = 1;
	}
	entry->has_jit = true;
}

static int put_mapping(struct image_table *table, struct entry *entry,
		       const struct image_record *record, struct view path, bool *ret_is_file)
{
	struct image_mapping mapping = {
		.start = record->start, .end = record->end, .file_offset = record->file_offset};
	struct image_file_places places = {.proc_root = table->settings.proc_root,
					   .tgid = (pid_t)record->tgid,
					   .parent = entry->parent};

	*ret_is_file = image_store_is_file(path);
	if (*ret_is_file) {
		mapping.image = image_store_take(table->budget.images, &places, record, path,
						 &entry->space);
		if (!mapping.image)
			return -ENOSPC;
	} else {
		note_jit(table, (pid_t)record->tgid, entry);
	}
	return image_list_put(&entry->list, &table->budget, &mapping);
}

static bool take_mapped(struct image_table *table, const struct image_record *record,
			struct view path, const struct image_mapping **ret_mapping)
{
	bool is_file = false;
	struct entry *entry;
	int err;

	do {
		entry = entry_for(table, (pid_t)record->tgid, record->header.time_ns);
		if (!entry)
			return false;
		err = put_mapping(table, entry, record, path, &is_file);
	} while (err == -ENOSPC && (release_retired(table) || forget_oldest_exited(table)));
	if (err < 0) {
		drops_count(table->drops, DROP_IMAGES_FULL);
		return false;
	}
	if (is_file && ret_mapping)
		*ret_mapping = image_list_find(entry->list, record->start);
	return is_file;
}

bool image_table_take(struct image_table *table, const struct image_record *record,
		      struct view path, const struct image_mapping **ret_mapping)
{
	switch (record->action) {
	case IMAGE_EXEC:
		take_exec(table, record);
		return false;
	case IMAGE_FORK:
		take_fork(table, record);
		return false;
	default:
		return take_mapped(table, record, path, ret_mapping);
	}
}

/* Unknown so far: its records may still come, and must not stay for ever. */
void image_table_exited(struct image_table *table, pid_t tgid, uint64_t now_ns)
{
	struct entry *entry = hash_map_find(table->processes, &tgid);
	uint64_t *exited;

	if (!entry)
		entry = add_entry(table, tgid);
	if (!entry || entry->exited_ns)
		return;
	exited = hash_map_add(table->exited, &tgid, NULL);
	if (!exited) { /* no memory: at once, then */
		forget(table, tgid);
		return;
	}
	*exited = now_ns;
	entry->exited_ns = now_ns;
	(void)hash_map_remove(table->jit_waiting, &tgid);
}

static void forget_expired(struct image_table *table, uint64_t now_ns)
{
	uint64_t *oldest;

	while ((oldest = hash_map_oldest(table->exited)) && now_ns >= *oldest &&
	       now_ns - *oldest >= IMAGE_GRACE_NS)
		(void)forget_oldest_exited(table);
}

/* The word of an end may have been lost. It ended by now, not by the time the turn began: what it
 * mapped since then may still lie in the ring, and would be another process's. */
static void check_liveness(struct image_table *table)
{
	for (int i = 0; i < LIVENESS_CHECKS; i++) {
		struct entry *entry = hash_map_oldest(table->processes);
		pid_t tgid;

		if (!entry)
			return;
		tgid = *(const pid_t *)hash_map_key(table->processes, entry);
		hash_map_touch(table->processes, entry);
		if (!entry->exited_ns && kill(tgid, 0) < 0 && errno == ESRCH)
			image_table_exited(table, tgid, clock_monotonic_ns());
	}
}

static void retry_perf_maps(struct image_table *table, uint64_t now_ns)
{
	for (int i = 0; i < JIT_CHECKS; i++) {
		uint32_t *tries = hash_map_oldest(table->jit_waiting);
		struct entry *entry;
		pid_t tgid;

		if (!tries)
			return;
		tgid = *(const pid_t *)hash_map_key(table->jit_waiting, tries);
		hash_map_touch(table->jit_waiting, tries);
		entry = hash_map_find(table->processes, &tgid);
		if (entry && now_ns < entry->jit_tried_ns + NS_PER_S)
			continue;
		if (entry)
			open_perf_map(table, tgid, entry, now_ns);
		if (!entry || entry->perf_map_fd >= 0 || ++*tries >= MAX_JIT_TRIES)
			(void)hash_map_remove(table->jit_waiting, &tgid);
	}
}

void image_table_tick(struct image_table *table, uint64_t now_ns)
{
	(void)release_retired(table);
	forget_expired(table, now_ns);
	if (!table->settings.reads_files)
		return;
	check_liveness(table);
	retry_perf_maps(table, now_ns);
}

bool image_table_has(const struct image_table *table, pid_t tgid)
{
	return hash_map_find(table->processes, &tgid) != NULL;
}

uint32_t image_table_find(const struct image_table *table, pid_t tgid,
			  const struct image_mapping **ret_mappings)
{
	const struct entry *entry = hash_map_find(table->processes, &tgid);

	*ret_mappings = entry && entry->list ? entry->list->mappings : NULL;
	return entry && entry->list ? entry->list->count : 0;
}

static bool find_base(const struct image_mapping *mapping, uint64_t *ret_address)
{
	const struct image *image = mapping->image;

	return image && image->file.has_layout &&
	       elf_layout_base(&image->file.layout, mapping->start, mapping->file_offset,
			       ret_address);
}

/* Is the file's first executable mapping among those with this base? */
static bool is_whole(const struct image_mapping *mappings, uint32_t count,
		     const struct image *image, uint64_t address)
{
	uint64_t first_offset = UINT64_MAX, base;
	bool is_first = false;

	for (uint32_t i = 0; i < count; i++) {
		if (mappings[i].image != image || mappings[i].file_offset > first_offset)
			continue;
		if (mappings[i].file_offset < first_offset)
			is_first = false;
		first_offset = mappings[i].file_offset;
		is_first |= find_base(&mappings[i], &base) && base == address;
	}
	return is_first;
}

void image_table_extent(const struct image_mapping *mappings, uint32_t count, uint32_t index,
			uint64_t *ret_address, uint64_t *ret_size)
{
	const struct image_mapping *mapping = &mappings[index];
	uint64_t address;

	if (!find_base(mapping, &address)) {
		*ret_address = mapping->start;
		*ret_size = mapping->end - mapping->start;
		return;
	}
	*ret_address = address;
	*ret_size = is_whole(mappings, count, mapping->image, address)
			    ? mapping->image->file.layout.size
			    : mapping->end - address;
}

int image_table_fd(struct image_table *table, pid_t tgid, const struct image_mapping *mapping)
{
	const struct entry *entry = hash_map_find(table->processes, &tgid);
	struct image_file_places places = {.proc_root = table->settings.proc_root, .tgid = tgid};

	if (!mapping->image)
		return -1;
	places.parent = entry ? entry->parent : 0;
	return image_store_open(table->budget.images, mapping->image, &places, mapping->start,
				mapping->end);
}

int image_table_perf_map_fd(struct image_table *table, pid_t tgid, uint64_t now_ns)
{
	struct entry *entry = hash_map_find(table->processes, &tgid);

	if (!entry)
		return -1;
	if (!entry->exited_ns && entry->has_jit)
		open_perf_map(table, tgid, entry, now_ns);
	return entry->perf_map_fd;
}

struct image_table_counts image_table_count(const struct image_table *table)
{
	return (struct image_table_counts){
		.processes = hash_map_count(table->processes),
		.exited = hash_map_count(table->exited),
		.mappings = table->budget.used,
		.images = image_store_count(table->budget.images),
		.files = image_store_files_count(table->budget.images),
	};
}
