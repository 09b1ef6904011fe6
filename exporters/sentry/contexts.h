/* `contexts` of a transaction: trace, os, device, app, runtime, and the resource attributes. Each
 * stays below Sentry's 8 kB. */
#ifndef SENTRY_CONTEXTS_H
#define SENTRY_CONTEXTS_H

#include <jansson.h>
#include "exporters/sentry/host_context.h"
#include "model/segment.h"

/* A new reference. */
json_t *contexts_encode(const struct segment *segment, const struct host_context *host);

/* All but the trace: what events share with transactions. */
void contexts_set_process(json_t *contexts, const struct resource *resource,
			  const struct host_context *host);

/* Tags by which the place of a process is searched for: program, container, pod. */
void contexts_set_place_tags(json_t *tags, const struct resource *resource);

#endif
