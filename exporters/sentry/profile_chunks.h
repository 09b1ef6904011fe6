/*
 * A profile as Sentry's profile_chunk items (sample format 2): at most a minute and so many samples
 * each. To Sentry a sample lasts until the next one of its thread: where the thread rests, or the
 * chunk ends, one more sample of "[idle]" ends it.
 */
#ifndef SENTRY_PROFILE_CHUNKS_H
#define SENTRY_PROFILE_CHUNKS_H

#include "base/byte_buffer.h"
#include "model/profile.h"

#define MAX_CHUNK_SAMPLES 10000
#define MAX_CHUNK_NS      60000000000ull
#define CHUNK_PLATFORM    "native" /* of the payload, and of the item's header */
#define PROFILER_ID_BYTES 16

struct profile_chunks {
	const struct profile *profile;
	uint32_t *order;  /* samples by time */
	uint32_t *starts; /* of each chunk in it, and one more: the end */
	uint32_t count;
};

int profile_chunks_init(struct profile_chunks *chunks, const struct profile *profile);
void profile_chunks_done(struct profile_chunks *chunks);

/* The payload of one. The same chunk of the same profiler has the same id each time it is written.
 * Failures (memory) show in out->is_failed. */
void profile_chunks_append(struct byte_buffer *out, const struct profile_chunks *chunks,
			   uint32_t chunk, const uint8_t profiler_id[PROFILER_ID_BYTES]);

#endif
