/* A line per event: a file of a million can be looked at with the usual tools. */
#include "exporters/perfetto/trace_events.h"

#include <inttypes.h>

void trace_events_text(struct json_writer *writer, const char *key, struct view text)
{
	json_writer_key(writer, key);
	json_writer_string(writer, view_take(text, MAX_TRACE_EVENT_TEXT));
}

void trace_events_number(struct json_writer *writer, const char *key, uint64_t number)
{
	json_writer_key(writer, key);
	json_writer_integer(writer, (int64_t)number);
}

/* A double would lose the nanoseconds of our days. */
void trace_events_time(struct json_writer *writer, const char *key, uint64_t ns)
{
	json_writer_key(writer, key);
	byte_buffer_append_format(writer->buffer, "%" PRIu64 ".%03" PRIu64, ns / 1000, ns % 1000);
	writer->needs_comma = true;
}

struct json_writer trace_events_begin(struct trace_events *events, const struct trace_event *event)
{
	struct json_writer writer;

	byte_buffer_append_text(events->buffer, events->has_begun ? ",\n" : "[\n");
	events->has_begun = true;
	json_writer_init(&writer, events->buffer);
	json_writer_begin(&writer, '{');
	trace_events_text(&writer, "ph", view_of_text(event->phase));
	trace_events_text(&writer, "name", event->name);
	if (event->category)
		trace_events_text(&writer, "cat", view_of_text(event->category));
	trace_events_number(&writer, "pid", event->pid);
	trace_events_number(&writer, "tid", event->tid);
	trace_events_time(&writer, "ts", event->unix_ns);
	return writer;
}

void trace_events_end(struct json_writer *writer)
{
	json_writer_end(writer, '}');
}

void trace_events_metadata(struct trace_events *events, const char *what, uint32_t pid,
			   uint32_t tid, struct view name)
{
	const struct trace_event event = {
		.phase = "M", .name = view_of_text(what), .pid = pid, .tid = tid};
	struct json_writer writer = trace_events_begin(events, &event);

	json_writer_key(&writer, "args");
	json_writer_begin(&writer, '{');
	trace_events_text(&writer, "name", name);
	json_writer_end(&writer, '}');
	trace_events_end(&writer);
}
