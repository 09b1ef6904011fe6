/*
 * What the server told us not to send, and until when. One per DSN, used by its delivery thread
 * only. Times are monotonic; a limit only ever moves forward. The header is hostile: a silly delay
 * is capped, unknown categories are ignored and never read as "everything".
 */
#ifndef SENTRY_RATE_LIMITS_H
#define SENTRY_RATE_LIMITS_H

#include "exporters/sentry/category.h"

#include <stdint.h>

/* Without a delay that can be read. */
#define DEFAULT_RATE_LIMIT_S 60
/* Quotas run by the month at most. */
#define MAX_RATE_LIMIT_S (31 * 24 * 3600)

struct rate_limits {
	uint64_t until_ns[CATEGORIES_COUNT];
	uint64_t until_all_ns;
};

/* What one response says: the header wins over Retry-After (0: absent), which counts only with 429.
 */
void rate_limits_apply(struct rate_limits *limits, int status, const char *header,
		       uint64_t retry_after_ns, uint64_t now_ns);

/* CATEGORY_INTERNAL (client reports) obeys only the limit on everything. */
bool rate_limits_is_blocked(const struct rate_limits *limits, enum category category,
			    uint64_t now_ns);

#endif
