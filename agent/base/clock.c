/* Time: the two clocks and the offset between them. */
#include "base/clock.h"

#include <time.h>

static uint64_t read_clock(clockid_t id)
{
	struct timespec now;

	(void)clock_gettime(id, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

uint64_t clock_monotonic_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

uint64_t clock_unix_ns(void)
{
	return read_clock(CLOCK_REALTIME);
}

uint64_t clock_unix_offset_ns(void)
{
	/* The narrowest of a few bracketed readings, so that being descheduled in between does not
	 * shift every span. */
	uint64_t best_width = UINT64_MAX, best_offset = 0;

	for (int i = 0; i < 5; i++) {
		uint64_t before = clock_monotonic_ns();
		uint64_t wall = clock_unix_ns();
		uint64_t width = clock_monotonic_ns() - before;

		if (width < best_width) {
			best_width = width;
			best_offset = wall - (before + width / 2);
		}
	}
	return best_offset;
}

uint64_t clock_unix_boot_offset_ns(void)
{
	return clock_unix_ns() - read_clock(CLOCK_BOOTTIME);
}
