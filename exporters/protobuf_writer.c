/* Protobuf's wire format, field by field. Lengths of messages are filled in when the message ends.
 */
#include "exporters/protobuf_writer.h"

#define MAX_TAG 5

static void commit(struct byte_buffer *buffer, const char *end)
{
	buffer->size = (size_t)(end - buffer->bytes);
}

void protobuf_writer_varint(struct byte_buffer *buffer, uint32_t field, uint64_t value)
{
	char *at = value ? byte_buffer_reserve(buffer, MAX_TAG + MAX_PROTOBUF_VARINT) : NULL;

	if (!at)
		return;
	at = protobuf_writer_put_tag(at, field, PROTOBUF_WIRE_VARINT);
	commit(buffer, protobuf_writer_put_varint(at, value));
}

void protobuf_writer_fixed32(struct byte_buffer *buffer, uint32_t field, uint32_t value)
{
	char *at = value ? byte_buffer_reserve(buffer, MAX_TAG + sizeof(value)) : NULL;

	if (!at)
		return;
	at = protobuf_writer_put_tag(at, field, PROTOBUF_WIRE_FIXED32);
	value = htole32(value);
	memcpy(at, &value, sizeof(value));
	commit(buffer, at + sizeof(value));
}

void protobuf_writer_fixed64(struct byte_buffer *buffer, uint32_t field, uint64_t value)
{
	char *at = value ? byte_buffer_reserve(buffer, MAX_TAG + sizeof(value)) : NULL;

	if (!at)
		return;
	at = protobuf_writer_put_tag(at, field, PROTOBUF_WIRE_FIXED64);
	commit(buffer, protobuf_writer_put_fixed64(at, value));
}

void protobuf_writer_bytes(struct byte_buffer *buffer, uint32_t field, struct view value)
{
	char *at = value.size
			   ? byte_buffer_reserve(buffer, MAX_TAG + MAX_PROTOBUF_VARINT + value.size)
			   : NULL;

	if (!at)
		return;
	at = protobuf_writer_put_tag(at, field, PROTOBUF_WIRE_BYTES);
	commit(buffer, protobuf_writer_put_bytes(at, value));
}

size_t protobuf_writer_begin(struct byte_buffer *buffer, uint32_t field, uint32_t length_size)
{
	char *at = byte_buffer_reserve(buffer, MAX_TAG + length_size);

	if (!at)
		return 0;
	at = protobuf_writer_put_tag(at, field, PROTOBUF_WIRE_BYTES);
	commit(buffer, at + length_size);
	return buffer->size;
}

void protobuf_writer_end(struct byte_buffer *buffer, size_t begun, uint32_t length_size)
{
	size_t size = buffer->size - begun;
	size_t needed = protobuf_writer_varint_size(size);

	if (buffer->is_failed)
		return;
	if (needed != length_size) {
		if (needed > length_size && !byte_buffer_reserve(buffer, needed - length_size))
			return;
		memmove(buffer->bytes + begun - length_size + needed, buffer->bytes + begun, size);
		buffer->size = buffer->size - length_size + needed;
	}
	(void)protobuf_writer_put_varint(buffer->bytes + begun - length_size, size);
}
