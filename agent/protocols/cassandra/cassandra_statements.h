/*
 * The prepared statements of one connection: their texts as they may leave the process, by the
 * server's id. Bounded in number and by the budget of all sessions: what finds no room is not
 * known, and the one that was used least recently goes first. An id is made of the statement's
 * text, so it means the same on every connection: what another one of the process prepared is
 * known, too.
 */
#ifndef PROTOCOLS_CASSANDRA_CASSANDRA_STATEMENTS_H
#define PROTOCOLS_CASSANDRA_CASSANDRA_STATEMENTS_H

#include "protocols/conversation.h"

#define MAX_CASSANDRA_STATEMENTS 128
#define MAX_STATEMENT_ID_BYTES   32

struct cassandra_statement {
	uint64_t last_use;
	uint32_t ticket; /* its name until the server gave it an id; never 0 */
	uint8_t id_size; /* 0: it has none yet */
	char id[MAX_STATEMENT_ID_BYTES];
	uint16_t text_size;
	uint16_t summary_size;
	char bytes[]; /* text, summary */
};

struct cassandra_statements {
	struct session_budget *budget;
	struct name_scope names;
	struct cassandra_statement *items[MAX_CASSANDRA_STATEMENTS];
	uint32_t count;
	uint32_t last_ticket;
	uint64_t uses;
};

void cassandra_statements_done(struct cassandra_statements *statements);

/* One is being prepared. Returns its ticket, 0 when there is no room. */
uint32_t cassandra_statements_request(struct cassandra_statements *statements, struct view text,
				      struct view summary);

/* The server answered: this is its id, or (empty) it has none. Ticket 0: of one that had no room.
 */
void cassandra_statements_confirm(struct cassandra_statements *statements, uint32_t ticket,
				  struct view id);

/* False: not known. What it says is valid until the next request, of whichever connection. */
bool cassandra_statements_find(struct cassandra_statements *statements, struct view id,
			       struct view *ret_text, struct view *ret_summary);

#endif
