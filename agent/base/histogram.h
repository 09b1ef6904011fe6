/*
 * A log-linear histogram of durations in nanoseconds: 32 steps per power of two, so that a quantile
 * is at most 1.6 % off. About 5 KB, whatever it is fed. One thread.
 */
#ifndef BASE_HISTOGRAM_H
#define BASE_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_STEP_BITS 5
#define HISTOGRAM_STEPS     (1 << HISTOGRAM_STEP_BITS)
#define HISTOGRAM_MAX_BITS  43 /* 2^43 ns are 2.4 hours; longer ones count as that */
#define HISTOGRAM_BUCKETS   ((HISTOGRAM_MAX_BITS - HISTOGRAM_STEP_BITS + 1) * HISTOGRAM_STEPS)

struct histogram {
	uint64_t count;
	uint64_t sum_ns; /* saturates */
	uint64_t max_ns; /* exact */
	uint32_t buckets[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *histogram, uint64_t value_ns);

/* quantile from 0 to 1; 0 for an empty histogram, never more than max_ns. */
uint64_t histogram_quantile(const struct histogram *histogram, double quantile);

/* For drawing: what lies in half a power of two. */
#define HISTOGRAM_BAR_BUCKETS (HISTOGRAM_STEPS / 2)
#define HISTOGRAM_BARS        (HISTOGRAM_BUCKETS / HISTOGRAM_BAR_BUCKETS)

struct histogram_bar {
	uint64_t from_ns; /* to twice that, or one and a half times */
	uint64_t count;
};

/* Those that are not empty, in order. Returns how many. */
unsigned int histogram_bars(const struct histogram *histogram,
			    struct histogram_bar ret[HISTOGRAM_BARS]);

#endif
