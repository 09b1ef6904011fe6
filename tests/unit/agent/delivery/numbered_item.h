/* Items that can be told apart: the number is in the trace id of an otherwise empty segment. */
#ifndef DELIVERY_NUMBERED_ITEM_H
#define DELIVERY_NUMBERED_ITEM_H

#include <assert.h>
#include "model/item.h"

static inline struct item *numbered_item(uint8_t number)
{
	struct resource *resource;
	struct segment *segment;
	struct item *item;

	assert(resource_new(&resource) == 0);
	assert(segment_new(&segment, resource) == 0);
	resource_release(&resource);
	segment->trace_id[0] = number;
	assert(item_new_segment(&item, &segment) == 0);
	return item;
}

static inline uint8_t item_number(const struct item *item)
{
	return item->segment->trace_id[0];
}

#endif
