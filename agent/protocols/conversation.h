/*
 * The interface of protocols that pipeline, multiplex or push: a const table that the protocol's
 * row points to (protocol.h: conversation). Both directions of a connection are read unit by unit
 * (a frame, a packet, a command), in the order in which they moved, with a memory of the connection
 * between them; the protocol says which exchanges begin, are answered and end. Order, gaps,
 * timestamps and caps live in connection/ (conversation_stream.c, conversation_pairing.c).
 *
 * A protocol has no clock, no log and no globals, and is total: any bytes in any order give one of
 * the results, and nothing it keeps grows without bound. Capture thread.
 */
#ifndef PROTOCOLS_CONVERSATION_H
#define PROTOCOLS_CONVERSATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/view.h"
#include "protocols/protocol.h"
#include "protocols/shared_names.h"

/* What a unit may do to the exchanges of its connection; every function is set. `self` comes first
 * in every call; calls are made inside read and resume only. */
struct exchange_sink {
	void *self;

	/*
	 * An exchange begins with this unit: the protocol's describe_request is given the message.
	 * Opened by what the client sends, it is a call; opened by what the server sends, a
	 * delivery. On the side that receives the unit it is the root of what is done for it
	 * (exchange->is_server), on the side that sends it a call of that side. `key` names it
	 * until it ends: any number, unique among those open on the connection (a stream id, a
	 * correlation id, or a count that the session keeps).
	 */
	void (*open)(void *self, uint64_t key, struct message *message);

	/* The same, where only what the server says shows that there was a call: it is the
	 * client's, and began with what that said last. */
	void (*open_asked)(void *self, uint64_t key, struct message *message);

	/* PROTOCOL_PAIR_STATE_BYTES of the protocol's own, zeroed at open; NULL: no such exchange
	 * is open (its beginning was not seen, or there was no room). */
	unsigned char *(*state)(void *self, uint64_t key);

	/* More of it is in this unit, on the unit's side: payload_bytes of a body (may be 0). The
	 * body sizes of an exchange are known only where this was called for it. */
	void (*add)(void *self, uint64_t key, uint64_t payload_bytes);

	/* Its answer began with this unit, or goes on: describe_response is given the message
	 * (NULL: nothing to say yet). May be called again as more is known. */
	void (*answer)(void *self, uint64_t key, struct message *message);

	/* It is complete with the last byte of this unit. */
	void (*end)(void *self, uint64_t key);

	/* With the last byte of this unit the connection speaks something else in both directions:
	 * `next`, or what its bytes will prove (NULL): TLS, or what a tunnel carries. Exchanges
	 * that are open end with it. */
	void (*become)(void *self, const struct protocol *next);

	/* What was captured of its body on the unit's side, before add: describe_body is given it.
	 * May be NULL. */
	void (*show)(void *self, uint64_t key, struct view bytes);
};

/* One unit, or what was captured of it. */
struct unit {
	enum message_kind
		side;      /* MESSAGE_REQUEST: the client sent it; MESSAGE_RESPONSE: the server */
	struct view bytes; /* from its first byte on; other units may follow it */
	bool is_final;     /* no more of it will be seen than is there: the capture was cut */
	/* Written with PARSE_DONE. */
	size_t consumed; /* at least 1, at most bytes.size */
	uint64_t skip;   /* bytes behind them that belong to it and need not be seen */
};

/* Memory that sessions take beyond session_size; shared by all connections. */
struct session_budget {
	size_t used_bytes, max_bytes;
};

/* What is known of a connection when its session begins. */
struct session_start {
	bool is_from_start;      /* it was seen from its first byte */
	struct name_scope names; /* what others were told; outlives the session */
};

struct conversation {
	/*
	 * Keys come from the wire: where bytes are lost, exchanges that are open stay open, and
	 * each side finds its place by itself. Otherwise they are counted, and order is all there
	 * is: after a loss both sides begin again where the client takes its turn.
	 */
	bool is_keyed;

	/* An exchange is what the whole connection is used for: a call of the client's, whichever
	 * side speaks first. Where the server does, it began with what the client said last. */
	bool is_session;

	size_t session_size; /* at most MAX_SESSION_BYTES; zeroed before begin */
	/* May be NULL. 0 or -errno (then the connection is not followed, and that is counted). */
	int (*begin)(void *session, struct session_budget *budget,
		     const struct session_start *start);
	void (*end)(void *session, struct session_budget *budget); /* may be NULL */

	/*
	 * Reads one unit. PARSE_NEED_MORE: it is not whole, and so far it fits; only where the rest
	 * is needed (a unit of known size is better skipped than gathered: at most MAX_HEAD_BYTES
	 * are). Not with is_final. PARSE_INVALID: this is not the protocol, or the stream lost its
	 * place.
	 */
	enum parse_result (*read)(void *session, struct unit *unit,
				  const struct exchange_sink *sink);

	/* Bytes of this side were lost: what was known of the order, of half-read units and of
	 * names that may have changed is void. */
	void (*lose)(void *session, enum message_kind side);

	/*
	 * After a loss (and where a connection is joined midway): at which byte of what one call
	 * sent or received does a unit begin, on proof? False: none is known to. Where keys are
	 * counted, the server's side may say so only where the session knows which exchange the
	 * unit belongs to: the end of the only answer that is awaited.
	 */
	bool (*resume)(void *session, enum message_kind side, struct view bytes,
		       size_t *ret_offset);

	/* Not keyed: both sides begin anew here, nothing is outstanding. May be NULL. */
	void (*restart)(void *session);

	/* Both or none: what was known when the connection became TLS, for the session of the same
	 * protocol that goes on inside of it, after its begin. */
	uint32_t (*hand_over)(const void *session);
	void (*take_over)(void *session, uint32_t word);
};

#define MAX_SESSION_BYTES 4096

#endif
