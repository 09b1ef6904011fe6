/* Spans as events: on a row of their process where they fit, as an asynchronous pair where they do
 * not; calls are tied to what they called by flows. */
#ifndef PERFETTO_SPAN_EVENTS_H
#define PERFETTO_SPAN_EVENTS_H

#include "exporters/perfetto/span_lanes.h"
#include "exporters/perfetto/trace_events.h"
#include "model/segment.h"

#define FIRST_SPAN_LANE_TID 2000000000u /* above every thread's number */

void span_events_append(struct trace_events *events, struct span_lanes *lanes,
			const struct segment *segment);

#endif
