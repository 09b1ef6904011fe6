/*
 * A session of a WebSocket is one exchange, from its first frame to the first frame that closes it:
 * messages are counted, and nothing of what they say is looked at. No bytes prove a WebSocket by
 * themselves, so it is never detected: HTTP/1 says what follows its 101.
 */
#include "protocols/websocket/websocket.h"

#include "protocols/conversation.h"
#include "protocols/websocket/websocket_describe.h"
#include "protocols/websocket/websocket_frame.h"

#define SESSION_KEY 1

struct session {
	struct websocket_totals totals;
	bool is_partial[2]; /* a message goes on */
	bool is_lost[2];    /* whether one goes on is not known */
	bool is_open, is_closed;
};

_Static_assert(sizeof(struct websocket_totals) <= MESSAGE_FIELDS_BYTES, "fits into a message");

static enum detect_result detect(struct view bytes)
{
	(void)bytes;
	return DETECT_NO;
}

/* Does the frame fit to the one before? (Section 5.4.) */
static bool is_in_order(const struct session *session, enum message_kind side,
			const struct websocket_frame *frame)
{
	bool goes_on = frame->opcode == WEBSOCKET_CONTINUATION;

	if (websocket_frame_is_control(frame) || session->is_lost[side])
		return true;
	return goes_on == session->is_partial[side];
}

/* The end of a message whose beginning was lost counts too. */
static void count_data(struct session *session, enum message_kind side,
		       const struct websocket_frame *frame)
{
	struct websocket_counts *counts = &session->totals.sides[side];

	counts->bytes += frame->payload_size;
	counts->messages += frame->is_last;
	session->is_partial[side] = !frame->is_last;
	session->is_lost[side] = false;
	session->totals.is_compressed |= frame->is_compressed;
}

static void tell(struct session *session, const struct exchange_sink *sink)
{
	struct message message;

	memset(&message, 0, offsetof(struct message, fields));
	if (!session->is_open) {
		session->is_open = true;
		memcpy(message.fields, &session->totals, sizeof(session->totals));
		sink->open(sink->self, SESSION_KEY, &message);
	}
	memcpy(message.fields, &session->totals, sizeof(session->totals));
	sink->answer(sink->self, SESSION_KEY, &message);
	if (session->is_closed && sink->state(sink->self, SESSION_KEY))
		sink->end(sink->self, SESSION_KEY);
}

static void take_frame(struct session *session, enum message_kind side,
		       const struct websocket_frame *frame, struct view bytes,
		       const struct exchange_sink *sink)
{
	/* What the other side says before it has read of the end is no part of the session. */
	if (session->is_closed)
		return;
	if (frame->opcode == WEBSOCKET_CLOSE) {
		session->is_closed = true;
		session->totals.close_code = websocket_frame_close_code(frame, bytes);
		session->totals.closed_by = (uint8_t)side;
	} else if (!websocket_frame_is_control(frame)) {
		count_data(session, side, frame);
	}
	tell(session, sink);
}

static enum parse_result read(void *self, struct unit *unit, const struct exchange_sink *sink)
{
	struct session *session = self;
	struct websocket_frame frame;
	enum parse_result result = websocket_frame_parse(unit->side, unit->bytes, &frame);
	size_t wanted;

	if (result != PARSE_DONE)
		return result == PARSE_NEED_MORE && unit->is_final ? PARSE_INVALID : result;
	if (!is_in_order(session, unit->side, &frame))
		return PARSE_INVALID;
	/* The reason of a close frame is short, and its code is wanted. */
	wanted = frame.header_size +
		 (frame.opcode == WEBSOCKET_CLOSE ? (size_t)frame.payload_size : 0);
	if (unit->bytes.size < wanted && !unit->is_final)
		return PARSE_NEED_MORE;
	if (wanted > unit->bytes.size)
		wanted = unit->bytes.size;
	take_frame(session, unit->side, &frame, unit->bytes, sink);
	unit->consumed = wanted;
	unit->skip = frame.header_size + frame.payload_size - wanted;
	return PARSE_DONE;
}

static void lose(void *self, enum message_kind side)
{
	struct session *session = self;

	session->is_lost[side] = true;
}

/* Senders give whole frames to a call: one that begins with a frame ends with one. */
static bool resume(void *self, enum message_kind side, struct view bytes, size_t *ret_offset)
{
	struct websocket_frame frame;
	struct view rest = bytes;

	(void)self;
	while (rest.size) {
		if (websocket_frame_parse(side, rest, &frame) != PARSE_DONE ||
		    frame.payload_size > rest.size - frame.header_size)
			return false;
		rest = view_skip(rest, frame.header_size + (size_t)frame.payload_size);
	}
	*ret_offset = 0;
	return bytes.size > 0;
}

static const struct conversation conversation = {
	.is_keyed = true,
	.is_session = true,
	.session_size = sizeof(struct session),
	.read = read,
	.lose = lose,
	.resume = resume,
};

const struct protocol protocol_websocket = {
	.name = "websocket",
	.mode = CAPTURE_STREAM,
	.conversation = &conversation,
	.detect = detect,
	.describe_request = websocket_describe_request,
	.describe_response = websocket_describe_response,
};
