/*
 * One direction of a connection: turns segments (with positions, gaps and bytes that were never
 * captured) into messages. Owns order, gaps, resynchronisation and body counting, once for all
 * protocols. Capture thread.
 */
#ifndef CONNECTION_BYTE_STREAM_H
#define CONNECTION_BYTE_STREAM_H

#include "base/byte_buffer.h"
#include "base/drops.h"
#include "protocols/protocol.h"

#define MAX_HEAD_BYTES 65536 /* of one message, buffered only when it comes in pieces */

enum stream_state {
	STREAM_HEAD,         /* at or inside the head of a message */
	STREAM_BODY_LENGTH,  /* body_left bytes still to come */
	STREAM_BODY_CHUNKED, /* the protocol's parser follows it */
	STREAM_BODY_LOST, /* self-delimited, but its framing was not captured: ends with a tail or a
			     turn */
	STREAM_BODY_OPEN, /* until the stream ends */
	STREAM_LOST,      /* the place was lost: waiting for a segment that begins a message */
	STREAM_OVER,      /* what it spoke has ended: bytes mean nothing any more */
};

struct byte_stream;

/* What the stream tells its connection; every call happens inside byte_stream_take or one of the
 * others below. */
struct byte_stream_sink {
	/* A head was parsed. first_ns: when the message's first byte moved. False: the message
	 * cannot be used. */
	bool (*on_head)(struct byte_stream *stream, struct message *message);
	void (*on_body)(struct byte_stream *stream, uint64_t payload_bytes);
	/* The message is complete; last_ns: when its last byte moved. */
	void (*on_end)(struct byte_stream *stream, uint64_t last_ns);
	/* The place was lost where a head should be: messages may be missing. */
	void (*on_lost)(struct byte_stream *stream);
	/* Where a response finds what its request left for it; 16 bytes, never NULL. */
	unsigned char *(*pair_state)(struct byte_stream *stream);
	/* What of a body is there, before it is counted; may be NULL. */
	void (*on_body_bytes)(struct byte_stream *stream, struct view bytes);
};

struct byte_stream {
	const struct byte_stream_sink *sink;
	const struct protocol *protocol;
	void *owner; /* of the sink's functions */
	struct drops *drops;
	enum message_kind kind;
	enum stream_state state;
	struct byte_buffer head;   /* pieces of an incomplete head */
	uint64_t next_position;    /* of the next byte expected */
	bool gathered_at_turn;     /* before the protocol is known: what is gathered began a turn */
	uint64_t message_position; /* of the present message's first byte */
	uint64_t message_first_ns;
	uint64_t body_left;
	uint64_t last_ns; /* of the last byte seen or told about */
	bool has_position;
	bool is_lossy;        /* something of the present message was lost */
	bool is_body_counted; /* the payload bytes given to on_body are exact so far */
	uint8_t failures;     /* heads and turns in a row that were not the protocol */
	_Alignas(8) unsigned char body_state[PROTOCOL_BODY_STATE_BYTES];
};

void byte_stream_init(struct byte_stream *stream, const struct byte_stream_sink *sink, void *owner,
		      struct drops *drops);
void byte_stream_done(struct byte_stream *stream);

/* From here on it carries messages of this kind. Bytes gathered before (byte_stream_gather) come
 * first. */
void byte_stream_begin(struct byte_stream *stream, const struct protocol *protocol,
		       enum message_kind kind);

/*
 * One segment: `bytes` are the first of `length` (the last with is_tail). first_ns and last_ns:
 * when its first and last byte moved. is_turn: it begins a turn, so a message may begin with it.
 */
struct stream_segment {
	uint64_t position;
	uint64_t length;
	struct view bytes;
	uint64_t first_ns;
	uint64_t last_ns;
	bool is_turn;
	bool is_tail;
};
void byte_stream_take(struct byte_stream *stream, const struct stream_segment *segment);

/* A record in its order says that the direction stood at `position`, last moved at last_ns: bytes
 * up to there that were not sent up will not come any more. */
void byte_stream_advance(struct byte_stream *stream, uint64_t position, uint64_t last_ns);

/* The kernel's table says so, and may be ahead of the records in the ring: only counts a body, and
 * nothing where it is beyond the body's end. */
void byte_stream_progress(struct byte_stream *stream, uint64_t position, uint64_t last_ns);

/* The other side took its turn: what ends with a turn ends now. */
void byte_stream_turn_over(struct byte_stream *stream);

/* No more bytes will come in this direction. */
void byte_stream_end(struct byte_stream *stream);

/* What it spoke has ended; nothing more is made of its bytes. */
void byte_stream_stop(struct byte_stream *stream);

#endif
