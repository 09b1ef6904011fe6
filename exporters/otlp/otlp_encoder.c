/*
 * The OTLP trace mapping in protobuf. Field numbers are those of exporters/otlp/proto; fields are
 * written in their order, so that the bytes equal what protobuf-c would pack. This runs once per
 * span and attribute: one check for room per attribute, no copies but the one into the request.
 */
#include "exporters/otlp/otlp_encoder.h"

#include <errno.h>
#include "exporters/otlp/protobuf_writer.h"
#include "exporters/otlp_mapping.h"
#include "exporters/valid_text.h"

enum request_field { REQUEST_RESOURCE_SPANS = 1 };
enum resource_spans_field {
	RESOURCE_SPANS_RESOURCE = 1,
	RESOURCE_SPANS_SCOPE_SPANS = 2,
	RESOURCE_SPANS_SCHEMA_URL = 3
};
enum resource_field { RESOURCE_ATTRIBUTES = 1, RESOURCE_DROPPED_ATTRIBUTES_COUNT = 2 };
enum scope_spans_field { SCOPE_SPANS_SCOPE = 1, SCOPE_SPANS_SPANS = 2, SCOPE_SPANS_SCHEMA_URL = 3 };
enum scope_field { SCOPE_NAME = 1, SCOPE_VERSION = 2 };
enum key_value_field { KEY_VALUE_KEY = 1, KEY_VALUE_VALUE = 2 };
enum any_value_field {
	ANY_VALUE_STRING = 1,
	ANY_VALUE_BOOL = 2,
	ANY_VALUE_INT = 3,
	ANY_VALUE_DOUBLE = 4
};
enum status_field { STATUS_MESSAGE = 2, STATUS_CODE = 3 };
enum span_field {
	SPAN_TRACE_ID = 1,
	SPAN_SPAN_ID = 2,
	SPAN_TRACE_STATE = 3,
	SPAN_PARENT_SPAN_ID = 4,
	SPAN_NAME = 5,
	SPAN_KIND = 6,
	SPAN_START_TIME = 7,
	SPAN_END_TIME = 8,
	SPAN_ATTRIBUTES = 9,
	SPAN_DROPPED_ATTRIBUTES_COUNT = 10,
	SPAN_STATUS = 15,
	SPAN_FLAGS = 16,
};

/* Guesses for protobuf_writer_begin. */
#define LENGTH_SMALL 1
#define LENGTH_SPAN  2
#define LENGTH_GROUP 3

/* Every byte of a text repaired to U+FFFD is three; a segment's arena bounds the text. */
#define MAX_SCRATCH_BYTES (3ul * MAX_SEGMENT_BYTES)

/* Tags and lengths around one attribute, and the largest scalar: 1 + 10 + 1 + 10 + 1 + 10 + 1 + 10,
 * rounded up. */
#define MAX_ATTRIBUTE_FRAMING 48

void otlp_encoder_init(struct otlp_encoder *encoder)
{
	byte_buffer_init(&encoder->body, 0);
	byte_buffer_init(&encoder->scratch, MAX_SCRATCH_BYTES);
	resource_groups_init(&encoder->groups);
}

void otlp_encoder_done(struct otlp_encoder *encoder)
{
	byte_buffer_done(&encoder->body);
	byte_buffer_done(&encoder->scratch);
	resource_groups_done(&encoder->groups);
}

static void append_text(struct otlp_encoder *encoder, uint32_t field, struct view text)
{
	protobuf_writer_bytes(&encoder->body, field, valid_text_of(text, &encoder->scratch));
}

static size_t any_value_size(const struct attribute *attribute, struct view text)
{
	switch (attribute->type) {
	case ATTRIBUTE_STRING:
		return 1 + protobuf_writer_varint_size(text.size) + text.size;
	case ATTRIBUTE_BOOLEAN:
		return 2;
	case ATTRIBUTE_INTEGER:
		return 1 + protobuf_writer_varint_size((uint64_t)attribute->integer);
	case ATTRIBUTE_DOUBLE:
		return 1 + sizeof(double);
	}
	return 0;
}

