/* The root takes a row; calls below it, one after the other, nest on the same one. What runs beside
 * another call, or goes on after the root, takes a row of its own. */
#include "exporters/perfetto/span_events.h"

#include <stdio.h>

#define MAX_SHOWN_ATTRIBUTES 24

struct drawing {
	struct trace_events *events;
	const struct segment *segment;
	struct lane_process *process; /* NULL: no rows */
	uint32_t pid;
};

static uint64_t length_of(const struct span *span)
{
	return span->end_unix_ns > span->start_unix_ns ? span->end_unix_ns - span->start_unix_ns
						       : 0;
}

static const char *category_of(const struct span *span)
{
	static const char *const words[] = {
		[SPAN_INTERNAL] = "internal", [SPAN_SERVER] = "server",
		[SPAN_CLIENT] = "client",     [SPAN_PRODUCER] = "producer",
		[SPAN_CONSUMER] = "consumer",
	};

	return span->kind < sizeof(words) / sizeof(words[0]) && words[span->kind]
		       ? words[span->kind]
		       : "internal";
}

static void append_attribute(struct json_writer *writer, const struct attribute *attribute)
{
	struct view rest = attribute->string, item = {0};

	/* Keys may be the target's: a pair in a list would be lost in the viewers. */
	json_writer_string(writer, view_take(view_of_text(attribute->key), 64));
	writer->needs_comma = false;
	byte_buffer_append_byte(writer->buffer, ':');
	switch (attribute->type) {
	case ATTRIBUTE_STRINGS: /* the first says what they are like */
		(void)attribute_next_string(&rest, &item);
		json_writer_string(writer, view_take(item, MAX_TRACE_EVENT_TEXT));
		break;
	case ATTRIBUTE_STRING:
		json_writer_string(writer, view_take(attribute->string, MAX_TRACE_EVENT_TEXT));
		break;
	case ATTRIBUTE_INTEGER:
		json_writer_integer(writer, attribute->integer);
		break;
	case ATTRIBUTE_DOUBLE:
		json_writer_double(writer, attribute->number);
		break;
	case ATTRIBUTE_BOOLEAN:
		json_writer_boolean(writer, attribute->boolean);
		break;
	}
}

static void append_arguments(struct json_writer *writer, const struct drawing *drawing,
			     const struct span *span)
{
	const struct attribute_list *list = &span->attributes;

	json_writer_key(writer, "args");
	json_writer_begin(writer, '{');
	json_writer_key(writer, "trace_id");
	json_writer_hex(writer, view_of(drawing->segment->trace_id, TRACE_ID_BYTES));
	json_writer_key(writer, "span_id");
	json_writer_hex(writer, view_of(span->span_id, SPAN_ID_BYTES));
	if (span->status == STATUS_ERROR)
		trace_events_text(writer, "error",
				  span->status_message.size ? span->status_message
							    : VIEW_LITERAL("true"));
	if (span->is_incomplete)
		trace_events_text(writer, "incomplete", VIEW_LITERAL("its end was not seen"));
	for (uint32_t i = 0; i < list->count && i < MAX_SHOWN_ATTRIBUTES; i++)
		append_attribute(writer, &list->items[i]);
	json_writer_end(writer, '}');
}

static void append_id(struct json_writer *writer, const uint8_t *span_id)
{
	json_writer_key(writer, "id");
	json_writer_hex(writer, view_of(span_id, SPAN_ID_BYTES));
}

/* An arrow from a call to what it called begins and ends where those begin. */
static void append_flow(const struct drawing *drawing, const struct span *span,
			struct trace_event event)
{
	bool is_call = span->kind == SPAN_CLIENT || span->kind == SPAN_PRODUCER;
	bool is_called = (span->kind == SPAN_SERVER || span->kind == SPAN_CONSUMER) &&
			 span->parent_source != PARENT_NONE;
	struct json_writer writer;

	if (!is_call && !is_called)
		return;
	event.phase = is_call ? "s" : "f";
	event.category = "call";
	event.name = VIEW_LITERAL("call");
	writer = trace_events_begin(drawing->events, &event);
	append_id(&writer, is_call ? span->span_id : span->parent_span_id);
	if (is_called)
		trace_events_text(&writer, "bp", VIEW_LITERAL("e"));
	trace_events_end(&writer);
}

static void append_pair(const struct drawing *drawing, const struct span *span,
			struct trace_event event)
{
	struct json_writer writer;

	event.phase = "b";
	event.tid = drawing->pid;
	writer = trace_events_begin(drawing->events, &event);
	append_id(&writer, span->span_id);
	append_arguments(&writer, drawing, span);
	trace_events_end(&writer);
	event.phase = "e";
	event.unix_ns += length_of(span);
	writer = trace_events_begin(drawing->events, &event);
	append_id(&writer, span->span_id);
	trace_events_end(&writer);
}

static void append_span(const struct drawing *drawing, const struct span *span, uint32_t lane)
{
	struct trace_event event = {
		.phase = "X",
		.category = category_of(span),
		.name = span->name,
		.unix_ns = span->start_unix_ns,
		.pid = drawing->pid,
		.tid = FIRST_SPAN_LANE_TID + lane,
	};
	struct json_writer writer;

	if (lane == NO_SPAN_LANE) {
		append_pair(drawing, span, event);
		return;
	}
	writer = trace_events_begin(drawing->events, &event);
	trace_events_time(&writer, "dur", length_of(span));
	append_arguments(&writer, drawing, span);
	trace_events_end(&writer);
	append_flow(drawing, span, event);
}

static uint32_t take_lane(const struct drawing *drawing, const struct span *span)
{
	bool is_new = false;
	uint32_t lane =
		drawing->process ? span_lanes_take(drawing->process, span, &is_new) : NO_SPAN_LANE;
	char name[32];

	if (is_new)
		trace_events_metadata(drawing->events, "thread_name", drawing->pid,
				      FIRST_SPAN_LANE_TID + lane,
				      view_of(name, (size_t)snprintf(name, sizeof(name),
								     "requests %u", lane + 1)));
	return lane;
}

void span_events_append(struct trace_events *events, struct span_lanes *lanes,
			const struct segment *segment)
{
	const struct span *root = segment->spans_count ? segment_root(segment) : NULL;
	bool is_new = false;
	struct drawing drawing = {
		.events = events,
		.segment = segment,
		.process = span_lanes_process(lanes, segment->resource->pid, &is_new),
		.pid = segment->resource->pid,
	};
	uint64_t free_from_ns;
	uint32_t lane;

	if (!root)
		return;
	if (is_new)
		trace_events_metadata(events, "process_name", drawing.pid, 0,
				      segment->resource->service_name);
	lane = take_lane(&drawing, root);
	append_span(&drawing, root, lane);
	free_from_ns = root->start_unix_ns;
	for (uint32_t i = 1; i < segment->spans_count; i++) {
		const struct span *span = segment->spans[i];

		if (span->start_unix_ns >= free_from_ns && span->end_unix_ns <= root->end_unix_ns &&
		    lane != NO_SPAN_LANE) {
			append_span(&drawing, span, lane);
			free_from_ns = span->end_unix_ns;
		} else {
			append_span(&drawing, span, take_lane(&drawing, span));
		}
	}
}
