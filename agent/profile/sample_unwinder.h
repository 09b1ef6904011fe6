/*
 * Has samples unwound: those of one process go together, as a job of the symbol process (a child of
 * the profiler's own, so that no crash waits for samples). Sampling never waits for it: what is too
 * much is given back as it is, and counted. Capture thread.
 */
#ifndef PROFILE_SAMPLE_UNWINDER_H
#define PROFILE_SAMPLE_UNWINDER_H

#include "base/drops.h"
#include "crash/crash_images.h"
#include "profile/sample.h"

struct sample_unwinder;

struct unwound_sample {
	const struct crash_frame *frames; /* the innermost first */
	uint32_t frames_count;
	bool is_truncated; /* the stack went on beyond what was copied */
	bool is_complete;
	const struct crash_images *images; /* what frames' image says */
};

/* NULL: it could not be unwound (counted). */
typedef void (*sample_unwinder_fn)(void *self, const struct sample *sample,
				   const struct unwound_sample *unwound_or_null);

struct sample_unwinder_settings {
	const char *debug_root; /* borrowed; NULL: none */
	struct image_table *images;
	sample_unwinder_fn on_unwound;
	void *self;
};

/* Forks the child. */
int sample_unwinder_new(struct sample_unwinder **ret,
			const struct sample_unwinder_settings *settings, struct drops *drops);
void sample_unwinder_free(struct sample_unwinder **unwinder);

void sample_unwinder_take(struct sample_unwinder *unwinder, struct sample **sample);

/* What this process has mapped is about to be forgotten: it executed something else at that time.
 * Samples of what it became may be here already, and wait. */
void sample_unwinder_flush(struct sample_unwinder *unwinder, uint32_t tgid, uint64_t executed_ns);

void sample_unwinder_tick(struct sample_unwinder *unwinder, uint64_t now_ns);

/* Readable when answers came; changes, ask again after each tick. */
int sample_unwinder_fd(const struct sample_unwinder *unwinder);

/* Everything that waits goes; answers come for deadline_ns (monotonic) at most, the rest is given
 * back. */
void sample_unwinder_finish(struct sample_unwinder *unwinder, uint64_t deadline_ns);

#endif
