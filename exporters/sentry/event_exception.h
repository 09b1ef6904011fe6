/* The exception of a crash event: what killed the process, in words and numbers, and the stack of
 * the thread that crashed. */
#ifndef SENTRY_EVENT_EXCEPTION_H
#define SENTRY_EVENT_EXCEPTION_H

#include <jansson.h>
#include "exporters/sentry/stacktrace_encoder.h"

/* `exception`, a new reference. */
json_t *event_exception_encode(const struct crash *crash, const char *machine,
			       struct stacktrace_limits limits);

/* The signal of a mechanism, and what is known about it. */
void event_exception_set_signal(json_t *mechanism, const struct crash *crash);

#endif
