/*
 * From what the kernel told to the crash that goes out: kind, names, threads; then, when the symbol
 * process has answered, frames, cause and fingerprint. Capture thread.
 */
#ifndef CRASH_CRASH_BUILDER_H
#define CRASH_CRASH_BUILDER_H

#include "crash/crash_images.h"
#include "crash/raw_crash.h"
#include "process/process_table.h"

/* An empty crash with everything the records say; images are crash_images_collect's business. */
int crash_builder_begin(struct crash **ret, const struct raw_crash *raw, struct resource *resource,
			uint64_t unix_offset_ns, uint64_t boot_offset_ns);

/* The threads as the job has them, in the crash's arena: the same order, pages borrowed; after them
 * the throw that the crash may be about, if there was one. NULL when there are none, or no memory.
 */
struct job_thread *crash_builder_threads(const struct raw_crash *raw, struct crash *crash,
					 uint32_t *ret_count);

/* Frames and image ids; NULL: there is no answer, the crashing pc alone is shown. */
void crash_builder_take_answer(struct crash *crash, const struct crash_images *images,
			       const struct unwind_answer *answer);

/* Cause and fingerprint, from everything the crash says by now. */
void crash_builder_finish(struct crash *crash, const struct raw_crash *raw,
			  const struct crash_images *images);

#endif