static char *put_any_value(char *at, const struct attribute *attribute, struct view text)
{
	uint64_t bits;

	switch (attribute->type) {
	case ATTRIBUTE_STRING:
		at = protobuf_writer_put_tag(at, ANY_VALUE_STRING, PROTOBUF_WIRE_BYTES);
		return protobuf_writer_put_bytes(at, text);
	case ATTRIBUTE_BOOLEAN:
		at = protobuf_writer_put_tag(at, ANY_VALUE_BOOL, PROTOBUF_WIRE_VARINT);
		return protobuf_writer_put_varint(at, attribute->boolean);
	case ATTRIBUTE_INTEGER:
		at = protobuf_writer_put_tag(at, ANY_VALUE_INT, PROTOBUF_WIRE_VARINT);
		return protobuf_writer_put_varint(at, (uint64_t)attribute->integer);
	case ATTRIBUTE_DOUBLE:
		memcpy(&bits, &attribute->number, sizeof(bits));
		at = protobuf_writer_put_tag(at, ANY_VALUE_DOUBLE, PROTOBUF_WIRE_FIXED64);
		return protobuf_writer_put_fixed64(at, bits);
	}
	return at;
}

/* The sizes of the two messages around the value are known beforehand, so this needs no begin and
 * end. */
static void append_attribute(struct otlp_encoder *encoder, uint32_t field,
			     const struct attribute *attribute)
{
	struct byte_buffer *body = &encoder->body;
	struct view key = view_of_text(attribute->key), text = {0};
	size_t value_size, size;
	char *at;

	if (attribute->type == ATTRIBUTE_STRING)
		text = valid_text_of(attribute->string, &encoder->scratch);
	value_size = any_value_size(attribute, text);
	size = 1 + protobuf_writer_varint_size(key.size) + key.size + 1 +
	       protobuf_writer_varint_size(value_size) + value_size;
	at = byte_buffer_reserve(body, MAX_ATTRIBUTE_FRAMING + key.size + text.size);
	if (!at)
		return;
	at = protobuf_writer_put_tag(at, field, PROTOBUF_WIRE_BYTES);
	at = protobuf_writer_put_varint(at, size);
	at = protobuf_writer_put_tag(at, KEY_VALUE_KEY, PROTOBUF_WIRE_BYTES);
	at = protobuf_writer_put_bytes(at, key);
	at = protobuf_writer_put_tag(at, KEY_VALUE_VALUE, PROTOBUF_WIRE_BYTES);
	at = protobuf_writer_put_varint(at, value_size);
	at = put_any_value(at, attribute, text);
	body->size = (size_t)(at - body->bytes);
}

static void append_attributes(struct otlp_encoder *encoder, uint32_t field,
			      const struct attribute *attributes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		append_attribute(encoder, field, &attributes[i]);
}

static void append_status(struct otlp_encoder *encoder, const struct span *span)
{
	struct byte_buffer *body = &encoder->body;
	size_t begun;

	if (span->status == STATUS_UNSET)
		return;
	begun = protobuf_writer_begin(body, SPAN_STATUS, LENGTH_SMALL);
	if (span->status == STATUS_ERROR)
		append_text(encoder, STATUS_MESSAGE, span->status_message);
	protobuf_writer_varint(body, STATUS_CODE, span->status);
	protobuf_writer_end(body, begun, LENGTH_SMALL);
}

