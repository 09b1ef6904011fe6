/* Sorted once; samples of the same moment stay as they came. */
#include "model/profile_order.h"

#include <errno.h>
#include <stdlib.h>

static int compare_samples(const void *a, const void *b, void *self)
{
	const struct profile *profile = self;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	const struct profile_sample *x = &profile->samples[i], *y = &profile->samples[j];

	if (x->thread != y->thread)
		return x->thread < y->thread ? -1 : 1;
	if (x->is_off_cpu != y->is_off_cpu)
		return x->is_off_cpu ? 1 : -1;
	if (x->unix_ns != y->unix_ns)
		return x->unix_ns < y->unix_ns ? -1 : 1;
	return i < j ? -1 : 1;
}

int profile_order_new(uint32_t **ret, const struct profile *profile)
{
	uint32_t *order = malloc((profile->samples_count + 1ul) * sizeof(*order));

	if (!order)
		return -ENOMEM;
	for (uint32_t i = 0; i < profile->samples_count; i++)
		order[i] = i;
	qsort_r(order, profile->samples_count, sizeof(*order), compare_samples, (void *)profile);
	*ret = order;
	return 0;
}

uint32_t profile_order_run(const struct profile *profile, const uint32_t *order, uint32_t first)
{
	const struct profile_sample *of = &profile->samples[order[first]];
	uint32_t count = 1;

	while (first + count < profile->samples_count) {
		const struct profile_sample *next = &profile->samples[order[first + count]];

		if (next->thread != of->thread || next->is_off_cpu != of->is_off_cpu)
			break;
		count++;
	}
	return count;
}
