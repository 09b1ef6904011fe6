/*
 * The OTLP trace mapping in protobuf. Field numbers are those of exporters/otlp/proto; fields are
 * written in their order, so that the bytes equal what protobuf-c would pack. This runs once per
 * span and attribute: one check for room per attribute, no copies but the one into the request.
 */
#include "exporters/otlp/otlp_encoder.h"

#include "exporters/otlp/otlp_parts.h"
#include "exporters/protobuf_writer.h"
#include "exporters/otlp_mapping.h"

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

/* Every byte of a text repaired to U+FFFD is three; a segment's arena bounds the text. */
#define MAX_SCRATCH_BYTES (3ul * MAX_SEGMENT_BYTES)

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

static void append_status(struct otlp_encoder *encoder, const struct span *span)
{
	struct byte_buffer *body = &encoder->body;
	size_t begun;

	if (span->status == STATUS_UNSET)
		return;
	begun = protobuf_writer_begin(body, SPAN_STATUS, LENGTH_SMALL);
	if (span->status == STATUS_ERROR)
		otlp_parts_text(encoder, STATUS_MESSAGE, span->status_message);
	protobuf_writer_varint(body, STATUS_CODE, span->status);
	protobuf_writer_end(body, begun, LENGTH_SMALL);
}

static void append_span(struct otlp_encoder *encoder, const struct segment *segment,
			const struct span *span)
{
	struct attribute own[MAX_OTLP_MAPPING_ATTRIBUTES];
	uint32_t own_count = otlp_mapping_attributes(span, own);
	struct byte_buffer *body = &encoder->body;
	size_t begun = protobuf_writer_begin(body, OTLP_SCOPE_RECORDS, LENGTH_SPAN);

	protobuf_writer_bytes(body, SPAN_TRACE_ID, view_of(segment->trace_id, TRACE_ID_BYTES));
	protobuf_writer_bytes(body, SPAN_SPAN_ID, view_of(span->span_id, SPAN_ID_BYTES));
	otlp_parts_text(encoder, SPAN_TRACE_STATE, segment->trace_state);
	protobuf_writer_bytes(body, SPAN_PARENT_SPAN_ID, otlp_mapping_parent_span_id(span));
	otlp_parts_text(encoder, SPAN_NAME, span->name);
	protobuf_writer_varint(body, SPAN_KIND, span->kind);
	protobuf_writer_fixed64(body, SPAN_START_TIME, span->start_unix_ns);
	protobuf_writer_fixed64(body, SPAN_END_TIME, span->end_unix_ns);
	otlp_parts_attributes(encoder, SPAN_ATTRIBUTES, span->attributes.items,
			      span->attributes.count);
	otlp_parts_attributes(encoder, SPAN_ATTRIBUTES, own, own_count);
	protobuf_writer_varint(body, SPAN_DROPPED_ATTRIBUTES_COUNT, span->attributes.dropped_count);
	append_status(encoder, span);
	protobuf_writer_fixed32(body, SPAN_FLAGS, otlp_mapping_flags(segment, span));
	protobuf_writer_end(body, begun, LENGTH_SPAN);
}

static void append_item(struct otlp_encoder *encoder, const struct item *item)
{
	for (uint32_t i = 0; i < item->segment->spans_count; i++)
		append_span(encoder, item->segment, item->segment->spans[i]);
}

int otlp_encoder_encode(struct otlp_encoder *encoder, struct item *const *items, uint32_t count,
			size_t max_bytes)
{
	return otlp_parts_request(encoder, items, count, max_bytes, append_item);
}
