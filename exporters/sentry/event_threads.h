/* The threads of an event: those that were captured, and those that a report told of. The stack of
 * the one that crashed, or that raised, is the exception's. */
#ifndef SENTRY_EVENT_THREADS_H
#define SENTRY_EVENT_THREADS_H

#include "base/byte_buffer.h"
#include "model/crash.h"

struct thread_limits {
	uint32_t max_frames; /* of each; 0: no stacks */
	uint32_t max_others; /* besides the crashed one */
};

/* Whether there is anything to list. */
bool event_threads_are_known(const struct crash *crash);

/* The JSON array; ends early, but as JSON, when out gets larger than max_size. */
void event_threads_append(struct byte_buffer *out, const struct crash *crash, const char *machine,
			  struct thread_limits limits, size_t max_size);

#endif
