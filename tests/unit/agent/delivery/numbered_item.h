/* Items that can be told apart: the number is in the id of an otherwise empty segment, session,
 * crash or profile. */
#ifndef DELIVERY_NUMBERED_ITEM_H
#define DELIVERY_NUMBERED_ITEM_H

#include <assert.h>
#include <string.h>
#include "model/item.h"

static inline struct item *numbered_segment(struct resource *resource, uint8_t number)
{
	struct segment *segment;
	struct item *item;

	assert(segment_new(&segment, resource) == 0);
	segment->trace_id[0] = number;
	assert(item_new_segment(&item, &segment) == 0);
	return item;
}

static inline struct item *numbered_session(struct resource *resource, uint8_t number)
{
	struct session_report *report;
	struct item *item;

	assert(session_report_new(&report, resource) == 0);
	report->update.id[0] = number;
	assert(item_new_session(&item, &report) == 0);
	return item;
}

static inline struct item *numbered_crash(struct resource *resource, uint8_t number)
{
	struct crash *crash;
	struct item *item;

	assert(crash_new(&crash, resource) == 0);
	memset(crash->id, 0, sizeof(crash->id));
	crash->id[0] = number;
	crash->kind = CRASH_SIGNAL;
	assert(item_new_crash(&item, &crash) == 0);
	return item;
}

static inline struct item *numbered_profile(struct resource *resource, uint8_t number)
{
	struct profile *profile;
	struct item *item;

	assert(profile_new(&profile, resource, number) == 0);
	assert(item_new_profile(&item, &profile) == 0);
	return item;
}

static inline struct item *numbered_item_of(enum item_kind kind, uint8_t number)
{
	struct resource *resource;
	struct item *item;

	assert(resource_new(&resource) == 0);
	if (kind == ITEM_CRASH)
		item = numbered_crash(resource, number);
	else if (kind == ITEM_SESSION)
		item = numbered_session(resource, number);
	else if (kind == ITEM_PROFILE)
		item = numbered_profile(resource, number);
	else
		item = numbered_segment(resource, number);
	resource_release(&resource);
	return item;
}

static inline struct item *numbered_item(uint8_t number)
{
	return numbered_item_of(ITEM_SEGMENT, number);
}

static inline uint8_t item_number(const struct item *item)
{
	switch (item->kind) {
	case ITEM_CRASH:
		return item->crash->id[0];
	case ITEM_SESSION:
		return item->session->update.id[0];
	case ITEM_PROFILE:
		return (uint8_t)item->profile->frequency_hz;
	default:
		return item->segment->trace_id[0];
	}
}

#endif
