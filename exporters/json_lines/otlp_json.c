/*
 * OTLP's JSON mapping: lowerCamelCase names, ids in hex, enums as integers, 64-bit integers as
 * strings. What is empty or zero is left out, as in protobuf.
 */
#include "exporters/json_lines/otlp_json.h"

#include "exporters/json_writer.h"
#include "exporters/otlp_crash_mapping.h"
#include "exporters/otlp_mapping.h"

static void append_strings(struct json_writer *writer, struct view items)
{
	struct view item;

	json_writer_key(writer, "arrayValue");
	json_writer_begin(writer, '{');
	json_writer_key(writer, "values");
	json_writer_begin(writer, '[');
	while (attribute_next_string(&items, &item)) {
		json_writer_begin(writer, '{');
		json_writer_key(writer, "stringValue");
		json_writer_string(writer, item);
		json_writer_end(writer, '}');
	}
	json_writer_end(writer, ']');
	json_writer_end(writer, '}');
}

static void append_value(struct json_writer *writer, const struct attribute *attribute)
{
	json_writer_begin(writer, '{');
	switch (attribute->type) {
	case ATTRIBUTE_STRING:
		json_writer_key(writer, "stringValue");
		json_writer_string(writer, attribute->string);
		break;
	case ATTRIBUTE_STRINGS:
		append_strings(writer, attribute->string);
		break;
	case ATTRIBUTE_INTEGER:
		json_writer_key(writer, "intValue");
		json_writer_integer_text(writer, attribute->integer);
		break;
	case ATTRIBUTE_DOUBLE:
		json_writer_key(writer, "doubleValue");
		json_writer_double(writer, attribute->number);
		break;
	case ATTRIBUTE_BOOLEAN:
		json_writer_key(writer, "boolValue");
		json_writer_boolean(writer, attribute->boolean);
		break;
	}
	json_writer_end(writer, '}');
}

static void append_attributes(struct json_writer *writer, const struct attribute *attributes,
			      uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		json_writer_begin(writer, '{');
		json_writer_key(writer, "key");
		json_writer_string(writer, view_of_text(attributes[i].key));
		json_writer_key(writer, "value");
		append_value(writer, &attributes[i]);
		json_writer_end(writer, '}');
	}
}

static void append_dropped_count(struct json_writer *writer, uint32_t count)
{
	if (count == 0)
		return;
	json_writer_key(writer, "droppedAttributesCount");
	json_writer_integer(writer, count);
}

static void append_status(struct json_writer *writer, const struct span *span)
{
	if (span->status == STATUS_UNSET)
		return;
	json_writer_key(writer, "status");
	json_writer_begin(writer, '{');
	if (span->status == STATUS_ERROR && span->status_message.size) {
		json_writer_key(writer, "message");
		json_writer_string(writer, span->status_message);
	}
	json_writer_key(writer, "code");
	json_writer_integer(writer, span->status);
	json_writer_end(writer, '}');
}

static void append_ids(struct json_writer *writer, const struct segment *segment,
		       const struct span *span)
{
	struct view parent = otlp_mapping_parent_span_id(span);

	json_writer_key(writer, "traceId");
	json_writer_hex(writer, view_of(segment->trace_id, TRACE_ID_BYTES));
	json_writer_key(writer, "spanId");
	json_writer_hex(writer, view_of(span->span_id, SPAN_ID_BYTES));
	if (segment->trace_state.size) {
		json_writer_key(writer, "traceState");
		json_writer_string(writer, segment->trace_state);
	}
	if (parent.size) {
		json_writer_key(writer, "parentSpanId");
		json_writer_hex(writer, parent);
	}
}

static void append_span(struct json_writer *writer, const struct segment *segment,
			const struct span *span)
{
	struct attribute own[MAX_OTLP_MAPPING_ATTRIBUTES];
	uint32_t own_count = otlp_mapping_attributes(span, own);

	json_writer_begin(writer, '{');
	append_ids(writer, segment, span);
	json_writer_key(writer, "name");
	json_writer_string(writer, span->name);
	json_writer_key(writer, "kind");
	json_writer_integer(writer, span->kind);
	json_writer_key(writer, "startTimeUnixNano");
	json_writer_unsigned_text(writer, span->start_unix_ns);
	json_writer_key(writer, "endTimeUnixNano");
	json_writer_unsigned_text(writer, span->end_unix_ns);
	json_writer_key(writer, "attributes");
	json_writer_begin(writer, '[');
	append_attributes(writer, span->attributes.items, span->attributes.count);
	append_attributes(writer, own, own_count);
	json_writer_end(writer, ']');
	append_dropped_count(writer, span->attributes.dropped_count);
	append_status(writer, span);
	json_writer_key(writer, "flags");
	json_writer_integer(writer, otlp_mapping_flags(segment, span));
	json_writer_end(writer, '}');
}

