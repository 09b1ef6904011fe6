/*
 * Times are nanoseconds from the beginning of the trace: small numbers, exact in a browser. A span
 * alone always fits: its name and a few attributes, each cut.
 */
#include "report/trace_json.h"

#include <errno.h>
#include <stdio.h>
#include "overview/operation_table.h"
#include "report/report_text.h"

#define CLOSING_BYTES   64u /* what follows the last span */
#define MAX_VALUE_BYTES 120

static void append_value(struct json_writer *writer, const struct attribute *attribute)
{
	char text[48] = "";
	struct view rest = attribute->string, item = {0};

	switch (attribute->type) {
	case ATTRIBUTE_STRINGS: /* the first says what they are like */
		(void)attribute_next_string(&rest, &item);
		report_text_string(writer, item, MAX_VALUE_BYTES);
		return;
	case ATTRIBUTE_STRING:
		report_text_string(writer, attribute->string, MAX_VALUE_BYTES);
		return;
	case ATTRIBUTE_INTEGER:
		(void)snprintf(text, sizeof(text), "%lld", (long long)attribute->integer);
		break;
	case ATTRIBUTE_DOUBLE:
		(void)snprintf(text, sizeof(text), "%g", attribute->number);
		break;
	case ATTRIBUTE_BOOLEAN:
		(void)snprintf(text, sizeof(text), "%s", attribute->boolean ? "true" : "false");
		break;
	}
	json_writer_string(writer, view_of_text(text));
}

/* Pairs, and no object: a key may be the target's. */
static void append_attributes(struct json_writer *writer, const struct attribute_list *list)
{
	uint32_t shown = list->count < MAX_REPORT_ATTRIBUTES ? list->count : MAX_REPORT_ATTRIBUTES;

	json_writer_key(writer, "attributes");
	json_writer_begin(writer, '[');
	for (uint32_t i = 0; i < shown; i++) {
		json_writer_begin(writer, '[');
		report_text_string(writer, view_of_text(list->items[i].key), 64);
		append_value(writer, &list->items[i]);
		json_writer_end(writer, ']');
	}
	json_writer_end(writer, ']');
	if (list->count > shown || list->dropped_count)
		report_text_set_number(writer, "more_attributes",
				       list->count - shown + list->dropped_count);
}

static uint64_t since(uint64_t at, uint64_t begin)
{
	return at > begin ? at - begin : 0;
}

static void append_span(struct json_writer *writer, const struct trace_layout *layout,
			const struct trace_row *row)
{
	const struct span *span = row->span;

	json_writer_begin(writer, '{');
	report_text_set_number(writer, "depth", row->depth);
	report_text_set(writer, "service", row->resource->service_name);
	report_text_set(writer, "name", span->name);
	report_text_set(writer, "kind", view_of_text(operation_table_kind_word(span->kind)));
	report_text_set_number(writer, "start", since(span->start_unix_ns, layout->start_unix_ns));
	report_text_set_number(writer, "duration", since(span->end_unix_ns, span->start_unix_ns));
	report_text_set_truth(writer, "is_error", span->status == STATUS_ERROR);
	report_text_set_truth(writer, "is_incomplete", span->is_incomplete);
	if (span->status == STATUS_ERROR)
		report_text_set(writer, "message", span->status_message);
	report_text_set_number(writer, "pid", row->resource->pid);
	json_writer_key(writer, "id");
	json_writer_hex(writer, view_of(span->span_id, SPAN_ID_BYTES));
	append_attributes(writer, &span->attributes);
	json_writer_end(writer, '}');
}

static void append_head(struct json_writer *writer, const struct trace_layout *layout)
{
	const struct trace_row *root = &layout->rows[0];

	json_writer_key(writer, "id");
	json_writer_hex(writer, view_of(layout->trace_id, TRACE_ID_BYTES));
	report_text_set(writer, "service", root->resource->service_name);
	report_text_set(writer, "name", root->span->name);
	json_writer_key(writer, "start_unix_ns");
	json_writer_unsigned_text(writer, layout->start_unix_ns);
	report_text_set_number(writer, "duration",
			       since(layout->end_unix_ns, layout->start_unix_ns));
	report_text_set_number(writer, "spans_count", layout->count + layout->hidden_count);
	report_text_set_number(writer, "errors", layout->errors_count);
	report_text_set_number(writer, "services", layout->services_count);
	report_text_set_truth(writer, "is_continued", layout->is_continued);
}

int trace_json_append(struct byte_buffer *buffer, const struct trace_layout *layout)
{
	struct json_writer writer = report_text_begin(buffer);
	size_t limit = buffer->size + MAX_TRACE_JSON_BYTES - CLOSING_BYTES;
	uint32_t shown = 0;

	json_writer_begin(&writer, '{');
	append_head(&writer, layout);
	json_writer_key(&writer, "spans");
	json_writer_begin(&writer, '[');
	while (shown < layout->count) {
		struct report_mark mark = report_text_mark(&writer);

		append_span(&writer, layout, &layout->rows[shown]);
		if (!report_text_keep(&writer, mark, limit))
			break;
		shown++;
	}
	json_writer_end(&writer, ']');
	report_text_set_number(&writer, "hidden", layout->count - shown + layout->hidden_count);
	json_writer_end(&writer, '}');
	return buffer->is_failed ? -ENOBUFS : 0;
}
