/* All of them as they are, sorted, and neighbours that are alike added up. */
#include "model/profile_sums.h"

#include <errno.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	const struct profile_sum *x = a, *y = b;

	if (x->stack != y->stack)
		return x->stack < y->stack ? -1 : 1;
	if (x->thread != y->thread)
		return x->thread < y->thread ? -1 : 1;
	if (x->link != y->link)
		return x->link < y->link ? -1 : 1;
	return 0;
}

static void add_up(struct profile_sums *samples)
{
	uint32_t kept = 0;

	for (uint32_t i = 1; i < samples->count; i++) {
		struct profile_sum *last = &samples->samples[kept];
		const struct profile_sum *next = &samples->samples[i];

		if (compare(last, next) != 0) {
			samples->samples[++kept] = *next;
			continue;
		}
		last->count += next->count;
		last->on_ns += next->on_ns;
		last->off_ns += next->off_ns;
	}
	samples->count = samples->count ? kept + 1 : 0;
}

int profile_sums_init(struct profile_sums *ret, const struct profile *profile, bool has_requests)
{
	struct profile_sums samples = {.count = profile->samples_count};

	samples.samples = calloc(profile->samples_count + 1ul, sizeof(*samples.samples));
	if (!samples.samples)
		return -ENOMEM;
	for (uint32_t i = 0; i < profile->samples_count; i++) {
		const struct profile_sample *sample = &profile->samples[i];

		samples.samples[i] = (struct profile_sum){
			.stack = sample->stack,
			.thread = sample->thread,
			.link = has_requests ? sample->link : NO_PROFILE_LINK,
			.count = !sample->is_off_cpu,
			.on_ns = sample->is_off_cpu ? 0 : sample->weight_ns,
			.off_ns = sample->is_off_cpu ? sample->weight_ns : 0,
		};
	}
	qsort(samples.samples, samples.count, sizeof(*samples.samples), compare);
	add_up(&samples);
	*ret = samples;
	return 0;
}

void profile_sums_done(struct profile_sums *samples)
{
	free(samples->samples);
	*samples = (struct profile_sums){0};
}
