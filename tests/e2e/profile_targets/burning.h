/* Functions that burn CPU time, for programs whose profile is known. */
#ifndef PROFILE_TARGETS_BURNING_H
#define PROFILE_TARGETS_BURNING_H

#include <stdint.h>
#include <time.h>

#define KEEP __attribute__((noinline, noclone, noipa))

static volatile uint64_t sink;
static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint64_t cpu_ns(void)
{
	return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

/* Part of whoever burns: no call in it, so that the leaf is the named function. */
#define BURN(rounds)                                                                               \
	do {                                                                                       \
		uint64_t value_ = sink;                                                            \
		for (uint64_t round_ = 0; round_ < (rounds); round_++)                             \
			value_ = value_ * 6364136223846793005u + 1442695040888963407u;             \
		sink = value_;                                                                     \
	} while (0)

KEEP static void burn_seventy(uint64_t rounds)
{
	BURN(rounds);
}

KEEP static void burn_twenty(uint64_t rounds)
{
	BURN(rounds);
}

KEEP static void burn_ten(uint64_t rounds)
{
	BURN(rounds);
}

static uint64_t rounds_per_share;

static void calibrate(void)
{
	uint64_t rounds = 100000, begin = cpu_ns(), took;

	burn_ten(rounds);
	took = cpu_ns() - begin;
	rounds_per_share = rounds * 10000 / (took ? took : 1) + 1;
}

#endif
