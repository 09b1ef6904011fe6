/* One profile_chunk: its head, and the samples, stacks, frames, threads and images it needs. */
#ifndef SENTRY_CHUNK_ENCODER_H
#define SENTRY_CHUNK_ENCODER_H

#include "exporters/sentry/profile_chunks.h"

struct chunk_part {
	const struct profile *profile;
	const uint32_t *samples; /* indices, by time; one at least */
	uint32_t count;
	const uint8_t *profiler_id; /* PROFILER_ID_BYTES */
};

/* Failures (memory) show in out->is_failed. */
void chunk_encoder_append(struct byte_buffer *out, const struct chunk_part *part);

#endif
