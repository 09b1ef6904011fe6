/*
 * How often each operation was seen in each of the last seconds, beside operation_table, which has
 * the rest. Seconds are those of whoever watches: when a span was told of, not when it was.
 */
#ifndef OVERVIEW_OPERATION_HISTORY_H
#define OVERVIEW_OPERATION_HISTORY_H

#include "overview/operation_table.h"

#define HISTORY_SECONDS 60

struct operation_history {
	struct hash_map *counts;
};

int operation_history_init(struct operation_history *history);
void operation_history_done(struct operation_history *history);

/* Operations beyond MAX_OPERATIONS count as `other`, as in operation_table. */
void operation_history_add(struct operation_history *history, const struct segment *segment,
			   uint64_t now_ns);

/* Of the seconds before this one, oldest first. */
void operation_history_read(const struct operation_history *history,
			    const struct operation_key *key, uint64_t now_ns,
			    uint32_t ret_counts[HISTORY_SECONDS]);

#endif
