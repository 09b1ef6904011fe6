/*
 * A file that may hold functions to be watched: looked into once, its places kept. Hostile files
 * are read within bounds (elf_symbols.h). Capture thread.
 */
#ifndef CAPTURE_PROBED_FILE_H
#define CAPTURE_PROBED_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/view.h"
#include "capture/runtime_probes.h"

#define MAX_PROBED_NAME_BYTES 64
#define MAX_PROBE_PLACES      96 /* a row may have several */

/* The rows of all tables, and the programs for them. */
struct probed_rows {
	const struct runtime_probe_row *rows[MAX_RUNTIME_PROBE_ROWS];
	const struct bpf_program *programs[MAX_RUNTIME_PROBE_ROWS]; /* NULL: off */
	uint32_t count;
	const char *loss; /* for messages */
	bool is_census;   /* nothing will be attached: all rows count, and nothing is said */
};

struct probe_place {
	uint64_t file_offset;
	uint32_t row;
	bool is_return; /* the kernel is to tell when the function returns */
};

struct probed_file {
	int fd; /* -1: nothing to probe in it */
	uint32_t users;
	uint32_t places_count;
	uint32_t links_count; /* of a whole host */
	enum runtime_fact fact_kind;
	int fact; /* 0: not asked for yet; below: not known */
	char name[MAX_PROBED_NAME_BYTES];
	struct probe_place places[MAX_PROBE_PLACES];
	struct probe_attachment *links[MAX_PROBE_PLACES];
};

/* Is there a row, with a program, for files of this name? */
bool probed_file_is_wanted(const struct probed_rows *rows, const char *name, bool is_go);

/* Is there a place of which the kernel is to tell when its function returns? */
bool probed_file_has_returns(const struct probed_file *file);

/* Finds the places; keeps a descriptor of its own of a file that has any. Says once what cannot be
 * watched. 0 also of a file without any; -EINVAL: no ELF file with symbols; -EOPNOTSUPP: made by Go
 * before 1.18. */
int probed_file_examine(struct probed_file *file, const struct probed_rows *rows, int fd,
			struct view name, uint64_t size);

#endif