static void append_span(struct otlp_encoder *encoder, const struct segment *segment,
			const struct span *span)
{
	struct attribute own[MAX_OTLP_MAPPING_ATTRIBUTES];
	uint32_t own_count = otlp_mapping_attributes(span, own);
	struct byte_buffer *body = &encoder->body;
	size_t begun = protobuf_writer_begin(body, SCOPE_SPANS_SPANS, LENGTH_SPAN);

	protobuf_writer_bytes(body, SPAN_TRACE_ID, view_of(segment->trace_id, TRACE_ID_BYTES));
	protobuf_writer_bytes(body, SPAN_SPAN_ID, view_of(span->span_id, SPAN_ID_BYTES));
	append_text(encoder, SPAN_TRACE_STATE, segment->trace_state);
	protobuf_writer_bytes(body, SPAN_PARENT_SPAN_ID, otlp_mapping_parent_span_id(span));
	append_text(encoder, SPAN_NAME, span->name);
	protobuf_writer_varint(body, SPAN_KIND, span->kind);
	protobuf_writer_fixed64(body, SPAN_START_TIME, span->start_unix_ns);
	protobuf_writer_fixed64(body, SPAN_END_TIME, span->end_unix_ns);
	append_attributes(encoder, SPAN_ATTRIBUTES, span->attributes.items, span->attributes.count);
	append_attributes(encoder, SPAN_ATTRIBUTES, own, own_count);
	protobuf_writer_varint(body, SPAN_DROPPED_ATTRIBUTES_COUNT, span->attributes.dropped_count);
	append_status(encoder, span);
	protobuf_writer_fixed32(body, SPAN_FLAGS, otlp_mapping_flags(segment, span));
	protobuf_writer_end(body, begun, LENGTH_SPAN);
}

static void append_resource(struct otlp_encoder *encoder, const struct resource *resource)
{
	struct byte_buffer *body = &encoder->body;
	size_t begun = protobuf_writer_begin(body, RESOURCE_SPANS_RESOURCE, LENGTH_SPAN);

	append_attributes(encoder, RESOURCE_ATTRIBUTES, resource->attributes.items,
			  resource->attributes.count);
	protobuf_writer_varint(body, RESOURCE_DROPPED_ATTRIBUTES_COUNT,
			       resource->attributes.dropped_count);
	protobuf_writer_end(body, begun, LENGTH_SPAN);
}

static void append_scope(struct otlp_encoder *encoder)
{
	struct byte_buffer *body = &encoder->body;
	size_t begun = protobuf_writer_begin(body, SCOPE_SPANS_SCOPE, LENGTH_SMALL);

	protobuf_writer_bytes(body, SCOPE_NAME, VIEW_LITERAL(OTLP_MAPPING_SCOPE_NAME));
	protobuf_writer_bytes(body, SCOPE_VERSION, VIEW_LITERAL(OTLP_MAPPING_SCOPE_VERSION));
	protobuf_writer_end(body, begun, LENGTH_SMALL);
}

static void append_group(struct otlp_encoder *encoder, struct item *const *items,
			 const struct resource_group *group)
{
	struct byte_buffer *body = &encoder->body;
	size_t resource_spans = protobuf_writer_begin(body, REQUEST_RESOURCE_SPANS, LENGTH_GROUP);
	size_t scope_spans;

	append_resource(encoder, group->resource);
	scope_spans = protobuf_writer_begin(body, RESOURCE_SPANS_SCOPE_SPANS, LENGTH_GROUP);
	append_scope(encoder);
	for (uint32_t i = group->first; i != RESOURCE_GROUPS_END && !body->is_failed;
	     i = resource_groups_next(&encoder->groups, i)) {
		const struct segment *segment = items[i]->segment;

		for (uint32_t j = 0; j < segment->spans_count; j++)
			append_span(encoder, segment, segment->spans[j]);
	}
	protobuf_writer_bytes(body, SCOPE_SPANS_SCHEMA_URL, VIEW_LITERAL(OTLP_MAPPING_SCHEMA_URL));
	protobuf_writer_end(body, scope_spans, LENGTH_GROUP);
	protobuf_writer_bytes(body, RESOURCE_SPANS_SCHEMA_URL,
			      VIEW_LITERAL(OTLP_MAPPING_SCHEMA_URL));
	protobuf_writer_end(body, resource_spans, LENGTH_GROUP);
}

int otlp_encoder_encode(struct otlp_encoder *encoder, struct item *const *items, uint32_t count,
			size_t max_bytes)
{
	encoder->body.max_bytes = max_bytes;
	byte_buffer_clear(&encoder->body);
	if (resource_groups_make(&encoder->groups, items, count) < 0)
		return -EMSGSIZE;
	for (uint32_t i = 0; i < encoder->groups.count; i++)
		append_group(encoder, items, &encoder->groups.groups[i]);
	return encoder->body.is_failed ? -EMSGSIZE : 0;
}
