/*
 * Reads an HTTP/2 connection frame by frame (RFC 9113). A stream that a client opens is an
 * exchange, its identifier the key: it ends with the server's END_STREAM or with a reset. Bodies
 * are skipped by length; of gRPC's, prefixes of messages are counted. Header blocks are decoded
 * whosever stream they belong to, because each may change the tables.
 */
#include "protocols/http2/http2_session.h"

#include "protocols/http2/http2_block.h"
#include "protocols/http2/http2_detect.h"
#include "protocols/http2/http2_frame.h"
#include "protocols/http2/http2_stream.h"

#define MAX_GATHERED_BYTES 49152 /* of a body's frame, to count the messages in it */

struct reading {
	struct http2_session *session;
	struct unit *unit;
	const struct exchange_sink *sink;
	struct http2_frame frame;
	struct view payload; /* what of it is there */
};

_Static_assert(sizeof(struct http2_session) <= MAX_SESSION_BYTES, "fits the connection");

int http2_session_begin(void *self, struct session_budget *budget,
			const struct session_start *start)
{
	struct http2_session *session = self;

	session->budget = budget;
	for (int side = 0; side < 2 && start->is_from_start; side++)
		hpack_decoder_init(&session->decoders[side], budget);
	return 0;
}

void http2_session_end(void *self, struct session_budget *budget)
{
	struct http2_session *session = self;

	for (int side = 0; side < 2; side++)
		hpack_decoder_done(&session->decoders[side], budget);
}

void http2_session_lose(void *self, enum message_kind side)
{
	struct http2_session *session = self;

	hpack_decoder_lose(&session->decoders[side], session->budget);
	session->epochs[side]++;
}

bool http2_session_resume(void *self, enum message_kind side, struct view bytes, size_t *ret_offset)
{
	struct http2_session *session = self;

	(void)side;
	return http2_detect_boundary(bytes, session->last_stream, ret_offset);
}

/* The pair state has no alignment to speak of. */
static bool load_stream(const struct reading *r, struct http2_stream *ret)
{
	unsigned char *state = r->sink->state(r->sink->self, r->frame.stream);

	if (!state)
		return false;
	memcpy(ret, state, sizeof(*ret));
	for (int side = 0; side < 2; side++)
		ret->messages[side].is_uncertain |= ret->epochs[side] != r->session->epochs[side];
	return true;
}

static void save_stream(const struct reading *r, const struct http2_stream *stream)
{
	unsigned char *state = r->sink->state(r->sink->self, r->frame.stream);

	if (state)
		memcpy(state, stream, sizeof(*stream));
}

static enum parse_result finish_unit(struct unit *unit, uint64_t size)
{
	unit->consumed = size < unit->bytes.size ? (size_t)size : unit->bytes.size;
	unit->skip = size - unit->consumed;
	return PARSE_DONE;
}

static enum parse_result finish_frame(const struct reading *r)
{
	return finish_unit(r->unit, HTTP2_FRAME_HEADER_BYTES + (uint64_t)r->frame.length);
}

/* Says what is known of the answer by the end of the stream, and ends it. */
static void end_stream(const struct reading *r, const struct http2_stream *stream, bool has_unknown)
{
	struct message message;

	if (stream->is_grpc) {
		http2_stream_answer(stream, has_unknown, &message);
		r->sink->answer(r->sink->self, r->frame.stream, &message);
	}
	r->sink->end(r->sink->self, r->frame.stream);
}

static void open_stream(const struct reading *r, const struct http2_head *head)
{
	const struct exchange_sink *sink = r->sink;
	struct http2_stream stream = {.status = 0};
	struct message message;

	/* Trailers of a stream whose beginning was not seen have no such field. */
	if (!head->values[HTTP2_FIELD_METHOD].size && !head->values[HTTP2_FIELD_SCHEME].size &&
	    !head->values[HTTP2_FIELD_PATH].size && !head->values[HTTP2_FIELD_AUTHORITY].size)
		return;
	memcpy(stream.epochs, r->session->epochs, sizeof(stream.epochs));
	http2_stream_open(&stream, head, &message);
	message.head_size = HTTP2_FRAME_HEADER_BYTES + (uint64_t)r->frame.length;
	sink->open(sink->self, r->frame.stream, &message);
	save_stream(r, &stream);
	if (r->frame.flags & HTTP2_FLAG_END_STREAM)
		sink->add(sink->self, r->frame.stream, 0);
}

static void take_request_head(const struct reading *r, const struct http2_head *head)
{
	struct http2_stream stream;

	if (r->frame.stream % 2 == 0)
		return;
	if (r->frame.stream > r->session->last_stream)
		r->session->last_stream = r->frame.stream;
	if (load_stream(r, &stream))
		r->sink->add(r->sink->self, r->frame.stream, 0);
	else
		open_stream(r, head);
}

