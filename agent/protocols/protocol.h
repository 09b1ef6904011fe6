/*
 * The interface of a protocol: a const table and one row in registry.c. A protocol is pure: no
 * allocation, clock, log or globals, and total: any bytes give one of the results. Order, gaps,
 * timestamps, pairing and caps live in connection/. Protocols that answer one request after the
 * other have parse and parse_body; all others a conversation (conversation.h) instead of the two.
 */
#ifndef PROTOCOLS_PROTOCOL_H
#define PROTOCOLS_PROTOCOL_H

#include <stddef.h>
#include "base/view.h"
#include "model/exchange.h"
#include "model/span.h"

struct arena;

enum parse_result {
	PARSE_DONE,      /* *ret_consumed bytes made one unit */
	PARSE_NEED_MORE, /* so far it fits; nothing consumed (parse), or all of it (parse_body) */
	PARSE_INVALID,   /* this is not the protocol, or the stream lost its place */
};

enum detect_result { DETECT_NO, DETECT_NEED_MORE, DETECT_REQUEST, DETECT_RESPONSE };

/* What a response needs to know of its request (HEAD and CONNECT change the framing), kept by the
 * exchange queue. */
#define PROTOCOL_PAIR_STATE_BYTES 32

struct conversation;

/* Which exchange a datagram belongs to (connection/datagram_table.h). */
struct datagram_label {
	uint64_t key;     /* unique among those open between two sockets */
	uint64_t subject; /* what it is about: the same when it is repeated or answered; 0: the
			     datagram does not say */
};

struct protocol {
	const char *name; /* network.protocol.name: "http" */
	enum capture_mode mode;
	bool is_http;                            /* sizes of its messages are http.* attributes */
	const struct conversation *conversation; /* NULL: one request after the other */

	/* Does a stream (or a stream joined at a turn) that begins so speak it, and which side
	 * began? Claims only on proof. */
	enum detect_result (*detect)(struct view bytes);

	/*
	 * One head at the start of bytes. `is_final` says no more of this head will come (the
	 * capture was cut or the stream ended): the parser then makes what it can of a truncated
	 * head (message->is_truncated, framing BODY_UNTIL_CLOSE where it is not known) or says
	 * PARSE_INVALID. pair_state is written by a request and read by its response; all zero when
	 * the request is not known.
	 */
	enum parse_result (*parse)(enum message_kind kind, struct view bytes, bool is_final,
				   unsigned char pair_state[PROTOCOL_PAIR_STATE_BYTES],
				   struct message *ret_message, size_t *ret_consumed);

	/* Of a protocol that is spoken in datagrams too: reads one, which may be cut. False: this
	 * is not the protocol. NULL: it has none. */
	bool (*parse_datagram)(struct view bytes, struct message *ret_message,
			       struct datagram_label *ret_label);

	/*
	 * A self-delimited body (BODY_CHUNKED), fed as it comes. body_state is zeroed at the start
	 * of each body. PARSE_NEED_MORE: all bytes consumed; *ret_skip more bytes may be skipped
	 * unseen before the next call (chunk data that was not captured). PARSE_DONE: the body
	 * ended after *ret_consumed. *ret_payload gets the decoded bytes added by this call and by
	 * the skip.
	 */
	enum parse_result (*parse_body)(void *body_state, struct view bytes, size_t *ret_consumed,
					uint64_t *ret_skip, uint64_t *ret_payload);
	size_t body_state_size; /* at most PROTOCOL_BODY_STATE_BYTES */

	/* Do these last bytes of a segment look like the end of a self-delimited body whose framing
	 * was lost? */
	bool (*ends_body)(struct view tail);

	/* Attributes, name, operation, origin by the semantic conventions. Strings go into the
	 * arena. */
	void (*describe_request)(const struct message *message, const struct exchange *exchange,
				 struct span *span, struct arena *arena);
	void (*describe_response)(const struct message *message, const struct exchange *exchange,
				  struct span *span, struct arena *arena);

	/* What was captured of a body, of spans whose notes are not 0; the exchange's body bytes
	 * are those that came before. Not every byte is shown. May be NULL. */
	void (*describe_body)(enum message_kind kind, struct view bytes,
			      const struct exchange *exchange, struct span *span,
			      struct arena *arena);
};

#define PROTOCOL_BODY_STATE_BYTES 32

/* All protocols, in the order they are asked; NULL ends the list. */
extern const struct protocol *const protocol_registry[];

#endif
