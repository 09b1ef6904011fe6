/*
 * Rows of unwind rules that were found before: recursion asks for the same one again and again, and
 * a profiler's samples for a few hundred. By place in its file, so that every process that maps it
 * has the same. A row points into its module.
 */
#ifndef SYMBOLS_ROW_CACHE_H
#define SYMBOLS_ROW_CACHE_H

#include "symbols/cfi_program.h"

struct module;

struct cached_row {
	const struct module *module; /* NULL: empty */
	uint64_t address;            /* as linked */
	struct cfi_row row;
	uint64_t return_register;
	uint64_t end;  /* as linked: of the function */
	bool is_debug; /* of .debug_frame */
	bool is_signal_frame;
};

struct row_cache {
	struct cached_row *rows; /* zeroed at first; the owner's */
	uint32_t count;
};

struct row_question {
	struct module *module;
	uint64_t address; /* as linked: what is looked up, not where a call returns to */
	enum machine machine;
	bool is_debug;
};

/* Found now if it was not known; NULL: there is no rule for this place. Until the next call. */
const struct cached_row *row_cache_find(struct row_cache *cache,
					const struct row_question *question);

/* Before any of its modules is freed. */
void row_cache_clear(struct row_cache *cache);

#endif
