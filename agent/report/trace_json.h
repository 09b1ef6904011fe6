/* One trace for the page: its spans in the order a waterfall has them, with what a look at one of
 * them shows. */
#ifndef REPORT_TRACE_JSON_H
#define REPORT_TRACE_JSON_H

#include "base/byte_buffer.h"
#include "overview/trace_layout.h"

#define MAX_TRACE_JSON_BYTES  32768u
#define MAX_REPORT_ATTRIBUTES 16 /* of a span */

/* Appends an object of at most MAX_TRACE_JSON_BYTES; spans that have no room are counted as
 * hidden. The layout has a row at least. -ENOBUFS: the buffer has no room for that much. */
int trace_json_append(struct byte_buffer *buffer, const struct trace_layout *layout);

#endif
