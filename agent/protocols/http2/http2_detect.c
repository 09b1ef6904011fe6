/*
 * A client's preface is proof. Without it a chain of frame headers must be: each frame one of the
 * RFC's own, its length leading to the next one up to the end of what is there, and among them a
 * header block that is one and names what only a request or a response has, or the settings that a
 * server begins with.
 */
#include "protocols/http2/http2_detect.h"

#include "protocols/http2/hpack_tolerant.h"
#include "protocols/http2/http2_frame.h"
#include "protocols/http2/http2_head.h"

#define MAX_CHAIN                64
#define MAX_SETTING              16 /* the highest identifier IANA has given out (RFC 9297) */
#define MIN_EXPERIMENTAL_SETTING 0xf000
#define PROOF_BITS               40 /* of a frame's beginning: one in 10^12 by chance */
#define MAX_NEAR_STREAMS         2000
#define MAX_STREAM_ADVANCE       1000000 /* streams that may have come and gone unseen */

/* What a chain was found to hold. */
struct chain {
	bool is_possible;
	bool is_whole; /* it led to the end of the bytes */
	unsigned bits; /* how many bits of it would have been otherwise by chance */
	bool begins_with_settings;
	bool has_settings; /* at least one, all of them known */
	bool is_request, is_response;
	unsigned frames_count;
	uint32_t highest_stream;
};

/* All of them known or for experiments (gRPC's C core: 0xfe03), and one at least known. */
static bool are_settings(struct view payload)
{
	bool is_empty = payload.size == 0, has_known = false;

	for (; payload.size >= 6; payload = view_skip(payload, 6)) {
		unsigned id = http2_frame_number(payload) >> 16;

		if (id == 0 || (id > MAX_SETTING && id < MIN_EXPERIMENTAL_SETTING))
			return false;
		has_known |= id <= MAX_SETTING;
	}
	return payload.size == 0 && (is_empty || has_known);
}

/* A complete block of fields that are fields. */
static bool read_headers(const struct http2_frame *frame, struct view payload, struct chain *chain)
{
	bool is_request, is_response;
	struct http2_head head;
	struct view block;
	uint64_t size;

	if (!http2_frame_content(frame, payload, &block, &size))
		return false;
	if (!(frame->flags & HTTP2_FLAG_END_HEADERS) || size == 0)
		return size != 0;
	http2_head_init(&head);
	if (!hpack_tolerant_read(NULL, NULL, block, &head))
		return false;
	chain->bits += 8;
	is_request = head.values[HTTP2_FIELD_METHOD].size || head.values[HTTP2_FIELD_SCHEME].size;
	is_response = http2_head_status(&head) != 0;
	if (is_request == is_response)
		return !is_request && !head.values[HTTP2_FIELD_STATUS].bytes;
	chain->bits += 20;
	chain->is_request = is_request;
	chain->is_response = is_response;
	return is_response || frame->stream % 2 == 1; /* a client's streams are odd */
}

/* What a whole frame says for and against itself. */
static bool weigh(const struct http2_frame *frame, struct view payload, struct chain *chain)
{
	switch (frame->type) {
	case HTTP2_HEADERS:
		return read_headers(frame, payload, chain);
	case HTTP2_SETTINGS:
		if (!are_settings(payload))
			return false;
		chain->begins_with_settings |=
			chain->frames_count == 0 && !(frame->flags & HTTP2_FLAG_ACK);
		chain->has_settings |= payload.size > 0;
		chain->bits += 40;
		return true;
	case HTTP2_WINDOW_UPDATE:
		chain->bits += 20;
		return (http2_frame_number(payload) & 0x7fffffff) != 0;
	case HTTP2_RST_STREAM:
		chain->bits += 40;
		return http2_frame_error_name(http2_frame_number(payload)) != NULL;
	case HTTP2_PING:
		chain->bits += 40;
		return true;
	case HTTP2_PRIORITY:
		chain->bits += 20;
		return true;
	default:
		return true;
	}
}

