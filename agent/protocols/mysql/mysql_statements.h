/*
 * The prepared statements of one connection: their texts as they may leave the process, by the
 * server's id. Bounded in number and by the budget of all sessions: what finds no room is not
 * known, and the one that was used least recently goes first.
 */
#ifndef PROTOCOLS_MYSQL_MYSQL_STATEMENTS_H
#define PROTOCOLS_MYSQL_MYSQL_STATEMENTS_H

#include <stdint.h>
#include "protocols/conversation.h"

#define MAX_MYSQL_STATEMENTS 256

/* In the place of an id: the one that was asked for last, whatever its id will be. */
#define MYSQL_LAST_STATEMENT 0xffffffffu

struct mysql_statement {
	uint32_t id; /* valid once it is confirmed */
	uint32_t last_use;
	uint16_t ticket; /* until then this is its name; never 0 */
	bool is_confirmed;
	uint16_t text_size;
	uint16_t summary_size;
	char bytes[]; /* text, summary */
};

struct mysql_statements {
	struct session_budget *budget;
	struct mysql_statement **items; /* MAX_MYSQL_STATEMENTS of them, with the first one */
	uint16_t count;
	uint16_t last_ticket;    /* given out */
	uint16_t last_requested; /* ticket of the last one asked for; 0: it had no room */
	uint32_t uses;
};

void mysql_statements_init(struct mysql_statements *statements, struct session_budget *budget);
void mysql_statements_done(struct mysql_statements *statements);

/* One is being prepared. Returns its ticket, 0 when there is no room. */
uint16_t mysql_statements_request(struct mysql_statements *statements, struct view text,
				  struct view summary);
/* The server said which id it has, or that it has none. Ticket 0: of one that had no room. */
void mysql_statements_confirm(struct mysql_statements *statements, uint16_t ticket, uint32_t id);
void mysql_statements_refuse(struct mysql_statements *statements, uint16_t ticket);

/* NULL: not known. Valid until the next one is requested or dropped. */
const struct mysql_statement *mysql_statements_find(struct mysql_statements *statements,
						    uint32_t id);
void mysql_statements_drop(struct mysql_statements *statements, uint32_t id);
void mysql_statements_drop_all(struct mysql_statements *statements);

static inline struct view mysql_statements_text(const struct mysql_statement *statement)
{
	return view_of(statement->bytes, statement->text_size);
}

static inline struct view mysql_statements_summary(const struct mysql_statement *statement)
{
	return view_of(statement->bytes + statement->text_size, statement->summary_size);
}

#endif
