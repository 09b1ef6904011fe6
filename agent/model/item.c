/* Items: reference counting around what they carry. */
#include "model/item.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"

int item_new_segment(struct item **ret, struct segment **segment)
{
	struct item *item = calloc(1, sizeof(*item));

	if (!item) {
		segment_free(segment);
		return -ENOMEM;
	}
	item->references = 1;
	item->kind = ITEM_SEGMENT;
	item->segment = TAKE_PTR(*segment);
	*ret = item;
	return 0;
}

struct item *item_reference(struct item *item)
{
	__atomic_fetch_add(&item->references, 1, __ATOMIC_RELAXED);
	return item;
}

void item_release(struct item **item)
{
	if (*item && __atomic_sub_fetch(&(*item)->references, 1, __ATOMIC_ACQ_REL) == 0) {
		segment_free(&(*item)->segment);
		free(*item);
	}
	*item = NULL;
}
