/*
 * From what the kernel told to the crash that goes out: kind, names, threads, images; then, when the
 * symbol process has answered, frames, cause and fingerprint. Capture thread.
 */
#ifndef CRASH_CRASH_BUILDER_H
#define CRASH_CRASH_BUILDER_H

#include "crash/raw_crash.h"
#include "crash/unwind_job.h"
#include "process/image_table.h"
#include "process/process_table.h"

struct crash_builder_facts {
	const struct raw_crash *raw;
	const struct process *process; /* NULL: not known */
	const struct job_mapping *mappings;
	uint32_t mappings_count;
	const struct job_image *images;
	uint32_t images_count;
	const struct image *const *image_files; /* one per job_image */
	uint64_t unix_offset_ns;
};

/* All but the frames and what follows from them. */
int crash_builder_begin(struct crash **ret, struct resource *resource,
			const struct crash_builder_facts *facts);

/* The threads of the crash as the job has them: the same order, pages borrowed from the raw crash.
 * In the arena. */
struct job_thread *crash_builder_threads(const struct raw_crash *raw, struct arena *arena);

/* Frames and image ids from the answer (NULL: there is none), into the crash's arena. */
void crash_builder_take_answer(struct crash *crash, const struct unwind_answer *answer);

/* Cause and fingerprint, from everything the crash says now. */
void crash_builder_finish(struct crash *crash, const struct crash_builder_facts *facts);

#endif
