/* The OTLP logs mapping in protobuf; fields in the order of their numbers. */
#include "exporters/otlp/log_encoder.h"

#include "exporters/otlp/otlp_parts.h"
#include "exporters/protobuf_writer.h"
#include "exporters/otlp_crash_mapping.h"

enum log_record_field {
	LOG_TIME = 1,
	LOG_SEVERITY_NUMBER = 2,
	LOG_SEVERITY_TEXT = 3,
	LOG_BODY = 5,
	LOG_ATTRIBUTES = 6,
	LOG_DROPPED_ATTRIBUTES_COUNT = 7,
	LOG_FLAGS = 8,
	LOG_TRACE_ID = 9,
	LOG_SPAN_ID = 10,
	LOG_OBSERVED_TIME = 11,
	LOG_EVENT_NAME = 12,
};

static void append_record(struct otlp_encoder *encoder, const struct crash *crash)
{
	struct byte_buffer *body = &encoder->body;
	size_t begun = protobuf_writer_begin(body, OTLP_SCOPE_RECORDS, LENGTH_GROUP);
	struct otlp_crash_mapping mapping;

	otlp_crash_mapping_init(&mapping, crash);
	protobuf_writer_fixed64(body, LOG_TIME, crash->unix_ns);
	protobuf_writer_varint(body, LOG_SEVERITY_NUMBER, (uint64_t)mapping.severity_number);
	otlp_parts_text(encoder, LOG_SEVERITY_TEXT, view_of_text(mapping.severity_text));
	otlp_parts_string_value(encoder, LOG_BODY, mapping.body);
	otlp_parts_attributes(encoder, LOG_ATTRIBUTES, mapping.attributes.items,
			      mapping.attributes.count);
	protobuf_writer_varint(body, LOG_DROPPED_ATTRIBUTES_COUNT,
			       mapping.attributes.dropped_count);
	protobuf_writer_fixed32(body, LOG_FLAGS, mapping.flags);
	protobuf_writer_bytes(body, LOG_TRACE_ID, mapping.trace_id);
	protobuf_writer_bytes(body, LOG_SPAN_ID, mapping.span_id);
	protobuf_writer_fixed64(body, LOG_OBSERVED_TIME, crash->unix_ns);
	otlp_parts_text(encoder, LOG_EVENT_NAME, VIEW_LITERAL(OTLP_CRASH_MAPPING_EVENT_NAME));
	otlp_crash_mapping_done(&mapping);
	protobuf_writer_end(body, begun, LENGTH_GROUP);
}

static void append_item(struct otlp_encoder *encoder, const struct item *item)
{
	append_record(encoder, item->crash);
}

int log_encoder_encode(struct otlp_encoder *encoder, struct item *const *items, uint32_t count,
		       size_t max_bytes)
{
	return otlp_parts_request(encoder, items, count, max_bytes, append_item);
}
