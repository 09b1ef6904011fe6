/*
 * One direction of a connection whose protocol is a conversation: turns segments (with positions,
 * gaps and bytes that were never captured) into units. Works on a byte_stream, of which it uses the
 * place, the buffer and the times: STREAM_HEAD is at or inside a unit, STREAM_BODY_LENGTH skips the
 * rest of one. Private to this room. Capture thread.
 */
#ifndef CONNECTION_CONVERSATION_STREAM_H
#define CONNECTION_CONVERSATION_STREAM_H

#include "connection/byte_stream.h"
#include "protocols/conversation.h"

/* What the stream tells its connection, inside one of the functions below. */
struct conversation_stream_sink {
	/* A unit is to be read: stream->message_position and message_first_ns are its first
	 * byte's. */
	enum parse_result (*read)(struct byte_stream *stream, struct unit *unit);
	/* Its last byte has moved, at stream->last_ns. */
	void (*on_unit_end)(struct byte_stream *stream);
	/* The place was lost where a unit should be: units may be missing. */
	void (*on_lost)(struct byte_stream *stream);
	/* As struct conversation has it. */
	bool (*resume)(struct byte_stream *stream, struct view bytes, size_t *ret_offset);
};

/* From here on it carries units; bytes gathered before come first. */
void conversation_stream_begin(struct byte_stream *stream, const struct protocol *protocol,
			       enum message_kind side);

void conversation_stream_take(struct byte_stream *stream,
			      const struct conversation_stream_sink *sink,
			      const struct stream_segment *segment);

/* Bytes up to `position` moved, and those not sent up will not come any more. */
void conversation_stream_advance(struct byte_stream *stream,
				 const struct conversation_stream_sink *sink, uint64_t position,
				 uint64_t last_ns);

/* The place is not known: units begin where resume says so. Counts nothing. */
void conversation_stream_lose(struct byte_stream *stream);

/* A unit begins with the next byte, which is at `position`. */
void conversation_stream_restart(struct byte_stream *stream, uint64_t position);

#endif
