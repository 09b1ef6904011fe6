/* One connection: its two streams, its waiting exchanges and what it waits for. Private to this
 * room. Capture thread. */
#ifndef CONNECTION_CONNECTION_H
#define CONNECTION_CONNECTION_H

#include "connection/byte_stream.h"
#include "connection/connection_table.h"
#include "connection/exchange_queue.h"
#include "protocols/conversation.h"

/* Who moved the latest bytes of a direction. */
struct last_move {
	uint64_t context;
	uint64_t position;
	uint32_t tgid;
	uint32_t tid;
	uint32_t tcp_sequence; /* of the byte at position */
	bool has_sequence;
};

/* Of a conversation whose keys are counted, joined midway or found again: is the order right? */
enum order_doubt {
	DOUBT_NONE,
	DOUBT_NEW,   /* the client's next turn is a trial */
	DOUBT_TRIAL, /* until it takes the one after that, with everything answered */
};

struct connection {
	struct connection_identity identity;
	struct connection_table *table;
	struct byte_stream streams[2]; /* by enum stream_direction */
	const struct protocol *protocol;
	enum stream_direction request_direction;
	struct exchange_queue queue;
	struct pending_exchange *current_request; /* whose request is still under way */
	bool is_unknown;                          /* the first bytes were no protocol we know */
	bool is_over;       /* what it spoke ended (Upgrade, CONNECT, too many failures) */
	bool is_waiting;    /* in the table's list of those with something under way */
	bool is_turn;       /* the present segment begins a turn */
	bool is_order_lost; /* a request was lost: until nothing waits, responses have no owner */
	uint64_t last_ns;   /* of the last record or progress */
	uint64_t dies_ns;   /* its process is gone; 0 while it lives */
	uint64_t asked_ns;
	uint32_t open_turns;    /* whose bytes proved nothing yet */
	uint32_t late_turns;    /* joined midway and unknown: that were looked at */
	uint32_t foreign_turns; /* seen without a protocol, on a connection that makes no calls */
	uint8_t hellos;         /* of its two directions: 1 << enum stream_direction */
	bool has_shaken_hands;  /* the hellos are over: by its turns it makes calls */
	bool has_finished;      /* the client's last message of that was seen */
	bool has_asked;         /* the client's turn is more than that */
	bool has_spoken;        /* any turn of the client was */
	bool is_given_over;     /* what it says is told by another, which is not encrypted */
	struct connection *waiting_next, *waiting_previous;
	struct last_move moves[2]; /* by enum stream_direction */
	/* Of a conversation. */
	void *session;
	struct byte_stream *reading; /* the stream whose unit is being read */
	enum order_doubt doubt;
	bool has_ending; /* exchanges end with a unit whose last byte is still to come */
	/* The present message or unit is the last of its protocol; next_protocol NULL: not known.
	 */
	bool is_becoming;
	const struct protocol *next_protocol;
};

/* What a ciphertext leaves to its plaintext, which is announced right after. */
#define MAX_TLS_HANDOVERS 64
struct tls_handover {
	uint64_t socket; /* 0: taken */
	struct tls_facts facts;
};
struct tls_handovers {
	struct tls_handover ring[MAX_TLS_HANDOVERS];
	uint32_t next;
};

/* What the connection needs of its table. */
struct connection_context {
	struct connection_sink sink;
	struct exchange_pool pool;
	struct drops *drops;
	uint64_t next_exchange_id;
	struct session_budget budget;
	struct shared_names *names;
	bool has_calls;
};
struct connection_context *connection_table_context(struct connection_table *table);

void connection_init(struct connection *connection, struct connection_table *table,
		     const struct connection_open_record *open);

/* Finishes what is open as aborted. */
void connection_done(struct connection *connection, uint64_t now_ns);

void connection_take(struct connection *connection, const struct segment_record *segment,
		     struct view bytes);
void connection_progress(struct connection *connection,
			 const struct connection_end_record *progress);
void connection_end(struct connection *connection, const struct connection_end_record *end);

/* Something is under way whose end the kernel side may not announce by itself. */
bool connection_is_waiting(const struct connection *connection);

void connection_set_mode(struct connection *connection, enum capture_mode mode);

/* What it spoke has ended: what still waits is finished, nothing more is followed. */
void connection_give_up(struct connection *connection);

/* From the end of the present unit on it speaks `next`; NULL: what its bytes will prove. What is
 * open is finished. */
void connection_become(struct connection *connection, const struct protocol *next);

#endif
