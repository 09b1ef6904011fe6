/*
 * Names for ids that are unique wherever they are used, as those of Kafka's topics: one connection
 * of a process is told the name, others of it say the id only. Of one process at a time: nobody
 * gives names to what another process means. Bounded: what was not used for longest makes room. A
 * connection's session gets it in session_start. Capture thread.
 */
#ifndef PROTOCOLS_SHARED_NAMES_H
#define PROTOCOLS_SHARED_NAMES_H

#include <stddef.h>
#include <stdint.h>
#include "base/view.h"

#define SHARED_ID_BYTES       16
#define MAX_SHARED_NAME_BYTES 249 /* longer ones are not kept; Kafka's are not longer */
#define MAX_SHARED_NAMES      2048

struct shared_names;

/* Takes memory as names come, up to some 0.6 MB. */
int shared_names_new(struct shared_names **ret, size_t max_names);
void shared_names_free(struct shared_names **names);

/* Later ones replace earlier ones; names: may be NULL. An id of another size or an empty name is
 * nothing. */
void shared_names_learn(struct shared_names *names, uint32_t tgid, struct view id,
			struct view name);

/* Empty: not known, or no names. Valid until the next call. */
struct view shared_names_find(struct shared_names *names, uint32_t tgid, struct view id);

#endif