static void take_response_head(const struct reading *r, const struct http2_head *head)
{
	bool is_end = r->frame.flags & HTTP2_FLAG_END_STREAM;
	bool has_unknown = head->has_unknown || head->is_cut;
	struct http2_stream stream;
	struct message message;
	bool was_answered;

	if (!load_stream(r, &stream))
		return;
	was_answered = stream.is_answered;
	if (!http2_stream_take_head(&stream, head)) {
		r->sink->add(r->sink->self, r->frame.stream, 0);
		return;
	}
	save_stream(r, &stream);
	/* What gRPC answers is known at its end. */
	if (stream.is_grpc && !was_answered)
		r->sink->answer(r->sink->self, r->frame.stream, NULL);
	if (!stream.is_grpc && (!was_answered || has_unknown)) {
		http2_stream_answer(&stream, has_unknown, &message);
		http2_head_refined(head, ((struct http2_fields *)message.fields)->values);
		r->sink->answer(r->sink->self, r->frame.stream, &message);
	}
	r->sink->add(r->sink->self, r->frame.stream, 0);
	if (is_end)
		end_stream(r, &stream, has_unknown);
}

static enum parse_result read_block(struct reading *r)
{
	enum message_kind side = r->unit->side;
	struct http2_block block;
	struct http2_head head;
	enum parse_result result = http2_block_read(r->unit->bytes, r->unit->is_final, &block);

	if (result != PARSE_DONE)
		return result;
	if (!hpack_decoder_read(&r->session->decoders[side], r->session->budget, block.content,
				block.is_whole, &head))
		return PARSE_INVALID;
	if (r->frame.type == HTTP2_HEADERS && side == MESSAGE_REQUEST)
		take_request_head(r, &head);
	else if (r->frame.type == HTTP2_HEADERS)
		take_response_head(r, &head);
	return finish_unit(r->unit, block.size);
}

static enum parse_result read_data(struct reading *r)
{
	enum message_kind side = r->unit->side;
	int status = GRPC_STATUS_UNKNOWN;
	struct http2_stream stream;
	struct view content = {0};
	bool is_final;
	uint64_t size;

	if (r->payload.size == 0 && r->frame.length && !r->unit->is_final)
		return PARSE_NEED_MORE;
	if (!load_stream(r, &stream))
		return finish_frame(r);
	if (!http2_frame_content(&r->frame, r->payload, &content, &size)) {
		if (r->payload.size)
			return PARSE_INVALID;
		size = 0; /* cut in front of the size of its padding */
		stream.messages[side].is_uncertain = true;
	}
	is_final = r->unit->is_final || r->payload.size >= MAX_GATHERED_BYTES;
	if (stream.is_grpc &&
	    !grpc_messages_take(&stream.messages[side], content, size, is_final, &status))
		return PARSE_NEED_MORE;
	if (status != GRPC_STATUS_UNKNOWN && status < INT16_MAX && !stream.grpc_status)
		stream.grpc_status = (int16_t)(status + 1);
	save_stream(r, &stream);
	if (r->sink->show && content.size)
		r->sink->show(r->sink->self, r->frame.stream, content);
	r->sink->add(r->sink->self, r->frame.stream, size);
	if (side == MESSAGE_RESPONSE && (r->frame.flags & HTTP2_FLAG_END_STREAM))
		end_stream(r, &stream, false);
	return finish_frame(r);
}

static enum parse_result read_reset(struct reading *r)
{
	enum message_kind side = r->unit->side;
	struct http2_stream stream;
	struct http2_fields *fields;
	struct message message;

	if (r->payload.size < 4)
		return r->unit->is_final ? finish_frame(r) : PARSE_NEED_MORE;
	if (!load_stream(r, &stream))
		return finish_frame(r);
	http2_stream_answer(&stream, false, &message);
	fields = (struct http2_fields *)message.fields;
	fields->has_reset = true;
	fields->reset_code = http2_frame_number(r->payload);
	fields->is_cancelled_late = side == MESSAGE_REQUEST && stream.has_timeout;
	r->sink->answer(r->sink->self, r->frame.stream, &message);
	r->sink->end(r->sink->self, r->frame.stream);
	return finish_frame(r);
}

static bool is_preface(struct view bytes)
{
	struct view preface = view_of(http2_frame_preface, HTTP2_PREFACE_BYTES);

	return bytes.bytes[0] == 'P' &&
	       view_equals(view_take(bytes, HTTP2_PREFACE_BYTES), view_take(preface, bytes.size));
}

enum parse_result http2_session_read(void *self, struct unit *unit,
				     const struct exchange_sink *sink)
{
	struct reading r = {.session = self, .unit = unit, .sink = sink};
	size_t wanted = HTTP2_FRAME_HEADER_BYTES;

	if (unit->bytes.size && unit->side == MESSAGE_REQUEST && is_preface(unit->bytes))
		wanted = HTTP2_PREFACE_BYTES;
	if (unit->bytes.size < wanted)
		return unit->is_final ? PARSE_INVALID : PARSE_NEED_MORE;
	if (wanted == HTTP2_PREFACE_BYTES)
		return finish_unit(unit, wanted);
	http2_frame_read(unit->bytes, &r.frame);
	if (!http2_frame_is_possible(&r.frame))
		return PARSE_INVALID;
	r.payload = view_take(view_skip(unit->bytes, HTTP2_FRAME_HEADER_BYTES), r.frame.length);
	switch (r.frame.type) {
	case HTTP2_DATA:
		return read_data(&r);
	case HTTP2_HEADERS:
	case HTTP2_PUSH_PROMISE:
		return read_block(&r);
	case HTTP2_RST_STREAM:
		return read_reset(&r);
	case HTTP2_CONTINUATION: /* of a block that was cut or not seen */
		hpack_decoder_lose(&r.session->decoders[unit->side], r.session->budget);
		return finish_frame(&r);
	default:
		return finish_frame(&r);
	}
}