static void follow(struct view bytes, struct chain *ret)
{
	struct http2_frame frame;

	*ret = (struct chain){.is_possible = true};
	for (; ret->frames_count < MAX_CHAIN; ret->frames_count++) {
		struct view payload;

		if (bytes.size < HTTP2_FRAME_HEADER_BYTES)
			break;
		http2_frame_read(bytes, &frame);
		ret->is_possible = http2_frame_is_plain(&frame);
		if (!ret->is_possible)
			return;
		if (frame.stream > ret->highest_stream)
			ret->highest_stream = frame.stream;
		ret->bits += 18;
		payload = view_skip(bytes, HTTP2_FRAME_HEADER_BYTES);
		if (payload.size < frame.length)
			return;
		ret->is_possible = weigh(&frame, view_take(payload, frame.length), ret);
		if (!ret->is_possible)
			return;
		bytes = view_skip(payload, frame.length);
		/* Enough, wherever the rest leads: a cut never takes a proof back. */
		if (ret->is_request || ret->is_response ||
		    (ret->begins_with_settings && ret->has_settings))
			return;
	}
	ret->is_whole = bytes.size == 0;
	/* The beginning of one more header: the length of frames is bounded. */
	if (bytes.size && (unsigned char)bytes.bytes[0] != 0)
		ret->is_possible = false;
	if (ret->frames_count == MAX_CHAIN)
		ret->is_possible = false;
}

static bool is_preface(struct view bytes)
{
	struct view preface = view_of(http2_frame_preface, HTTP2_PREFACE_BYTES);

	return view_equals(view_take(bytes, HTTP2_PREFACE_BYTES), view_take(preface, bytes.size));
}

enum detect_result http2_detect(struct view bytes)
{
	struct chain chain;

	if (bytes.size == 0)
		return DETECT_NEED_MORE;
	if (is_preface(bytes))
		return bytes.size >= HTTP2_PREFACE_BYTES ? DETECT_REQUEST : DETECT_NEED_MORE;
	if (bytes.bytes[0] != 0)
		return DETECT_NO;
	follow(bytes, &chain);
	if (!chain.is_possible)
		return DETECT_NO;
	if (chain.is_request)
		return DETECT_REQUEST;
	if (chain.is_response || (chain.begins_with_settings && chain.has_settings))
		return DETECT_RESPONSE;
	return DETECT_NEED_MORE;
}

/* Where a call goes on in the middle of a frame, what follows could be anybody's bytes that only
 * look like frames: a header block that opens or answers a stream of this connection, with the next
 * frame's header or the end of the call right behind it, is not made by chance. */
static bool is_turning_point(struct view bytes, uint32_t last_stream)
{
	struct http2_frame frame, next;
	struct chain chain;

	http2_frame_read(bytes, &frame);
	if (frame.type != HTTP2_HEADERS || frame.stream > last_stream + MAX_NEAR_STREAMS ||
	    frame.stream + MAX_NEAR_STREAMS < last_stream || frame.stream % 2 == 0)
		return false;
	follow(bytes, &chain);
	if (!chain.is_possible || chain.frames_count != 0 ||
	    (!chain.is_request && !chain.is_response))
		return false;
	bytes = view_skip(bytes, HTTP2_FRAME_HEADER_BYTES + frame.length);
	if (bytes.size < HTTP2_FRAME_HEADER_BYTES)
		return bytes.size == 0;
	http2_frame_read(bytes, &next);
	return http2_frame_is_plain(&next) &&
	       (next.stream == 0 || next.stream <= last_stream + MAX_NEAR_STREAMS);
}

static bool is_boundary(struct view bytes, uint32_t last_stream)
{
	struct chain chain;

	if (bytes.size >= HTTP2_PREFACE_BYTES && is_preface(bytes))
		return true;
	follow(bytes, &chain);
	/* The frame that proves it is not counted. */
	if (!chain.is_possible || chain.bits == 0)
		return false;
	if (last_stream && chain.highest_stream <= last_stream + MAX_STREAM_ADVANCE)
		chain.bits += 10;
	return chain.bits >= PROOF_BITS;
}

bool http2_detect_boundary(struct view bytes, uint32_t last_stream, size_t *ret_offset)
{
	size_t at = 0;

	if (bytes.size && is_boundary(bytes, last_stream)) {
		*ret_offset = 0;
		return true;
	}
	for (; last_stream && at + HTTP2_FRAME_HEADER_BYTES <= bytes.size; at++) {
		if (bytes.bytes[at] != 0 || bytes.bytes[at + 3] != HTTP2_HEADERS)
			continue;
		if (!is_turning_point(view_skip(bytes, at), last_stream))
			continue;
		*ret_offset = at;
		return true;
	}
	return false;
}
