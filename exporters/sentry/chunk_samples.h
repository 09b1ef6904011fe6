/*
 * The samples of a chunk as Sentry understands them: each lasts until the next of its thread, so
 * rests are samples, too, and the last of each thread only ends what was before it.
 */
#ifndef SENTRY_CHUNK_SAMPLES_H
#define SENTRY_CHUNK_SAMPLES_H

#include "exporters/sentry/chunk_encoder.h"

#define STACK_IDLE UINT32_MAX

struct chunk_sample {
	uint64_t unix_ns;
	uint32_t thread; /* of the profile */
	uint32_t stack;  /* of the profile, or STACK_IDLE */
};

/* By time, to be freed. */
int chunk_samples_new(struct chunk_sample **ret, uint32_t *ret_count,
		      const struct chunk_part *part);

#endif
