/*
 * What is remembered of a Redis connection. Commands and answers are counted: the n-th answer is
 * the n-th command's that is answered at all. Written by redis_request.c and redis_reply.c.
 */
#ifndef PROTOCOLS_REDIS_REDIS_SESSION_H
#define PROTOCOLS_REDIS_REDIS_SESSION_H

#include "protocols/conversation.h"
#include "protocols/redis/redis_command.h"

/* Commands without an answer have keys of their own, so that the others stay in step. */
#define REDIS_SILENT_KEYS (1ull << 63)

/* What the server sends next belongs to: */
enum redis_reply_kind {
	REDIS_REPLY_ANSWER,
	REDIS_REPLY_PUSH, /* nobody asked for it */
};

struct redis_request_state {
	uint64_t key;
	uint64_t left; /* arguments of the command still to come */
	bool is_silent;
};

struct redis_reply_state {
	enum redis_reply_kind kind;
	uint64_t left;           /* elements still to come */
	uint64_t attribute_left; /* of an attribute before the answer */
	int64_t last_number;
	enum redis_meaning confirms; /* which of REDIS_SUBSCRIBE and so on, or REDIS_ORDINARY */
	bool is_refused;             /* an error or null */
	bool is_queued;              /* "+QUEUED" */
};

struct redis_session {
	uint64_t next_request, next_answer, next_silent; /* keys */
	struct redis_request_state request;
	struct redis_reply_state reply;
	int64_t database; /* -1: not known */
	int64_t channels, patterns;
	bool is_select_awaited;  /* its answer */
	bool is_database_queued; /* SELECT inside MULTI */
	bool is_reply_off, is_reply_skipped;
	bool is_followed_no_more; /* MONITOR, replication: what comes is no conversation */
};

/* Kept with an exchange: PROTOCOL_PAIR_STATE_BYTES at most. */
struct redis_pending {
	enum redis_meaning meaning;
	uint32_t confirmations; /* still to come; 0 for UNSUBSCRIBE from all */
	bool is_answered;
};

struct redis_request_fields {
	const char *name; /* static; NULL: not one that is known */
	uint64_t argument_count;
	int64_t database;
};

struct redis_answer_fields {
	struct view error; /* an error's first word */
	bool is_error;
	uint64_t batch_size; /* commands that EXEC ran; 0: not EXEC */
};

enum parse_result redis_request_read(struct redis_session *session, struct unit *unit,
				     const struct exchange_sink *sink);
enum parse_result redis_reply_read(struct redis_session *session, struct unit *unit,
				   const struct exchange_sink *sink);

/* Is this a command in its array form? PARSE_DONE on proof: its first word is a command that is
 * known, and what is there of its arguments fits. */
enum parse_result redis_request_check(struct view bytes);

/* Does a command begin here, on a connection that is known to be Redis? */
bool redis_request_begins(struct view bytes);

void redis_describe_request(const struct message *message, const struct exchange *exchange,
			    struct span *span, struct arena *arena);
void redis_describe_response(const struct message *message, const struct exchange *exchange,
			     struct span *span, struct arena *arena);
enum detect_result redis_detect(struct view bytes);

#endif
