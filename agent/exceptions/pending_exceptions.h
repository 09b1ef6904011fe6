/*
 * The reports under way, in the order in which they began. Bounded: a full table refuses. Capture
 * thread.
 */
#ifndef EXCEPTIONS_PENDING_EXCEPTIONS_H
#define EXCEPTIONS_PENDING_EXCEPTIONS_H

#include "base/hash_map.h"
#include "exceptions/pending_exception.h"

struct pending_exceptions {
	struct hash_map *map; /* token -> struct pending_exception */
};

int pending_exceptions_init(struct pending_exceptions *table, size_t max);
void pending_exceptions_done(struct pending_exceptions *table);

struct pending_exception *pending_exceptions_find(const struct pending_exceptions *table,
						  uint64_t token);
/* NULL: full. */
struct pending_exception *pending_exceptions_add(struct pending_exceptions *table, uint64_t token,
						 const struct output_place *place);
void pending_exceptions_remove(struct pending_exceptions *table, struct pending_exception *pending);

/* Start with *cursor = NULL; only the one just returned may be removed before the next call. */
struct pending_exception *pending_exceptions_next(const struct pending_exceptions *table,
						  void **cursor);
size_t pending_exceptions_count(const struct pending_exceptions *table);

/* The other half of one that was both printed and told by the runtime; NULL: none so far. */
struct pending_exception *pending_exceptions_partner(const struct pending_exceptions *table,
						     const struct pending_exception *pending);

/* The process is gone: what is there is all there will be. */
void pending_exceptions_process_gone(struct pending_exceptions *table, uint32_t tgid,
				     uint64_t death_ns, bool is_well);

/* Those of a process that it may have died of: its end will be an event; how many. */
uint32_t pending_exceptions_await_event(struct pending_exceptions *table, uint32_t tgid);
/* No event will take them. */
void pending_exceptions_leave_alone(struct pending_exceptions *table, uint32_t tgid);
/* It died of another one: a process dies only once. */
void pending_exceptions_acquit(struct pending_exceptions *table, uint32_t tgid);

/* The one the process died of: the thread that crashed knows best, then the last word. NULL. */
struct pending_exception *pending_exceptions_deadly(const struct pending_exceptions *table,
						    uint32_t tgid, uint32_t tid);

#endif
