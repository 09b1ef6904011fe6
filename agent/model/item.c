/* Items: reference counting around what they carry. */
#include "model/item.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"

static int new_item(struct item **ret, enum item_kind kind)
{
	struct item *item = calloc(1, sizeof(*item));

	if (!item)
		return -ENOMEM;
	item->references = 1;
	item->kind = kind;
	*ret = item;
	return 0;
}

int item_new_segment(struct item **ret, struct segment **segment)
{
	int err = new_item(ret, ITEM_SEGMENT);

	if (err < 0)
		segment_free(segment);
	else
		(*ret)->segment = TAKE_PTR(*segment);
	return err;
}

int item_new_crash(struct item **ret, struct crash **crash)
{
	int err = new_item(ret, ITEM_CRASH);

	if (err < 0)
		crash_free(crash);
	else
		(*ret)->crash = TAKE_PTR(*crash);
	return err;
}

int item_new_session(struct item **ret, struct session_report **report)
{
	int err = new_item(ret, ITEM_SESSION);

	if (err < 0)
		session_report_free(report);
	else
		(*ret)->session = TAKE_PTR(*report);
	return err;
}

int item_new_profile(struct item **ret, struct profile **profile)
{
	int err;

	assert((*profile)->resource);
	err = new_item(ret, ITEM_PROFILE);
	if (err < 0)
		profile_free(profile);
	else
		(*ret)->profile = TAKE_PTR(*profile);
	return err;
}

struct item *item_reference(struct item *item)
{
	__atomic_fetch_add(&item->references, 1, __ATOMIC_RELAXED);
	return item;
}

static void free_content(struct item *item)
{
	switch (item->kind) {
	case ITEM_CRASH:
		crash_free(&item->crash);
		break;
	case ITEM_SESSION:
		session_report_free(&item->session);
		break;
	case ITEM_PROFILE:
		profile_free(&item->profile);
		break;
	default:
		segment_free(&item->segment);
	}
}

void item_release(struct item **item)
{
	if (*item && __atomic_sub_fetch(&(*item)->references, 1, __ATOMIC_ACQ_REL) == 0) {
		free_content(*item);
		free(*item);
	}
	*item = NULL;
}

static struct resource **resource_place(const struct item *item)
{
	switch (item->kind) {
	case ITEM_CRASH:
		return &item->crash->resource;
	case ITEM_SESSION:
		return &item->session->resource;
	case ITEM_PROFILE:
		return &item->profile->resource;
	default:
		return &item->segment->resource;
	}
}

const struct resource *item_resource(const struct item *item)
{
	return *resource_place(item);
}

void item_set_resource(struct item *item, struct resource *resource)
{
	struct resource **place = resource_place(item);

	if (*place == resource)
		return;
	resource_release(place);
	*place = resource_reference(resource);
}
