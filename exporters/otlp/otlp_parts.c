/*
 * The messages all signals share. This runs once per attribute of every span: one check for room
 * per attribute, no copies but the one into the request.
 */
#include "exporters/otlp/otlp_parts.h"

#include <errno.h>
#include "exporters/protobuf_writer.h"
#include "exporters/otlp_mapping.h"
#include "exporters/valid_text.h"

/* ExportTraceServiceRequest and ExportLogsServiceRequest, ResourceSpans and ResourceLogs,
 * ScopeSpans and ScopeLogs. */
enum request_field { REQUEST_RESOURCES = 1 };
enum per_resource_field {
	PER_RESOURCE_RESOURCE = 1,
	PER_RESOURCE_SCOPES = 2,
	PER_RESOURCE_SCHEMA_URL = 3
};
enum per_scope_field { PER_SCOPE_SCOPE = 1, PER_SCOPE_SCHEMA_URL = 3 };
enum resource_field { RESOURCE_ATTRIBUTES = 1, RESOURCE_DROPPED_ATTRIBUTES_COUNT = 2 };
enum scope_field { SCOPE_NAME = 1, SCOPE_VERSION = 2 };
enum key_value_field { KEY_VALUE_KEY = 1, KEY_VALUE_VALUE = 2 };
enum any_value_field {
	ANY_VALUE_STRING = 1,
	ANY_VALUE_BOOL = 2,
	ANY_VALUE_INT = 3,
	ANY_VALUE_DOUBLE = 4,
	ANY_VALUE_ARRAY = 5,
	ARRAY_VALUE_VALUES = 1
};

/* Tags and lengths around one attribute, and the largest scalar: 1 + 10 + 1 + 10 + 1 + 10 + 1 + 10,
 * rounded up. */
#define MAX_ATTRIBUTE_FRAMING 48

void otlp_parts_text(struct otlp_encoder *encoder, uint32_t field, struct view text)
{
	protobuf_writer_bytes(&encoder->body, field, valid_text_of(text, &encoder->scratch));
}

static size_t string_value_size(struct view text)
{
	return 1 + protobuf_writer_varint_size(text.size) + text.size;
}

/* Of the message that the array is, a value for each item. */
static size_t array_size(struct view items)
{
	struct view item;
	size_t size = 0;

	while (attribute_next_string(&items, &item)) {
		size_t value_size = string_value_size(item);

		size += 1 + protobuf_writer_varint_size(value_size) + value_size;
	}
	return size;
}

static char *put_array(char *at, struct view items)
{
	struct view item;

	while (attribute_next_string(&items, &item)) {
		at = protobuf_writer_put_tag(at, ARRAY_VALUE_VALUES, PROTOBUF_WIRE_BYTES);
		at = protobuf_writer_put_varint(at, string_value_size(item));
		at = protobuf_writer_put_tag(at, ANY_VALUE_STRING, PROTOBUF_WIRE_BYTES);
		at = protobuf_writer_put_bytes(at, item);
	}
	return at;
}

