/*
 * A program that crashes in a loop is reported a few times, then once in a while, with the number
 * of those left out: a token bucket per place. Bounded: beyond MAX_LIMITED_PLACES the one quiet
 * longest is forgotten. Capture thread.
 */
#ifndef CRASH_CRASH_LIMITER_H
#define CRASH_CRASH_LIMITER_H

#include <stdbool.h>
#include <stdint.h>

#define MAX_LIMITED_PLACES 1024

/* What makes two crashes alike. */
struct crash_limiter_key {
	uint64_t executable; /* key of its image */
	uint64_t image;      /* of the top frame */
	uint64_t offset;     /* of the top frame in that file */
	int32_t signal;
	int32_t kind; /* enum crash_kind */
};

struct crash_limiter;

/* burst at once, then one more per interval. */
int crash_limiter_new(struct crash_limiter **ret, uint64_t burst, uint64_t interval_ns);
void crash_limiter_free(struct crash_limiter **limiter);

/* True: it may go; *ret_suppressed is how many like it did not since the last one that went. */
bool crash_limiter_admit(struct crash_limiter *limiter, const struct crash_limiter_key *key,
			 uint64_t now_ns, uint64_t *ret_suppressed);

#endif
