/*
 * /proc/PID/maps as image records: the executable mappings a process has now, for those that were
 * there before we looked and after perf lost events. Paths are given as perf would give them.
 */
#ifndef PROCESS_PROCESS_MAPS_H
#define PROCESS_PROCESS_MAPS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/view.h"
#include "process/image_record.h"

#define MAX_MAPS_BYTES    (16u << 20) /* 65530 mappings (vm.max_map_count) of common length */
#define MAX_MAPS_MAPPINGS 8192        /* executable ones of one process */

struct process_mapping {
	uint64_t start;
	uint64_t end;
	uint64_t file_offset;
	uint64_t inode;
	uint32_t device_major;
	uint32_t device_minor;
	bool is_executable;
	struct view
		path; /* escapes undone, in the line or in ret_path's memory; empty: anonymous */
};

/* One line without its newline. path_bytes: MAX_IMAGE_PATH_BYTES for the unescaped path. -EINVAL.
 */
int process_maps_parse_line(struct view line, char *path_bytes, struct process_mapping *ret);

typedef void (*process_maps_record_fn)(void *self, struct view record);

/*
 * Records of `pid` (IMAGE_EXEC first: what was known is replaced, then IMAGE_MAPPED) from the text
 * of its maps, all of time_ns. How many mappings; lines that are no lines are left out.
 */
int process_maps_parse(struct view text, pid_t pid, uint64_t time_ns,
		       process_maps_record_fn on_record, void *self);

/* The same from ROOT/PID/maps (root: "/proc"). -errno, and nothing called, when it cannot be read.
 * A kernel thread has 0 mappings. */
int process_maps_read(const char *root, pid_t pid, uint64_t time_ns,
		      process_maps_record_fn on_record, void *self);

/* Of every process in root, those that is_wanted says yes to (NULL: all). How many processes, or
 * -errno. */
int process_maps_read_all(const char *root, bool (*is_wanted)(void *self, pid_t pid),
			  process_maps_record_fn on_record, void *self);

#endif
