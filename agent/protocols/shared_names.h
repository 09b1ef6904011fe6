/*
 * What goes by an id that is unique wherever it is used: a topic of Kafka, a statement prepared in
 * Cassandra. One connection of a process is told the name or text, others of it say the id only. Of
 * one process and one protocol at a time: nobody gives names to what another process means.
 * Bounded in number and bytes: what was not used for longest makes room. A session is given its
 * scope in session_start. Capture thread.
 */
#ifndef PROTOCOLS_SHARED_NAMES_H
#define PROTOCOLS_SHARED_NAMES_H

#include <stddef.h>
#include <stdint.h>
#include "base/view.h"

#define MAX_SHARED_ID_BYTES   32
#define MAX_SHARED_NAME_BYTES 4096 /* longer ones are not kept */
#define MAX_SHARED_NAMES      4096
#define MAX_SHARED_BYTES      (2 << 20) /* of all names */

struct protocol;
struct shared_names;

/* Whose names: those of the process's other connections that speak the protocol. */
struct name_scope {
	struct shared_names *names; /* borrowed; NULL: nothing is kept, nothing is known */
	const struct protocol *protocol;
	uint32_t tgid;
};

int shared_names_new(struct shared_names **ret, size_t max_names, size_t max_bytes);
void shared_names_free(struct shared_names **names);

/* Later ones replace earlier ones. An empty id or name, or one that is too long, is nothing. */
void shared_names_learn(const struct name_scope *scope, struct view id, struct view name);

/* Empty: not known. Valid until the next call. */
struct view shared_names_find(const struct name_scope *scope, struct view id);

#endif
