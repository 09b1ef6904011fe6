/*
 * The segments of a batch, grouped by the process they are about: OTLP says the resource once for
 * all its spans. Groups and their members keep the order of the batch. Reused from batch to batch;
 * memory follows the largest batch.
 */
#ifndef OTLP_RESOURCE_GROUPS_H
#define OTLP_RESOURCE_GROUPS_H

#include <stdint.h>
#include "model/item.h"

struct resource_group {
	const struct resource *resource;
	uint32_t first; /* index into the batch; the next ones by resource_groups_next */
	uint32_t last;
};

#define RESOURCE_GROUPS_END UINT32_MAX

struct resource_groups {
	struct resource_group *groups;
	uint32_t count;
	uint32_t *nexts; /* per item: the next one of its group */
	uint32_t *slots; /* hash table by resource: group index + 1, 0 is empty */
	uint32_t slots_count;
	uint32_t capacity;
};

void resource_groups_init(struct resource_groups *groups);
void resource_groups_done(struct resource_groups *groups);

/* -ENOMEM leaves it empty. */
int resource_groups_make(struct resource_groups *groups, struct item *const *items, uint32_t count);

static inline uint32_t resource_groups_next(const struct resource_groups *groups, uint32_t index)
{
	return groups->nexts[index];
}

#endif
