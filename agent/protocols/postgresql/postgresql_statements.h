/*
 * The prepared statements of one connection, and the portals they are bound to: sanitised texts
 * only. Bounded in number and bytes and by the session_budget; what does not fit is not known, and
 * what may have changed unseen is forgotten.
 */
#ifndef PROTOCOLS_POSTGRESQL_POSTGRESQL_STATEMENTS_H
#define PROTOCOLS_POSTGRESQL_POSTGRESQL_STATEMENTS_H

#include "protocols/conversation.h"
#include "protocols/sql/sql_text.h"

#define MAX_STATEMENTS      128
#define MAX_PORTALS         8
#define MAX_STATEMENT_BYTES 65536 /* of all texts of a connection */

/* Shared by the name and the portals that it is bound to. */
struct postgresql_statement {
	uint32_t uses;
	uint32_t size; /* of all of it */
	uint16_t text_size, summary_size;
	char bytes[]; /* text, summary */
};

struct postgresql_name {
	uint64_t hash;                          /* of the name; the unnamed one has one too */
	struct postgresql_statement *statement; /* NULL: the row is free, or nothing is known */
	uint32_t used_at;
};

struct postgresql_statements {
	struct session_budget *budget;
	uint32_t used_bytes;
	uint32_t clock;
	struct postgresql_name names[MAX_STATEMENTS];
	struct postgresql_name portals[MAX_PORTALS];
};

uint64_t postgresql_statements_hash(struct view name);

/* Parse: the name means this text from now on (or is not known: no room, text NULL). */
void postgresql_statements_put(struct postgresql_statements *statements, uint64_t name,
			       const struct sql_text *text);
/* Bind, and a statement's name or a portal's that means nothing any more. */
void postgresql_statements_bind(struct postgresql_statements *statements, uint64_t portal,
				uint64_t name);
void postgresql_statements_drop(struct postgresql_statements *statements, uint64_t name);
void postgresql_statements_drop_portal(struct postgresql_statements *statements, uint64_t portal);
void postgresql_statements_drop_portals(struct postgresql_statements *statements);
void postgresql_statements_clear(struct postgresql_statements *statements);

/* NULL: nothing is known of this name. */
const struct postgresql_statement *postgresql_statements_named(
	struct postgresql_statements *statements, uint64_t name);
/* Execute: NULL when the text is not known. */
const struct postgresql_statement *postgresql_statements_of(
	struct postgresql_statements *statements, uint64_t portal);

#endif
