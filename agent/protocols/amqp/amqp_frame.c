/*
 * Frames of AMQP 0.9.1. A frame is believed when its type, its channel and its size can be, its
 * method is one that exists, its arguments fill it, and it ends in 0xCE where its size says so.
 */
#include "protocols/amqp/amqp_frame.h"

#include "protocols/amqp/amqp_method.h"
#include "protocols/wire_cursor.h"

#define FRAME_END         0xCE
#define MAX_METHOD_BYTES  (1 << 20)
#define MAX_BODY_BYTES    (1 << 28)
#define GATHERED_BYTES    32768 /* of a method or a content header; longer ones are cut there */
#define CONTENT_CLASS     60
#define MIN_CONTENT_BYTES 14

static bool is_plausible(uint8_t type, uint16_t channel, uint32_t size)
{
	switch (type) {
	case AMQP_FRAME_METHOD:
		return size >= 4 && size <= MAX_METHOD_BYTES;
	case AMQP_FRAME_HEADER:
		return channel && size >= MIN_CONTENT_BYTES && size <= MAX_METHOD_BYTES;
	case AMQP_FRAME_BODY:
		return channel && size <= MAX_BODY_BYTES;
	case AMQP_FRAME_HEARTBEAT:
		return !channel && !size;
	default:
		return false;
	}
}

enum parse_result amqp_frame_read(struct view bytes, bool is_final, struct amqp_frame *ret)
{
	struct wire_cursor cursor = wire_cursor_over(bytes);
	uint8_t type = wire_cursor_u8(&cursor);
	uint16_t channel = wire_cursor_u16(&cursor);
	uint32_t size = wire_cursor_u32(&cursor);
	uint64_t whole = (uint64_t)AMQP_FRAME_HEAD_BYTES + size + 1;

	if (cursor.is_short) {
		bool is_type = bytes.size == 0 || (type >= 1 && type <= 3) || type == 8;

		return is_type && !is_final ? PARSE_NEED_MORE : PARSE_INVALID;
	}
	if (!is_plausible(type, channel, size))
		return PARSE_INVALID;
	memset(ret, 0, sizeof(*ret));
	ret->type = type;
	ret->channel = channel;
	ret->size = size;
	ret->payload = view_take(cursor.rest, size);
	if (type != AMQP_FRAME_BODY && bytes.size >= whole) {
		ret->consumed = (size_t)whole;
		return (uint8_t)bytes.bytes[whole - 1] == FRAME_END ? PARSE_DONE : PARSE_INVALID;
	}
	if (type != AMQP_FRAME_BODY && !is_final && bytes.size < GATHERED_BYTES)
		return PARSE_NEED_MORE;
	ret->is_cut = true;
	ret->consumed = type == AMQP_FRAME_BODY ? AMQP_FRAME_HEAD_BYTES : bytes.size;
	ret->skip = whole - ret->consumed;
	return PARSE_DONE;
}

enum parse_result amqp_frame_read_protocol_header(struct view bytes)
{
	struct view header = VIEW_LITERAL("AMQP\0\0\x09\x01");
	struct view part = view_take(header, bytes.size);

	if (!view_starts_with(bytes, part))
		return PARSE_INVALID;
	return part.size == header.size ? PARSE_DONE : PARSE_NEED_MORE;
}

/* Does the frame prove anything? DETECT_NO: it is none; DETECT_NEED_MORE: it is one, or may be,
 * of either side. */
static enum detect_result judge(const struct amqp_frame *frame)
{
	struct wire_cursor cursor = wire_cursor_over(frame->payload);
	struct amqp_method method;
	uint16_t class_id;

	if (frame->type == AMQP_FRAME_HEADER) {
		class_id = wire_cursor_u16(&cursor);
		return class_id == CONTENT_CLASS && !wire_cursor_u16(&cursor) ? DETECT_NEED_MORE
									      : DETECT_NO;
	}
	if (frame->type != AMQP_FRAME_METHOD)
		return DETECT_NEED_MORE;
	if (!amqp_method_read(frame->payload, frame->is_cut, &method) ||
	    (frame->channel == 0) != (method.kind->id >> 16 == 10))
		return DETECT_NO;
	if (frame->is_cut || method.kind->sender == AMQP_SENT_BY_BOTH)
		return DETECT_NEED_MORE;
	return method.kind->sender == AMQP_SENT_BY_CLIENT ? DETECT_REQUEST : DETECT_RESPONSE;
}

enum detect_result amqp_frame_detect(struct view bytes)
{
	enum parse_result header = amqp_frame_read_protocol_header(bytes);

	if (header != PARSE_INVALID)
		return header == PARSE_DONE ? DETECT_REQUEST : DETECT_NEED_MORE;
	while (bytes.size) {
		struct amqp_frame frame;
		enum parse_result result = amqp_frame_read(bytes, false, &frame);
		enum detect_result verdict;

		if (result != PARSE_DONE)
			return result == PARSE_INVALID ? DETECT_NO : DETECT_NEED_MORE;
		verdict = judge(&frame);
		if (verdict != DETECT_NEED_MORE || (frame.is_cut && frame.type != AMQP_FRAME_BODY))
			return verdict;
		bytes = view_skip(bytes, frame.consumed);
		if (frame.type != AMQP_FRAME_BODY)
			continue;
		if (frame.skip > bytes.size)
			return DETECT_NEED_MORE;
		if ((uint8_t)bytes.bytes[frame.skip - 1] != FRAME_END)
			return DETECT_NO;
		bytes = view_skip(bytes, (size_t)frame.skip);
	}
	return DETECT_NEED_MORE;
}

/* A whole frame of that side begins here: a method whose arguments can be read, or the content
 * that follows one. */
static bool begins_here(enum message_kind side, struct view bytes)
{
	uint8_t sender = side == MESSAGE_REQUEST ? AMQP_SENT_BY_CLIENT : AMQP_SENT_BY_SERVER;
	struct amqp_frame frame;
	struct amqp_method method;

	if (amqp_frame_read(bytes, false, &frame) != PARSE_DONE || frame.is_cut ||
	    judge(&frame) == DETECT_NO)
		return false;
	if (frame.type == AMQP_FRAME_HEADER)
		return true;
	return frame.type == AMQP_FRAME_METHOD && amqp_method_read(frame.payload, false, &method) &&
	       method.kind->sender & sender;
}

bool amqp_frame_resume(enum message_kind side, struct view bytes, size_t *ret_offset)
{
	for (size_t at = 0; at + AMQP_FRAME_HEAD_BYTES < bytes.size; at++) {
		if (at && (uint8_t)bytes.bytes[at - 1] != FRAME_END)
			continue;
		if (!begins_here(side, view_skip(bytes, at)))
			continue;
		*ret_offset = at;
		return true;
	}
	return false;
}
