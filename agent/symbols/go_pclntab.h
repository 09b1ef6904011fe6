/*
 * The table Go puts into every program, stripped or not: function, file and line of a program
 * counter. Formats of Go 1.2, 1.16, 1.18 and 1.20 (and all until now), 64-bit little-endian. Pure:
 * a view in, views of it out; total on any bytes, the work for one address is bounded.
 */
#ifndef SYMBOLS_GO_PCLNTAB_H
#define SYMBOLS_GO_PCLNTAB_H

#include <stdbool.h>
#include <stdint.h>
#include "base/view.h"

struct go_pclntab {
	struct view table;
	struct view functions; /* sorted pairs: entry, offset into function_bytes */
	struct view function_bytes;
	struct view names;
	struct view files;
	struct view file_indices; /* of compilation units; from 1.16 on */
	struct view programs;     /* pc-value tables */
	uint64_t text_start;      /* added to entries from 1.18 on */
	uint64_t count;
	uint32_t quantum;
	uint32_t version; /* 102, 116, 118, 120 */
};

struct go_function {
	struct view name;
	uint64_t address;
	uint64_t size;
	struct view file; /* empty when not known */
	uint32_t line;    /* 0: not known */
};

/* Whether a table may begin with these bytes. */
bool go_pclntab_is_header(struct view table);

/* Of a table that begins like this: as in struct go_pclntab; 0: none we know. */
uint32_t go_pclntab_version(struct view table);

/* text_start: what entries are relative to (Go 1.18 and later). -EINVAL: no table we know. */
int go_pclntab_open(struct go_pclntab *ret, struct view table, uint64_t text_start);

/* What the header says about it; 0 when it does not (Go 1.26 and later, or to be relocated). */
uint64_t go_pclntab_header_text_start(struct view table);

bool go_pclntab_find(const struct go_pclntab *table, uint64_t pc, struct go_function *ret);

/* How far the stack pointer is below where it was when the function was entered, at this pc. */
bool go_pclntab_stack_bytes(const struct go_pclntab *table, uint64_t pc, uint32_t *ret);

/* Where the function with this index begins. */
bool go_pclntab_entry(const struct go_pclntab *table, uint64_t index, uint64_t *ret);

/* And its name. */
bool go_pclntab_name(const struct go_pclntab *table, uint64_t index, struct view *ret);

#endif
