/*
 * Headers of frames. What the RFC calls a failed connection is PARSE_INVALID: reserved bits and
 * opcodes, control frames that are long or in pieces, lengths longer than they need to be, masks
 * where none may be.
 */
#include "protocols/websocket/websocket_frame.h"

#define BIT_LAST        0x80
#define BIT_COMPRESSED  0x40
#define BITS_RESERVED   0x30
#define BIT_MASKED      0x80
#define LENGTH_16       126
#define LENGTH_64       127
#define MAX_CONTROL     125
#define NO_STATUS       1005
#define MASK_BYTES      4
#define MIN_FRAME_BYTES 2

static const unsigned char *at(struct view bytes, size_t offset)
{
	return (const unsigned char *)bytes.bytes + offset;
}

static bool is_known(unsigned opcode)
{
	return opcode <= WEBSOCKET_BINARY ||
	       (opcode >= WEBSOCKET_CLOSE && opcode <= WEBSOCKET_PONG);
}

static uint64_t read_number(struct view bytes, size_t offset, size_t size)
{
	uint64_t number = 0;

	for (size_t i = 0; i < size; i++)
		number = number << 8 | *at(bytes, offset + i);
	return number;
}

static size_t length_size(unsigned length)
{
	if (length < LENGTH_16)
		return 0;
	return length == LENGTH_16 ? 2 : 8;
}

/* The shortest form there is (section 5.2). */
static bool is_shortest(unsigned length, uint64_t size)
{
	if (length == LENGTH_16)
		return size >= LENGTH_16;
	return length < LENGTH_16 || (size > UINT16_MAX && size <= INT64_MAX);
}

enum parse_result websocket_frame_parse(enum message_kind side, struct view bytes,
					struct websocket_frame *ret)
{
	struct websocket_frame frame = {0};
	unsigned first, length;
	size_t used;

	if (!bytes.size)
		return PARSE_NEED_MORE;
	first = *at(bytes, 0);
	frame.opcode = (enum websocket_opcode)(first & 15);
	frame.is_last = first & BIT_LAST;
	frame.is_compressed = first & BIT_COMPRESSED;
	if ((first & BITS_RESERVED) || !is_known(frame.opcode) ||
	    (frame.is_compressed && frame.opcode != WEBSOCKET_TEXT &&
	     frame.opcode != WEBSOCKET_BINARY) ||
	    (websocket_frame_is_control(&frame) && !frame.is_last))
		return PARSE_INVALID;
	if (bytes.size < MIN_FRAME_BYTES)
		return PARSE_NEED_MORE;
	length = *at(bytes, 1) & ~BIT_MASKED;
	frame.is_masked = *at(bytes, 1) & BIT_MASKED;
	if (frame.is_masked != (side == MESSAGE_REQUEST) ||
	    (websocket_frame_is_control(&frame) && length > MAX_CONTROL))
		return PARSE_INVALID;
	used = MIN_FRAME_BYTES + length_size(length);
	frame.header_size = used + (frame.is_masked ? MASK_BYTES : 0);
	if (bytes.size < frame.header_size)
		return PARSE_NEED_MORE;
	frame.payload_size = length < LENGTH_16
				     ? length
				     : read_number(bytes, MIN_FRAME_BYTES, length_size(length));
	if (!is_shortest(length, frame.payload_size))
		return PARSE_INVALID;
	if (frame.is_masked)
		memcpy(frame.mask, at(bytes, used), MASK_BYTES);
	*ret = frame;
	return PARSE_DONE;
}

uint16_t websocket_frame_close_code(const struct websocket_frame *frame, struct view bytes)
{
	struct view payload = view_skip(bytes, frame->header_size);

	if (frame->payload_size < 2 || payload.size < 2)
		return NO_STATUS;
	return (uint16_t)((*at(payload, 0) ^ frame->mask[0]) << 8 |
			  (*at(payload, 1) ^ frame->mask[1]));
}
