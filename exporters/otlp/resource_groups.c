/* Groups items by the address of their resource with one small open-addressing table. */
#include "exporters/otlp/resource_groups.h"

#include <errno.h>
#include <stdlib.h>

void resource_groups_init(struct resource_groups *groups)
{
	*groups = (struct resource_groups){0};
}

void resource_groups_done(struct resource_groups *groups)
{
	free(groups->groups);
	free(groups->nexts);
	free(groups->slots);
	*groups = (struct resource_groups){0};
}

static int grow(struct resource_groups *groups, uint32_t count)
{
	uint32_t capacity = 64;

	if (count <= groups->capacity)
		return 0;
	if (count > UINT32_MAX / 4)
		return -ENOMEM;
	while (capacity < count)
		capacity *= 2;
	resource_groups_done(groups);
	groups->groups = calloc(capacity, sizeof(*groups->groups));
	groups->nexts = calloc(capacity, sizeof(*groups->nexts));
	groups->slots = calloc((size_t)capacity * 2, sizeof(*groups->slots));
	if (!groups->groups || !groups->nexts || !groups->slots) {
		resource_groups_done(groups);
		return -ENOMEM;
	}
	groups->capacity = capacity;
	groups->slots_count = capacity * 2;
	return 0;
}

/* The slot that holds the group of this resource, or the empty one where it belongs: at most half
 * of them are used. */
static uint32_t *find_slot(const struct resource_groups *groups, const struct resource *resource)
{
	uint64_t hash = ((uint64_t)(uintptr_t)resource >> 4) * 0x9e3779b97f4a7c15ull;
	uint32_t index = (uint32_t)(hash >> 32) & (groups->slots_count - 1);

	while (groups->slots[index] &&
	       groups->groups[groups->slots[index] - 1].resource != resource)
		index = (index + 1) & (groups->slots_count - 1);
	return &groups->slots[index];
}

int resource_groups_make(struct resource_groups *groups, struct item *const *items, uint32_t count)
{
	int err = grow(groups, count);

	groups->count = 0;
	if (err < 0 || count == 0)
		return err;
	memset(groups->slots, 0, groups->slots_count * sizeof(*groups->slots));
	for (uint32_t i = 0; i < count; i++) {
		const struct resource *resource = item_resource(items[i]);
		uint32_t *slot = find_slot(groups, resource);
		struct resource_group *group;

		groups->nexts[i] = RESOURCE_GROUPS_END;
		if (*slot) {
			group = &groups->groups[*slot - 1];
			groups->nexts[group->last] = i;
			group->last = i;
			continue;
		}
		groups->groups[groups->count++] =
			(struct resource_group){.resource = resource, .first = i, .last = i};
		*slot = groups->count;
	}
	return 0;
}
