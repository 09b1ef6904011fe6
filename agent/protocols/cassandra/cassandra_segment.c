/*
 * Segments of native_protocol_v5.spec, section 2: a header in little-endian order with a checksum
 * of its own (CRC24), the payload, its checksum (CRC32). Only the header is checked: it is what the
 * next boundary depends on, and payloads are not all seen.
 */
#include "protocols/cassandra/cassandra_segment.h"

#define CRC24_START      0x875060u
#define CRC24_POLYNOMIAL 0x1974f0bu
#define SIZE_BITS        17
#define SIZE_MASK        ((1u << SIZE_BITS) - 1)
#define TRAILER_BYTES    4
#define CRC24_BYTES      3

static uint32_t checksum(const unsigned char *bytes, size_t size)
{
	uint32_t crc = CRC24_START;

	for (size_t i = 0; i < size; i++) {
		crc ^= (uint32_t)bytes[i] << 16;
		for (int bit = 0; bit < 8; bit++) {
			crc <<= 1;
			if (crc & 0x1000000)
				crc ^= CRC24_POLYNOMIAL;
		}
	}
	return crc;
}

static uint64_t read_little(const unsigned char *bytes, size_t size)
{
	uint64_t value = 0;

	for (size_t i = size; i > 0; i--)
		value = value << 8 | bytes[i - 1];
	return value;
}

enum parse_result cassandra_segment_read(struct view bytes, bool has_compression,
					 struct cassandra_segment *ret)
{
	const unsigned char *b = (const unsigned char *)bytes.bytes;
	size_t field_size = has_compression ? 5 : 3;
	unsigned int flag = has_compression ? 2 * SIZE_BITS : SIZE_BITS;
	uint64_t fields;

	if (bytes.size < field_size)
		return PARSE_NEED_MORE;
	fields = read_little(b, field_size);
	if (fields >> (flag + 1) || (fields & SIZE_MASK) == 0)
		return PARSE_INVALID;
	if (bytes.size < field_size + CRC24_BYTES)
		return PARSE_NEED_MORE;
	if (checksum(b, field_size) != read_little(b + field_size, CRC24_BYTES))
		return PARSE_INVALID;
	ret->header_size = field_size + CRC24_BYTES;
	ret->payload_size = fields & SIZE_MASK;
	ret->size = ret->header_size + ret->payload_size + TRAILER_BYTES;
	ret->is_self_contained = fields >> flag & 1;
	ret->is_compressed = has_compression && (fields >> SIZE_BITS & SIZE_MASK) != 0;
	return PARSE_DONE;
}
