/* `contexts` of a crash event: what transactions have, the request it broke, the container, and
 * what is known of the crash itself. Each stays below Sentry's 8 kB. */
#ifndef SENTRY_EVENT_CONTEXTS_H
#define SENTRY_EVENT_CONTEXTS_H

#include <jansson.h>
#include "exporters/sentry/host_context.h"
#include "model/crash.h"

/* A new reference. */
json_t *event_contexts_encode(const struct crash *crash, const struct host_context *host);

#endif
