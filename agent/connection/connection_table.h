/*
 * All connections of traced processes: events in, exchanges out. A connection is announced by the
 * kernel side, gets its protocol from its bytes, and goes with its end. Bounded; full means the
 * oldest makes room. Capture thread.
 */
#ifndef CONNECTION_CONNECTION_TABLE_H
#define CONNECTION_CONNECTION_TABLE_H

#include "base/drops.h"
#include "model/event.h"
#include "model/exchange.h"

struct connection_table;

/* Who gets the exchanges, and who carries out what the table wants of the kernel side. `self` comes
 * first in every call. */
struct connection_sink {
	void *self;

	/* The head of a request was parsed (message NULL: a call over a protocol not known). May
	 * set exchange->span. */
	void (*on_request)(void *self, struct exchange *exchange, const struct message *message);
	/* The head of its final response was parsed; NULL likewise. */
	void (*on_response)(void *self, struct exchange *exchange, const struct message *message);
	/* Complete, or given up (is_aborted). The exchange is gone after this. */
	void (*on_finish)(void *self, struct exchange *exchange);

	/* May be NULL (replay). */
	void (*set_mode)(void *self, const struct connection_identity *connection,
			 enum capture_mode mode);
	/* Asks for a RECORD_CONNECTION_PROGRESS to be taken, now or soon; may be NULL. */
	void (*ask_progress)(void *self, const struct connection_identity *connection);
	/* Its process is gone and nobody will end it: the kernel side may let go of it; may be
	 * NULL. */
	void (*forget)(void *self, const struct connection_identity *connection);
	/* What was captured of a body; may be NULL. */
	void (*on_body)(void *self, struct exchange *exchange, enum message_kind kind,
			struct view bytes);
};

struct connection_table_settings {
	size_t max_connections;
	bool has_calls;           /* client calls over protocols not known become exchanges too */
	size_t max_session_bytes; /* what protocols keep of all connections together */
};

int connection_table_new(struct connection_table **ret,
			 const struct connection_table_settings *settings,
			 const struct connection_sink *sink, struct drops *drops);

/* Open exchanges are finished as aborted. */
void connection_table_free(struct connection_table **table);

/* Events of connections: open, segment, end, progress. Others are ignored. */
void connection_table_take(struct connection_table *table, const struct event *event);

/* A process is gone: what the kernel does not close for it (shared and UNIX sockets) ends a little
 * later. */
void connection_table_process_exited(struct connection_table *table, uint32_t tgid,
				     uint64_t now_ns);

/* Every few milliseconds of record time: asks after bodies under way, ends what is idle or
 * orphaned. */
void connection_table_tick(struct connection_table *table, uint64_t now_ns);

/* Ends everything: the recording or the session is over. */
void connection_table_finish(struct connection_table *table, uint64_t now_ns);

size_t connection_table_count(const struct connection_table *table);

#endif
