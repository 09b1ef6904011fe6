/* Cuts by time; what is in a chunk is encoded by chunk_encoder.c. */
#include "exporters/sentry/profile_chunks.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "exporters/sentry/chunk_encoder.h"

static int compare_times(const void *a, const void *b, void *self)
{
	const struct profile *profile = self;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	uint64_t x = profile->samples[i].unix_ns, y = profile->samples[j].unix_ns;

	if (x != y)
		return x < y ? -1 : 1;
	return i < j ? -1 : 1;
}

static uint64_t time_at(const struct profile_chunks *chunks, uint32_t i)
{
	return chunks->profile->samples[chunks->order[i]].unix_ns;
}

static void cut(struct profile_chunks *chunks)
{
	uint32_t samples = chunks->profile->samples_count, start = 0;

	for (uint32_t i = 1; i <= samples; i++) {
		if (i < samples && i - start < MAX_CHUNK_SAMPLES &&
		    time_at(chunks, i) - time_at(chunks, start) < MAX_CHUNK_NS)
			continue;
		chunks->starts[chunks->count++] = start;
		start = i;
	}
	chunks->starts[chunks->count] = samples;
}

int profile_chunks_init(struct profile_chunks *chunks, const struct profile *profile)
{
	_cleanup_(profile_chunks_done) struct profile_chunks made = {.profile = profile};

	made.order = malloc((profile->samples_count + 1ul) * sizeof(*made.order));
	made.starts = malloc((profile->samples_count + 1ul) * sizeof(*made.starts));
	if (!made.order || !made.starts)
		return -ENOMEM;
	for (uint32_t i = 0; i < profile->samples_count; i++)
		made.order[i] = i;
	qsort_r(made.order, profile->samples_count, sizeof(*made.order), compare_times,
		(void *)profile);
	cut(&made);
	*chunks = made;
	made = (struct profile_chunks){0};
	return 0;
}

void profile_chunks_done(struct profile_chunks *chunks)
{
	free(chunks->order);
	free(chunks->starts);
	*chunks = (struct profile_chunks){0};
}

void profile_chunks_append(struct byte_buffer *out, const struct profile_chunks *chunks,
			   uint32_t chunk, const uint8_t profiler_id[PROFILER_ID_BYTES])
{
	const struct chunk_part part = {
		.profile = chunks->profile,
		.samples = chunks->order + chunks->starts[chunk],
		.count = chunks->starts[chunk + 1] - chunks->starts[chunk],
		.profiler_id = profiler_id,
	};

	chunk_encoder_append(out, &part);
}
