/*
 * A profile as events: what was on the CPU as V8's profiler tells it (a Profile and a ProfileChunk
 * per thread: Perfetto and DevTools draw flame graphs of them), what waited as slices on its
 * thread.
 */
#ifndef PERFETTO_SAMPLE_EVENTS_H
#define PERFETTO_SAMPLE_EVENTS_H

#include "exporters/perfetto/trace_events.h"
#include "model/profile.h"

/* next_id: of profiles in this file, goes on. -ENOMEM: samples are missing. */
int sample_events_append(struct trace_events *events, const struct profile *profile,
			 uint64_t *next_id);

#endif
