/*
 * One job of the symbol process from end to end: stacks unwound, frames named, files identified.
 * Runs in the child only. Whatever a file says, the answer has a frame for every thread that had a
 * program counter.
 */
#ifndef UNWINDING_UNWIND_WORK_H
#define UNWINDING_UNWIND_WORK_H

#include "symbols/row_cache.h"
#include "unwinding/frame_names.h"
#include "unwinding/module_cache.h"
#include "unwinding/perf_map_cache.h"
#include "unwinding/unwind_job.h"

struct unwind_work {
	struct module_cache *modules;
	struct perf_map_cache *perf_maps; /* NULL: no job has one */
	/* What earlier samples found in these modules; NULL: not kept. Crashes do without. */
	struct row_cache *rows;
	struct frame_names *names;
	/* Which image is being read (its key; KEY_PERF_MAP; 0: none), for whoever has to find out
	 * why this process died. */
	volatile uint64_t *culprit;
	/* From then on threads other than the crashed one get no names, then no callers. */
	uint64_t names_until_ns;
	uint64_t stacks_until_ns;
};

/* All of the answer lies in the arena, or (samples) among the names until unwind_work_trim. 0 or
 * -ENOMEM. */
int unwind_work_run(const struct unwind_work *work, const struct unwind_job *job,
		    struct arena *arena, struct unwind_answer *ret);

/* Between jobs: keeps what is kept within its bounds. */
void unwind_work_trim(const struct unwind_work *work);

#endif
