/* One segment of a path as a template: what looks like a value becomes a placeholder. */
#ifndef TRACING_ROUTE_SEGMENT_H
#define TRACING_ROUTE_SEGMENT_H

#include "base/view.h"

#define MAX_ROUTE_SEGMENT_BYTES 64

/*
 * "17" → "{id}", "item-42" → "item-{id}", "app.3f2a9c.js" → "app.{hash}.js", "orders" → "orders".
 * At most MAX_ROUTE_SEGMENT_BYTES are written; *ret_is_literal says that nothing was replaced.
 */
size_t route_segment_write(struct view segment, char *buffer, bool *ret_is_literal);

#endif
