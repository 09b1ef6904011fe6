/*
 * When what failed is tried again: exponential backoff with jitter, never before the time the
 * server asked for, never beyond the time one batch may take in all. Pure: the caller gives time
 * and randomness.
 */
#ifndef BASE_RETRY_POLICY_H
#define BASE_RETRY_POLICY_H

#include <stdbool.h>
#include <stdint.h>

/* A server cannot hold a destination longer than this with one answer. */
#define MAX_SERVER_DELAY_NS 600000000000ull

struct retry_policy {
	uint64_t first_delay_ns;
	uint64_t max_delay_ns; /* of the backoff; a server may ask for more */
	uint64_t max_total_ns; /* from the first attempt of a batch to its last */
};

/*
 * How long to wait after the failure that came after `failures` others in a row: from half of to
 * all of first_delay * 2^failures up to max_delay, but at least what the server asked for (0:
 * nothing).
 */
uint64_t retry_policy_delay(const struct retry_policy *policy, uint32_t failures,
			    uint64_t server_delay_ns, uint64_t randomness);

/* May a batch first tried at begin_ns be tried again after the delay? */
bool retry_policy_allows(const struct retry_policy *policy, uint64_t begin_ns, uint64_t now_ns,
			 uint64_t delay_ns);

#endif
