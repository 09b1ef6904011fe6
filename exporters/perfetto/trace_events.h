/*
 * Events of Chrome's trace event format, one line each, into a buffer: what spans and samples have
 * in common. Times are microseconds with three decimals.
 */
#ifndef PERFETTO_TRACE_EVENTS_H
#define PERFETTO_TRACE_EVENTS_H

#include "exporters/json_writer.h"

#define MAX_TRACE_EVENT_TEXT 512 /* of a name or value; what is longer is cut */

struct trace_events {
	struct byte_buffer *buffer;
	bool has_begun; /* an event stands before: a comma is due */
};

struct trace_event {
	const char *phase;    /* "X", "b", "s" … */
	const char *category; /* NULL: none */
	struct view name;
	uint64_t unix_ns;
	uint32_t pid, tid;
};

/* The object is open until the end: more members may follow. */
struct json_writer trace_events_begin(struct trace_events *events, const struct trace_event *event);
void trace_events_end(struct json_writer *writer);

/* Members. */
void trace_events_time(struct json_writer *writer, const char *key, uint64_t ns);
void trace_events_text(struct json_writer *writer, const char *key, struct view text);
void trace_events_number(struct json_writer *writer, const char *key, uint64_t number);

/* "process_name" and its like: what pid or tid is called. */
void trace_events_metadata(struct trace_events *events, const char *what, uint32_t pid,
			   uint32_t tid, struct view name);

#endif
