/*
 * The row of the CQL binary protocol, and its conversation: units are frames, or in version 5 the
 * segments that hold them. Streams are named by the client, so answers come in any order. What is
 * larger than what the kernel side sends up is read at its beginning and skipped. Segments that are
 * compressed hide all but their sizes: nothing is known of what is in them.
 */
#include "protocols/cassandra/cassandra.h"

#include "protocols/cassandra/cassandra_describe.h"
#include "protocols/cassandra/cassandra_detect.h"
#include "protocols/cassandra/cassandra_segment.h"
#include "protocols/cassandra/cassandra_session.h"

/* As much of a unit as is looked at: what one call shows of itself. */
#define WANTED_BYTES 4096

static int begin(void *self, struct session_budget *budget, const struct session_start *start)
{
	struct cassandra_session *session = self;

	session->framing = start->is_from_start ? CASSANDRA_FRAMES : CASSANDRA_UNKNOWN;
	session->statements.budget = budget;
	session->statements.names = start->names;
	return 0;
}

static void end(void *self, struct session_budget *budget)
{
	struct cassandra_session *session = self;

	(void)budget;
	cassandra_statements_done(&session->statements);
}

/* What there is to read of a unit of this size; false: more is to come. */
static bool measure(struct unit *unit, size_t size, struct view *ret_bytes)
{
	size_t wanted = size < WANTED_BYTES ? size : WANTED_BYTES;

	if (unit->bytes.size < wanted && !unit->is_final)
		return false;
	unit->consumed = unit->bytes.size < size ? unit->bytes.size : size;
	unit->skip = size - unit->consumed;
	/* No more than that: what came in one piece and what came in many must read alike. */
	*ret_bytes = view_take(unit->bytes, wanted);
	return true;
}

static enum parse_result read_frame(struct cassandra_session *session, struct unit *unit,
				    const struct exchange_sink *sink)
{
	struct cassandra_header header;
	enum parse_result result = cassandra_frame_read_header(unit->bytes, &header);
	struct view bytes;

	if (result == PARSE_NEED_MORE && unit->is_final)
		return PARSE_INVALID;
	if (result != PARSE_DONE)
		return result;
	if (header.side != unit->side)
		return PARSE_INVALID;
	if (!measure(unit, CASSANDRA_HEADER_BYTES + (size_t)header.body_size, &bytes))
		return PARSE_NEED_MORE;
	cassandra_session_take(session, &header, view_skip(bytes, CASSANDRA_HEADER_BYTES), true,
			       sink);
	return PARSE_DONE;
}

/* Whole frames, as many of them as can be seen. */
static void take_frames(struct cassandra_session *session, enum message_kind side,
			struct view payload, const struct exchange_sink *sink)
{
	struct cassandra_header header;

	while (cassandra_frame_read_header(payload, &header) == PARSE_DONE && header.side == side) {
		struct view body = view_skip(payload, CASSANDRA_HEADER_BYTES);

		cassandra_session_take(session, &header, view_take(body, header.body_size), true,
				       sink);
		payload = view_skip(body, header.body_size);
	}
}

/* A part of a frame that is too large for one segment. */
static void take_part(struct cassandra_session *session, enum message_kind side,
		      struct view payload, size_t payload_size, const struct exchange_sink *sink)
{
	struct cassandra_large *large = &session->large[side];
	struct cassandra_header header;

	if (large->left) {
		large->left -= payload_size < large->left ? payload_size : large->left;
		if (large->left == 0 && side == MESSAGE_RESPONSE &&
		    sink->state(sink->self, (uint16_t)large->stream))
			sink->end(sink->self, (uint16_t)large->stream);
		return;
	}
	if (large->is_lost || cassandra_frame_read_header(payload, &header) != PARSE_DONE ||
	    header.side != side || payload_size >= CASSANDRA_HEADER_BYTES + header.body_size) {
		large->is_lost = true;
		return;
	}
	large->left = CASSANDRA_HEADER_BYTES + (uint64_t)header.body_size - payload_size;
	large->stream = header.stream;
	cassandra_session_take(session, &header, view_skip(payload, CASSANDRA_HEADER_BYTES), false,
			       sink);
}

static enum parse_result read_segment(struct cassandra_session *session, struct unit *unit,
				      const struct exchange_sink *sink)
{
	struct cassandra_segment segment;
	enum parse_result result =
		cassandra_segment_read(unit->bytes, session->compression != NULL, &segment);
	struct view bytes;

	if (result == PARSE_NEED_MORE && unit->is_final)
		return PARSE_INVALID;
	if (result != PARSE_DONE)
		return result;
	if (!measure(unit, segment.size, &bytes))
		return PARSE_NEED_MORE;
	bytes = view_take(view_skip(bytes, segment.header_size), segment.payload_size);
	if (segment.is_self_contained)
		session->large[unit->side] = (struct cassandra_large){.left = 0};
	if (segment.is_compressed)
		return PARSE_DONE;
	if (segment.is_self_contained)
		take_frames(session, unit->side, bytes, sink);
	else
		take_part(session, unit->side, bytes, segment.payload_size, sink);
	return PARSE_DONE;
}

static enum parse_result read_unit(void *self, struct unit *unit, const struct exchange_sink *sink)
{
	struct cassandra_session *session = self;
	struct cassandra_segment segment;
	enum parse_result result;

	if (session->framing == CASSANDRA_UNKNOWN) {
		result = cassandra_segment_read(unit->bytes, false, &segment);
		if (result == PARSE_NEED_MORE)
			return unit->is_final ? PARSE_INVALID : PARSE_NEED_MORE;
		session->framing = result == PARSE_DONE ? CASSANDRA_SEGMENTS : CASSANDRA_FRAMES;
	}
	return session->framing == CASSANDRA_SEGMENTS ? read_segment(session, unit, sink)
						      : read_frame(session, unit, sink);
}

/* The statements and the keyspace may have changed unseen only where answers were lost, and ids of
 * statements are hashes of their texts: those stay right. */
static void lose(void *self, enum message_kind side)
{
	struct cassandra_session *session = self;

	session->large[side] = (struct cassandra_large){.is_lost = true};
	if (session->framing == CASSANDRA_FRAMES)
		session->framing = CASSANDRA_UNKNOWN;
	if (side == MESSAGE_RESPONSE)
		session->keyspace_size = 0;
}

/* Frames are looked for where a call begins; of segments each header proves itself, so they are
 * found anywhere. */
static bool resume(void *self, enum message_kind side, struct view bytes, size_t *ret_offset)
{
	const struct cassandra_session *session = self;
	enum detect_result wanted = side == MESSAGE_REQUEST ? DETECT_REQUEST : DETECT_RESPONSE;

	if (session->framing != CASSANDRA_SEGMENTS) {
		*ret_offset = 0;
		return cassandra_detect(bytes) == wanted;
	}
	for (size_t at = 0; at < bytes.size && !session->compression; at++) {
		if (cassandra_detect_segment(view_skip(bytes, at)) != wanted)
			continue;
		*ret_offset = at;
		return true;
	}
	return false;
}

static const struct conversation conversation = {
	.is_keyed = true,
	.session_size = sizeof(struct cassandra_session),
	.begin = begin,
	.end = end,
	.read = read_unit,
	.lose = lose,
	.resume = resume,
};

const struct protocol protocol_cassandra = {
	.name = "cassandra",
	.mode = CAPTURE_STREAM,
	.conversation = &conversation,
	.detect = cassandra_detect,
	.describe_request = cassandra_describe_request,
	.describe_response = cassandra_describe_response,
};