static size_t any_value_size(const struct attribute *attribute, struct view text)
{
	switch (attribute->type) {
	case ATTRIBUTE_STRING:
		return string_value_size(text);
	case ATTRIBUTE_STRINGS:
		return 1 + protobuf_writer_varint_size(array_size(text)) + array_size(text);
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
	case ATTRIBUTE_STRINGS:
		at = protobuf_writer_put_tag(at, ANY_VALUE_ARRAY, PROTOBUF_WIRE_BYTES);
		at = protobuf_writer_put_varint(at, array_size(text));
		return put_array(at, text);
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

	if (attribute->type == ATTRIBUTE_STRING || attribute->type == ATTRIBUTE_STRINGS)
		text = valid_text_of(attribute->string, &encoder->scratch);
	value_size = any_value_size(attribute, text);
	size = 1 + protobuf_writer_varint_size(key.size) + key.size + 1 +
	       protobuf_writer_varint_size(value_size) + value_size;
	at = byte_buffer_reserve(body, MAX_ATTRIBUTE_FRAMING + key.size + value_size);
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

void otlp_parts_attributes(struct otlp_encoder *encoder, uint32_t field,
			   const struct attribute *attributes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		append_attribute(encoder, field, &attributes[i]);
}

void otlp_parts_string_value(struct otlp_encoder *encoder, uint32_t field, struct view text)
{
	struct byte_buffer *body = &encoder->body;
	size_t begun = protobuf_writer_begin(body, field, LENGTH_SPAN);

	otlp_parts_text(encoder, ANY_VALUE_STRING, text);
	protobuf_writer_end(body, begun, LENGTH_SPAN);
}

void otlp_parts_resource(struct otlp_encoder *encoder, uint32_t field,
			 const struct resource *resource)
{
	struct byte_buffer *body = &encoder->body;
	size_t begun = protobuf_writer_begin(body, field, LENGTH_SPAN);

	otlp_parts_attributes(encoder, RESOURCE_ATTRIBUTES, resource->attributes.items,
			      resource->attributes.count);
	protobuf_writer_varint(body, RESOURCE_DROPPED_ATTRIBUTES_COUNT,
			       resource->attributes.dropped_count);
	protobuf_writer_end(body, begun, LENGTH_SPAN);
}

void otlp_parts_scope(struct otlp_encoder *encoder, uint32_t field)
{
	struct byte_buffer *body = &encoder->body;
	size_t begun = protobuf_writer_begin(body, field, LENGTH_SMALL);

	protobuf_writer_bytes(body, SCOPE_NAME, VIEW_LITERAL(OTLP_MAPPING_SCOPE_NAME));
	protobuf_writer_bytes(body, SCOPE_VERSION, VIEW_LITERAL(OTLP_MAPPING_SCOPE_VERSION));
	protobuf_writer_end(body, begun, LENGTH_SMALL);
}

static void append_group(struct otlp_encoder *encoder, struct item *const *items,
			 const struct resource_group *group,
			 void (*append_item)(struct otlp_encoder *encoder, const struct item *item))
{
	struct byte_buffer *body = &encoder->body;
	size_t resource = protobuf_writer_begin(body, REQUEST_RESOURCES, LENGTH_GROUP);
	size_t scope;

	otlp_parts_resource(encoder, PER_RESOURCE_RESOURCE, group->resource);
	scope = protobuf_writer_begin(body, PER_RESOURCE_SCOPES, LENGTH_GROUP);
	otlp_parts_scope(encoder, PER_SCOPE_SCOPE);
	for (uint32_t i = group->first; i != RESOURCE_GROUPS_END && !body->is_failed;
	     i = resource_groups_next(&encoder->groups, i))
		append_item(encoder, items[i]);
	protobuf_writer_bytes(body, PER_SCOPE_SCHEMA_URL, VIEW_LITERAL(OTLP_MAPPING_SCHEMA_URL));
	protobuf_writer_end(body, scope, LENGTH_GROUP);
	protobuf_writer_bytes(body, PER_RESOURCE_SCHEMA_URL, VIEW_LITERAL(OTLP_MAPPING_SCHEMA_URL));
	protobuf_writer_end(body, resource, LENGTH_GROUP);
}

int otlp_parts_request(struct otlp_encoder *encoder, struct item *const *items, uint32_t count,
		       size_t max_bytes,
		       void (*append_item)(struct otlp_encoder *encoder, const struct item *item))
{
	encoder->body.max_bytes = max_bytes;
	byte_buffer_clear(&encoder->body);
	if (resource_groups_make(&encoder->groups, items, count) < 0)
		return -EMSGSIZE;
	for (uint32_t i = 0; i < encoder->groups.count; i++)
		append_group(encoder, items, &encoder->groups.groups[i], append_item);
	return encoder->body.is_failed ? -EMSGSIZE : 0;
}
