/*
 * Counters of everything lost, one per reason (bpf/shared/drop_reason.h). Any thread. The kernel's
 * part is overwritten with the totals read from its map, the agent's part is counted here.
 */
#ifndef BASE_DROPS_H
#define BASE_DROPS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdint.h>
#include "shared/drop_reason.h"

struct drops {
	uint64_t counts[DROP_REASONS_COUNT];
};

void drops_add(struct drops *drops, enum drop_reason reason, uint64_t count);
void drops_set(struct drops *drops, enum drop_reason reason, uint64_t total);
uint64_t drops_get(const struct drops *drops, enum drop_reason reason);

static inline void drops_count(struct drops *drops, enum drop_reason reason)
{
	drops_add(drops, reason, 1);
}

/* Everything that is a loss: all reasons but those that are decisions (sampled, suppressed). */
uint64_t drops_lost(const struct drops *drops);

/* Left out on purpose: no loss. */
bool drops_is_decision(enum drop_reason reason);

/* "ring_full", and "records that found the ring buffer full". */
const char *drops_name(enum drop_reason reason);
const char *drops_words(enum drop_reason reason);

#endif
