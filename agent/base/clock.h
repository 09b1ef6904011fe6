/* Time. Records carry CLOCK_MONOTONIC (bpf_ktime_get_ns); what leaves the agent is Unix time. All
 * in nanoseconds. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#define NS_PER_US 1000ull
#define NS_PER_MS 1000000ull
#define NS_PER_S  1000000000ull

uint64_t clock_monotonic_ns(void);
uint64_t clock_unix_ns(void);

/* What to add to a monotonic time to get Unix time, measured now. Modular: may stand for a negative
 * number. */
uint64_t clock_unix_offset_ns(void);

/* The same for times since boot, sleep included (start times of processes). Not bracketed: to about
 * a microsecond. */
uint64_t clock_unix_boot_offset_ns(void);

#endif
