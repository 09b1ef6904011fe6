/*
 * Nine bytes stand in front of every frame. A length, a type and a stream must fit together; where
 * they do not, the stream has lost its place or was never HTTP/2.
 */
#include "protocols/http2/http2_frame.h"

#define MAX_HEADERS_BYTES (1u << 20) /* of frames other than DATA */
#define MAX_SETTINGS      64
#define MAX_PLAIN_BYTES   16384 /* the size that holds where no other was agreed on */
#define FRAME_TYPES_COUNT 10

const char http2_frame_preface[HTTP2_PREFACE_BYTES + 1] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

static const char *const error_names[] = {
	"NO_ERROR",
	"PROTOCOL_ERROR",
	"INTERNAL_ERROR",
	"FLOW_CONTROL_ERROR",
	"SETTINGS_TIMEOUT",
	"STREAM_CLOSED",
	"FRAME_SIZE_ERROR",
	"REFUSED_STREAM",
	"CANCEL",
	"COMPRESSION_ERROR",
	"CONNECT_ERROR",
	"ENHANCE_YOUR_CALM",
	"INADEQUATE_SECURITY",
	"HTTP_1_1_REQUIRED",
};

static const uint8_t known_flags[FRAME_TYPES_COUNT] = {
	[HTTP2_DATA] = HTTP2_FLAG_END_STREAM | HTTP2_FLAG_PADDED,
	[HTTP2_HEADERS] = HTTP2_FLAG_END_STREAM | HTTP2_FLAG_END_HEADERS | HTTP2_FLAG_PADDED |
			  HTTP2_FLAG_PRIORITY,
	[HTTP2_SETTINGS] = HTTP2_FLAG_ACK,
	[HTTP2_PUSH_PROMISE] = HTTP2_FLAG_END_HEADERS | HTTP2_FLAG_PADDED,
	[HTTP2_PING] = HTTP2_FLAG_ACK,
	[HTTP2_CONTINUATION] = HTTP2_FLAG_END_HEADERS,
};

uint32_t http2_frame_number(struct view bytes)
{
	const unsigned char *b = (const unsigned char *)bytes.bytes;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

void http2_frame_read(struct view bytes, struct http2_frame *ret)
{
	uint32_t stream = http2_frame_number(view_skip(bytes, 5));

	ret->length = http2_frame_number(bytes) >> 8;
	ret->type = (uint8_t)bytes.bytes[3];
	ret->flags = (uint8_t)bytes.bytes[4];
	ret->stream = stream & 0x7fffffff;
	ret->has_reserved_bit = stream >> 31;
}

static bool is_settings(const struct http2_frame *frame)
{
	if (frame->stream || frame->length % 6 || frame->length > 6 * MAX_SETTINGS)
		return false;
	return !(frame->flags & HTTP2_FLAG_ACK) || frame->length == 0;
}

bool http2_frame_is_possible(const struct http2_frame *frame)
{
	if (frame->has_reserved_bit)
		return false;
	if (frame->type != HTTP2_DATA && frame->length > MAX_HEADERS_BYTES)
		return false;
	switch (frame->type) {
	case HTTP2_DATA:
	case HTTP2_HEADERS:
	case HTTP2_CONTINUATION:
		return frame->stream != 0;
	case HTTP2_PUSH_PROMISE:
		return frame->stream != 0 && frame->length > 4;
	case HTTP2_PRIORITY:
		return frame->stream != 0 && frame->length == 5;
	case HTTP2_RST_STREAM:
		return frame->stream != 0 && frame->length == 4;
	case HTTP2_SETTINGS:
		return is_settings(frame);
	case HTTP2_PING:
		return frame->stream == 0 && frame->length == 8;
	case HTTP2_GOAWAY:
		return frame->stream == 0 && frame->length >= 8;
	case HTTP2_WINDOW_UPDATE:
		return frame->length == 4;
	default:
		return true;
	}
}

bool http2_frame_is_plain(const struct http2_frame *frame)
{
	return frame->type < FRAME_TYPES_COUNT && frame->length <= MAX_PLAIN_BYTES &&
	       !(frame->flags & ~known_flags[frame->type]) && http2_frame_is_possible(frame);
}

bool http2_frame_content(const struct http2_frame *frame, struct view payload,
			 struct view *ret_content, uint64_t *ret_size)
{
	uint64_t front = 0, padding = 0;

	if (frame->flags & HTTP2_FLAG_PADDED) {
		if (payload.size == 0)
			return false;
		padding = (unsigned char)payload.bytes[0];
		front = 1;
	}
	if (frame->type == HTTP2_HEADERS && (frame->flags & HTTP2_FLAG_PRIORITY))
		front += 5;
	if (frame->type == HTTP2_PUSH_PROMISE)
		front += 4;
	if (front + padding > frame->length)
		return false;
	*ret_size = frame->length - front - padding;
	*ret_content = view_take(view_skip(payload, (size_t)front), (size_t)*ret_size);
	return true;
}

const char *http2_frame_error_name(uint32_t code)
{
	return code < sizeof(error_names) / sizeof(error_names[0]) ? error_names[code] : NULL;
}
