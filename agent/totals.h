/* What a run came to, said on the log: spans and segments, and every loss with its reason. Capture
 * thread. */
#ifndef TOTALS_H
#define TOTALS_H

#include "base/drops.h"
#include "tracing/assembler.h"

struct totals_errors {
	uint64_t crashes_count;
	uint64_t exceptions_count;
};

/* "N spans in M segments", "K crashes" and "L exceptions" when there were any, what was not
 * sampled, one "lost: REASON COUNT (words)" per reason. */
void totals_print(const struct assembler_statistics *statistics, const struct totals_errors *errors,
		  const struct drops *drops);

#endif
