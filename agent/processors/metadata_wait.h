/*
 * Holds a finished item (a segment, a crash, a session) back until the names of its container and
 * pod are there or its time is over, whichever is first; then hands it on, complete or not. An item
 * without anything to wait for passes through at once. Before the scrubber: items are still ours
 * alone. Capture thread.
 *
 * The interface. Sources (model/metadata.h) say whether a resource awaits something, and write it
 * into a copy: a shared resource never changes. Add one in agent/metadata_stage.c. on_ready gets
 * every item once, those of one process in their order. on_completed tells of each new copy, so
 * that who has the old resource (process_table_replace) goes on with the new one.
 */
#ifndef PROCESSORS_METADATA_WAIT_H
#define PROCESSORS_METADATA_WAIT_H

#include <stdbool.h>
#include "base/drops.h"
#include "model/item.h"
#include "model/metadata.h"

struct metadata_wait;

struct metadata_wait_settings {
	uint64_t wait_ns;   /* of one item; 0: nothing is held */
	uint64_t max_items; /* held at once: beyond, the oldest goes as it is (counted) */
};

struct metadata_wait_sink {
	void *self;
	void (*on_ready)(void *self, struct item **item); /* taken */
	void (*on_completed)(void *self, const struct resource *from, struct resource *to);
};

/* sources and drops are borrowed. -ENOMEM. */
int metadata_wait_new(struct metadata_wait **ret, const struct metadata_wait_settings *settings,
		      const struct metadata_sources *sources, const struct metadata_wait_sink *sink,
		      struct drops *drops);
/* What is still held is handed on first. */
void metadata_wait_free(struct metadata_wait **wait);

/* Takes the item. now_ns: any steady clock, the same in metadata_wait_tick. */
void metadata_wait_take(struct metadata_wait *wait, struct item **item, uint64_t now_ns);

/* Cheap while nothing is held or nothing has come. */
void metadata_wait_tick(struct metadata_wait *wait, uint64_t now_ns);

/* Everything held goes on now, with what is known (the rest is counted). */
void metadata_wait_finish(struct metadata_wait *wait);

bool metadata_wait_is_busy(const struct metadata_wait *wait);

#endif
