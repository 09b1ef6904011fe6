/*
 * Messages of PostgreSQL's protocol 3: their frame, and what can be told from their content. All
 * functions are total and read nothing beyond the bytes they are given.
 */
#ifndef PROTOCOLS_POSTGRESQL_POSTGRESQL_MESSAGE_H
#define PROTOCOLS_POSTGRESQL_POSTGRESQL_MESSAGE_H

#include "protocols/conversation.h"

#define POSTGRESQL_HEADER_BYTES 5
#define POSTGRESQL_SQLSTATE     5

enum postgresql_code {
	POSTGRESQL_CANCEL = 80877102,
	POSTGRESQL_SSL = 80877103,
	POSTGRESQL_GSS = 80877104,
};

struct postgresql_message {
	char type;        /* 0: a message without one, the first of a client */
	uint32_t code;    /* of such a one: a version or one of the above */
	uint64_t size;    /* of all of it */
	struct view body; /* what is there of it, without type, length and code */
	bool is_cut;      /* of the body, some is not there */
};

/* The first message of bytes, or as much of it as its type is read for. PARSE_NEED_MORE: nothing
 * was written. */
enum parse_result postgresql_message_read(enum message_kind side, struct view bytes, bool is_final,
					  struct postgresql_message *ret);

/* A string and its NUL off the front. False: the NUL is not there. */
bool postgresql_message_text(struct view *rest, struct view *ret);

/* The value of a StartupMessage's parameter. */
struct view postgresql_message_parameter(struct view body, struct view key);

/* Of an ErrorResponse. False: there is no SQLSTATE. */
bool postgresql_message_error(struct view body, char ret_state[POSTGRESQL_SQLSTATE],
			      bool *ret_is_fatal);

/* "SELECT 5": the rows a statement returned. False: it returns none, or does not say. */
bool postgresql_message_rows(struct view tag, uint64_t *ret_rows);

#endif
