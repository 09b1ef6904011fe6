/* The OTLP logs mapping in protobuf; fields in the order of their numbers. */
#include "exporters/otlp/log_encoder.h"

#include <errno.h>
#include "exporters/otlp/otlp_parts.h"
#include "exporters/otlp/protobuf_writer.h"
#include "exporters/otlp_crash_mapping.h"
#include "exporters/otlp_mapping.h"

enum log_request_field { REQUEST_RESOURCE_LOGS = 1 };
enum resource_logs_field {
	RESOURCE_LOGS_RESOURCE = 1,
	RESOURCE_LOGS_SCOPE_LOGS = 2,
	RESOURCE_LOGS_SCHEMA_URL = 3
};
enum scope_logs_field {
	SCOPE_LOGS_SCOPE = 1,
	SCOPE_LOGS_LOG_RECORDS = 2,
	SCOPE_LOGS_SCHEMA_URL = 3
};
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
	size_t begun = protobuf_writer_begin(body, SCOPE_LOGS_LOG_RECORDS, LENGTH_GROUP);
	struct otlp_crash_mapping mapping;

	otlp_crash_mapping_init(&mapping, crash);
	protobuf_writer_fixed64(body, LOG_TIME, crash->unix_ns);
	protobuf_writer_varint(body, LOG_SEVERITY_NUMBER, (uint64_t)mapping.severity_number);
	otlp_parts_text(encoder, LOG_SEVERITY_TEXT, view_of_text(mapping.severity_text));
	otlp_parts_string_value(encoder, LOG_BODY, crash->cause);
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

static void append_group(struct otlp_encoder *encoder, struct item *const *items,
			 const struct resource_group *group)
{
	struct byte_buffer *body = &encoder->body;
	size_t resource_logs = protobuf_writer_begin(body, REQUEST_RESOURCE_LOGS, LENGTH_GROUP);
	size_t scope_logs;

	otlp_parts_resource(encoder, RESOURCE_LOGS_RESOURCE, group->resource);
	scope_logs = protobuf_writer_begin(body, RESOURCE_LOGS_SCOPE_LOGS, LENGTH_GROUP);
	otlp_parts_scope(encoder, SCOPE_LOGS_SCOPE);
	for (uint32_t i = group->first; i != RESOURCE_GROUPS_END && !body->is_failed;
	     i = resource_groups_next(&encoder->groups, i))
		append_record(encoder, items[i]->crash);
	protobuf_writer_bytes(body, SCOPE_LOGS_SCHEMA_URL, VIEW_LITERAL(OTLP_MAPPING_SCHEMA_URL));
	protobuf_writer_end(body, scope_logs, LENGTH_GROUP);
	protobuf_writer_bytes(body, RESOURCE_LOGS_SCHEMA_URL,
			      VIEW_LITERAL(OTLP_MAPPING_SCHEMA_URL));
	protobuf_writer_end(body, resource_logs, LENGTH_GROUP);
}

int log_encoder_encode(struct otlp_encoder *encoder, struct item *const *items, uint32_t count,
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
