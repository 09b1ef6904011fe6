/* Samples that a format without times tells as one: of the same stack, thread and, where that is
 * asked for, request. */
#ifndef MODEL_PROFILE_SUMS_H
#define MODEL_PROFILE_SUMS_H

#include "model/profile.h"

struct profile_sum {
	uint32_t stack, thread, link;
	uint64_t count; /* on-CPU */
	uint64_t on_ns, off_ns;
};

struct profile_sums {
	struct profile_sum *samples; /* by stack, thread, link */
	uint32_t count;
};

int profile_sums_init(struct profile_sums *ret, const struct profile *profile, bool has_requests);
void profile_sums_done(struct profile_sums *samples);

#endif
