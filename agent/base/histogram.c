/* Log-linear buckets: the leading bits of a value choose its bucket, the middle of the bucket
 * stands for it. */
#include "base/histogram.h"

#include <math.h>

static unsigned int bucket_of(uint64_t value)
{
	unsigned int exponent;

	if (value < HISTOGRAM_STEPS)
		return (unsigned int)value;
	if (value >> HISTOGRAM_MAX_BITS)
		return HISTOGRAM_BUCKETS - 1;
	exponent = 63 - (unsigned int)__builtin_clzll(value) - HISTOGRAM_STEP_BITS;
	return (exponent << HISTOGRAM_STEP_BITS) + (unsigned int)(value >> exponent);
}

/* 0: the first buckets are one nanosecond wide. */
static unsigned int exponent_of(unsigned int bucket)
{
	return bucket < 2 * HISTOGRAM_STEPS ? 0 : (bucket >> HISTOGRAM_STEP_BITS) - 1;
}

static uint64_t begin_of(unsigned int bucket)
{
	unsigned int exponent = exponent_of(bucket);

	return (uint64_t)(bucket - (exponent << HISTOGRAM_STEP_BITS)) << exponent;
}

static uint64_t middle_of(unsigned int bucket)
{
	return begin_of(bucket) + (1ull << exponent_of(bucket)) / 2;
}

void histogram_add(struct histogram *histogram, uint64_t value_ns)
{
	uint32_t *bucket = &histogram->buckets[bucket_of(value_ns)];

	if (*bucket < UINT32_MAX)
		++*bucket;
	histogram->count++;
	if (__builtin_add_overflow(histogram->sum_ns, value_ns, &histogram->sum_ns))
		histogram->sum_ns = UINT64_MAX;
	if (value_ns > histogram->max_ns)
		histogram->max_ns = value_ns;
}

uint64_t histogram_quantile(const struct histogram *histogram, double quantile)
{
	uint64_t wanted = (uint64_t)ceil(quantile * (double)histogram->count), seen = 0, middle;

	if (wanted == 0)
		wanted = 1;
	if (histogram->count == 0)
		return 0;
	for (unsigned int i = 0; i < HISTOGRAM_BUCKETS - 1; i++) {
		seen += histogram->buckets[i];
		if (seen >= wanted) {
			middle = middle_of(i);
			return middle < histogram->max_ns ? middle : histogram->max_ns;
		}
	}
	return histogram->max_ns;
}

unsigned int histogram_bars(const struct histogram *histogram,
			    struct histogram_bar ret[HISTOGRAM_BARS])
{
	unsigned int bars = 0;

	for (unsigned int i = 0; i < HISTOGRAM_BUCKETS; i += HISTOGRAM_BAR_BUCKETS) {
		struct histogram_bar bar = {.from_ns = begin_of(i)};

		for (unsigned int j = i; j < i + HISTOGRAM_BAR_BUCKETS; j++)
			bar.count += histogram->buckets[j];
		if (bar.count)
			ret[bars++] = bar;
	}
	return bars;
}