static void append_resource(struct json_writer *writer, const struct resource *resource)
{
	json_writer_key(writer, "resource");
	json_writer_begin(writer, '{');
	json_writer_key(writer, "attributes");
	json_writer_begin(writer, '[');
	append_attributes(writer, resource->attributes.items, resource->attributes.count);
	json_writer_end(writer, ']');
	append_dropped_count(writer, resource->attributes.dropped_count);
	json_writer_end(writer, '}');
}

static void append_schema_url(struct json_writer *writer)
{
	json_writer_key(writer, "schemaUrl");
	json_writer_string(writer, VIEW_LITERAL(OTLP_MAPPING_SCHEMA_URL));
}

static void append_scope(struct json_writer *writer)
{
	json_writer_key(writer, "scope");
	json_writer_begin(writer, '{');
	json_writer_key(writer, "name");
	json_writer_string(writer, VIEW_LITERAL(OTLP_MAPPING_SCOPE_NAME));
	json_writer_key(writer, "version");
	json_writer_string(writer, VIEW_LITERAL(OTLP_MAPPING_SCOPE_VERSION));
	json_writer_end(writer, '}');
}

static void append_scope_spans(struct json_writer *writer, const struct segment *segment)
{
	json_writer_key(writer, "scopeSpans");
	json_writer_begin(writer, '[');
	json_writer_begin(writer, '{');
	append_scope(writer);
	json_writer_key(writer, "spans");
	json_writer_begin(writer, '[');
	for (uint32_t i = 0; i < segment->spans_count; i++)
		append_span(writer, segment, segment->spans[i]);
	json_writer_end(writer, ']');
	append_schema_url(writer);
	json_writer_end(writer, '}');
	json_writer_end(writer, ']');
}

void otlp_json_append(struct byte_buffer *buffer, const struct segment *segment)
{
	struct json_writer writer;

	json_writer_init(&writer, buffer);
	json_writer_begin(&writer, '{');
	json_writer_key(&writer, "resourceSpans");
	json_writer_begin(&writer, '[');
	json_writer_begin(&writer, '{');
	append_resource(&writer, segment->resource);
	append_scope_spans(&writer, segment);
	append_schema_url(&writer);
	json_writer_end(&writer, '}');
	json_writer_end(&writer, ']');
	json_writer_end(&writer, '}');
	byte_buffer_append_byte(buffer, '\n');
}

static void append_record(struct json_writer *writer, const struct crash *crash)
{
	struct otlp_crash_mapping mapping;

	otlp_crash_mapping_init(&mapping, crash);
	json_writer_begin(writer, '{');
	json_writer_key(writer, "timeUnixNano");
	json_writer_unsigned_text(writer, crash->unix_ns);
	json_writer_key(writer, "observedTimeUnixNano");
	json_writer_unsigned_text(writer, crash->unix_ns);
	json_writer_key(writer, "severityNumber");
	json_writer_integer(writer, mapping.severity_number);
	json_writer_key(writer, "severityText");
	json_writer_string(writer, view_of_text(mapping.severity_text));
	json_writer_key(writer, "body");
	json_writer_begin(writer, '{');
	json_writer_key(writer, "stringValue");
	json_writer_string(writer, mapping.body);
	json_writer_end(writer, '}');
	json_writer_key(writer, "attributes");
	json_writer_begin(writer, '[');
	append_attributes(writer, mapping.attributes.items, mapping.attributes.count);
	json_writer_end(writer, ']');
	append_dropped_count(writer, mapping.attributes.dropped_count);
	if (mapping.trace_id.size) {
		json_writer_key(writer, "flags");
		json_writer_integer(writer, mapping.flags);
		json_writer_key(writer, "traceId");
		json_writer_hex(writer, mapping.trace_id);
		json_writer_key(writer, "spanId");
		json_writer_hex(writer, mapping.span_id);
	}
	json_writer_key(writer, "eventName");
	json_writer_string(writer, VIEW_LITERAL(OTLP_CRASH_MAPPING_EVENT_NAME));
	json_writer_end(writer, '}');
	otlp_crash_mapping_done(&mapping);
}

void otlp_json_append_crash(struct byte_buffer *buffer, const struct crash *crash)
{
	struct json_writer writer;

	json_writer_init(&writer, buffer);
	json_writer_begin(&writer, '{');
	json_writer_key(&writer, "resourceLogs");
	json_writer_begin(&writer, '[');
	json_writer_begin(&writer, '{');
	append_resource(&writer, crash->resource);
	json_writer_key(&writer, "scopeLogs");
	json_writer_begin(&writer, '[');
	json_writer_begin(&writer, '{');
	append_scope(&writer);
	json_writer_key(&writer, "logRecords");
	json_writer_begin(&writer, '[');
	append_record(&writer, crash);
	json_writer_end(&writer, ']');
	append_schema_url(&writer);
	json_writer_end(&writer, '}');
	json_writer_end(&writer, ']');
	append_schema_url(&writer);
	json_writer_end(&writer, '}');
	json_writer_end(&writer, ']');
	json_writer_end(&writer, '}');
	byte_buffer_append_byte(buffer, '\n');
}
