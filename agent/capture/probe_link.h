/*
 * One program on places of one file, for one process or for everybody: one link of the kernel's for
 * all places where the program was loaded for that (uprobe_multi, 6.6), else a perf event each.
 * Threads of the attacher.
 */
#ifndef CAPTURE_PROBE_LINK_H
#define CAPTURE_PROBE_LINK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define PROBE_LINK_MULTI 48 /* BPF_TRACE_UPROBE_MULTI, which older headers do not have */

struct bpf_program;
struct probe_link;

struct probe_target {
	uint64_t file_offset;
	const char *row; /* static: for messages */
};

struct probe_order {
	const struct bpf_program *program;
	pid_t pid;                          /* -1: everybody */
	int fd;                             /* the file, borrowed */
	const struct probe_target *targets; /* copied */
	uint32_t targets_count;
	bool is_return;        /* when the function returns */
	const char *loss;      /* static: what follows if it cannot be */
	const char *file_name; /* copied */
};

/* file: a path that resolves to it. NULL and errno: none of the targets, or not all. */
struct probe_link *probe_link_new(const struct probe_order *order, const char *file);
void probe_link_free(struct probe_link **link);

/* A link of many places by itself: a descriptor, or -errno. pid 0: everybody. */
int probe_link_open_multi(int program, const char *file, pid_t pid, const uint64_t *offsets,
			  uint32_t count, bool is_return);

#endif
