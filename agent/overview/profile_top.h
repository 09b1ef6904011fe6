/* The functions that a profile found the processor in most often. On-CPU samples alone. */
#ifndef OVERVIEW_PROFILE_TOP_H
#define OVERVIEW_PROFILE_TOP_H

#include "base/hash_map.h"
#include "model/profile.h"

#define MAX_TOP_FUNCTIONS  5000 /* looked at; what comes later counts as samples alone */
#define TOP_FUNCTION_BYTES 160
#define TOP_MODULE_BYTES   48

struct top_function {
	char name[TOP_FUNCTION_BYTES]; /* "module+0x12" where it has none; cut */
	char module[TOP_MODULE_BYTES];
	uint64_t self_count, total_count; /* samples at its top, and anywhere in it */
};

struct profile_top {
	struct hash_map *functions;
	uint64_t samples_count;
};

int profile_top_init(struct profile_top *top);
void profile_top_done(struct profile_top *top);

/* -ENOMEM: it is not in. */
int profile_top_add(struct profile_top *top, const struct profile *profile);

/* By self_count: how many, at most max. */
uint32_t profile_top_rows(const struct profile_top *top, struct top_function *ret, uint32_t max);

#endif
