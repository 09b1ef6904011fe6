/*
 * What code is mapped where, for every process worth knowing: fed with image records (from perf,
 * from /proc, from a recording) in order of time, asked when a process has crashed and is gone.
 * Files stay open while a living process maps them and for ten seconds more. Capture thread.
 */
#ifndef PROCESS_IMAGE_TABLE_H
#define PROCESS_IMAGE_TABLE_H

#include "base/drops.h"
#include "process/image_list.h"

#define IMAGE_GRACE_NS (10000000000ull) /* what an ended process is known for */

struct image_table;

struct image_table_settings {
	size_t max_mappings;   /* crash.max_images */
	bool reads_files;      /* false: a replay, nothing but the records is looked at */
	const char *proc_root; /* "/proc"; borrowed */
};

/* Raises the soft limit of descriptors when it reads files. */
int image_table_new(struct image_table **ret, const struct image_table_settings *settings,
		    struct drops *drops);
void image_table_free(struct image_table **table);

/*
 * A record that image_record_decode let pass. True: a mapping of a file came to be (*ret_mapping,
 * may be NULL as a parameter; borrowed until the next change): whoever waits for a library looks
 * now. What finds no room is counted (DROP_IMAGES_FULL).
 */
bool image_table_take(struct image_table *table, const struct image_record *record,
		      struct view path, const struct image_mapping **ret_mapping);

/* The process is gone (time as in the records): it is forgotten IMAGE_GRACE_NS later. */
void image_table_exited(struct image_table *table, pid_t tgid, uint64_t now_ns);

/* Forgets; asks after some processes whose end was lost; tries JIT maps again. Some ten times a
 * second. */
void image_table_tick(struct image_table *table, uint64_t now_ns);

/* Is there anything known of it? */
bool image_table_has(const struct image_table *table, pid_t tgid);

/* By address, borrowed until the next change; 0 and NULL when nothing is known. */
uint32_t image_table_find(const struct image_table *table, pid_t tgid,
			  const struct image_mapping **ret_mappings);

/*
 * Where the whole file of mappings[index] lies: Sentry's image_addr and image_size. Without the
 * file: the mapping itself. A piece of a file mapped a second time (V8 does that with its own code)
 * has a base of its own, and goes only to its own end: it must not cover what lies beyond.
 */
void image_table_extent(const struct image_mapping *mappings, uint32_t count, uint32_t index,
			uint64_t *ret_address, uint64_t *ret_size);

/* The file, opened now if it could not be kept open; borrowed, -1: it cannot be had. */
int image_table_fd(struct image_table *table, pid_t tgid, const struct image_mapping *mapping);

/* The map of its JIT code; borrowed, -1: it has none (looked for, and whether there is a new one,
 * at most once per second). */
int image_table_perf_map_fd(struct image_table *table, pid_t tgid, uint64_t now_ns);

struct image_table_counts {
	size_t processes, exited, mappings, images, files;
};
struct image_table_counts image_table_count(const struct image_table *table);

#endif
