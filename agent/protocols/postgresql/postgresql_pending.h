/* What a client has asked and the server has not answered, in order. Bounded: the server answers in
 * that order and nothing else tells which answer is whose. */
#ifndef PROTOCOLS_POSTGRESQL_POSTGRESQL_PENDING_H
#define PROTOCOLS_POSTGRESQL_POSTGRESQL_PENDING_H

#include <stdbool.h>
#include <stdint.h>

#define MAX_PENDING 160

enum postgresql_ask {
	POSTGRESQL_NOTHING,
	POSTGRESQL_PARSE,   /* answered by ParseComplete */
	POSTGRESQL_EXECUTE, /* by CommandComplete and others; several in a row are one entry */
	POSTGRESQL_SYNC,    /* by ReadyForQuery; so are the two below */
	POSTGRESQL_QUERY,
	POSTGRESQL_CALL, /* FunctionCall */
};

struct postgresql_asked {
	enum postgresql_ask kind;
	uint32_t count; /* of executions */
	uint64_t key;   /* of the (first) exchange; of a Parse the statement's name */
};

struct postgresql_pending {
	struct postgresql_asked asked[MAX_PENDING];
	uint32_t first, count;
};

/* False: there is no room. */
bool postgresql_pending_add(struct postgresql_pending *pending, enum postgresql_ask kind,
			    uint64_t key);
/* The oldest; kind POSTGRESQL_NOTHING where there is none. */
struct postgresql_asked postgresql_pending_oldest(const struct postgresql_pending *pending);
/* Takes the oldest away (one execution of several). */
void postgresql_pending_pop(struct postgresql_pending *pending);
/* The first execution before the next Sync; false: there is none. */
bool postgresql_pending_next_execution(const struct postgresql_pending *pending, uint64_t *ret_key);
/* Syncs are taken away: a server that copies in does not answer them. */
void postgresql_pending_drop_syncs(struct postgresql_pending *pending);
/* Is exactly one ReadyForQuery awaited, behind at most one execution? */
bool postgresql_pending_is_one(const struct postgresql_pending *pending);

#endif
