/* By thread first, where rests are found; then by time. */
#include "exporters/sentry/chunk_samples.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/clock.h"

struct building {
	const struct chunk_part *part;
	struct chunk_sample *samples;
	uint32_t count;
	uint64_t period_ns;
	uint64_t last_ns; /* nothing may be later */
};

static const struct profile_sample *sample_at(const struct chunk_part *part, uint32_t index)
{
	return &part->profile->samples[index];
}

static int compare_threads(const void *a, const void *b, void *self)
{
	const struct chunk_part *part = self;
	const struct profile_sample *x = sample_at(part, *(const uint32_t *)a);
	const struct profile_sample *y = sample_at(part, *(const uint32_t *)b);

	if (x->thread != y->thread)
		return x->thread < y->thread ? -1 : 1;
	if (x->unix_ns != y->unix_ns)
		return x->unix_ns < y->unix_ns ? -1 : 1;
	return *(const uint32_t *)a < *(const uint32_t *)b ? -1 : 1;
}

static int compare_times(const void *a, const void *b)
{
	const struct chunk_sample *x = a, *y = b;

	if (x->unix_ns != y->unix_ns)
		return x->unix_ns < y->unix_ns ? -1 : 1;
	if (x->thread != y->thread)
		return x->thread < y->thread ? -1 : 1;
	/* A rest that begins when something else does is none. */
	return (x->stack != STACK_IDLE) - (y->stack != STACK_IDLE);
}

static void put(struct building *building, uint64_t unix_ns, uint32_t thread, uint32_t stack)
{
	building->samples[building->count++] = (struct chunk_sample){
		.unix_ns = unix_ns < building->last_ns ? unix_ns : building->last_ns,
		.thread = thread,
		.stack = stack,
	};
}

static uint64_t end_of(const struct building *building, const struct profile_sample *sample)
{
	uint64_t length_ns = sample->is_off_cpu ? sample->weight_ns : building->period_ns;

	return sample->unix_ns + length_ns < sample->unix_ns ? UINT64_MAX
							     : sample->unix_ns + length_ns;
}

static void put_all(struct building *building, const uint32_t *by_thread)
{
	const struct chunk_part *part = building->part;

	for (uint32_t i = 0; i < part->count; i++) {
		const struct profile_sample *sample = sample_at(part, by_thread[i]);
		const struct profile_sample *next =
			i + 1 < part->count ? sample_at(part, by_thread[i + 1]) : NULL;
		uint64_t end_ns = end_of(building, sample);

		put(building, sample->unix_ns, sample->thread, sample->stack);
		if (!next || next->thread != sample->thread ||
		    next->unix_ns > end_ns + building->period_ns)
			put(building, end_ns, sample->thread, STACK_IDLE);
	}
}

int chunk_samples_new(struct chunk_sample **ret, uint32_t *ret_count, const struct chunk_part *part)
{
	_cleanup_(cleanup_free) uint32_t *by_thread = malloc(part->count * sizeof(*by_thread));
	struct building building = {
		.part = part,
		.samples = malloc(2ul * part->count * sizeof(*building.samples)),
		.period_ns =
			NS_PER_S / (part->profile->frequency_hz ? part->profile->frequency_hz : 99),
		.last_ns = sample_at(part, part->samples[0])->unix_ns + MAX_CHUNK_NS,
	};

	if (!by_thread || !building.samples) {
		free(building.samples);
		return -ENOMEM;
	}
	memcpy(by_thread, part->samples, part->count * sizeof(*by_thread));
	qsort_r(by_thread, part->count, sizeof(*by_thread), compare_threads, (void *)part);
	put_all(&building, by_thread);
	qsort(building.samples, building.count, sizeof(*building.samples), compare_times);
	*ret = building.samples;
	*ret_count = building.count;
	return 0;
}
