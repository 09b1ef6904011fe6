/*
 * An item: something on its way out (a segment; later a crash, a session update, a metric point).
 * Immutable and reference-counted, so that every destination's queue can hold the same one. A batch
 * is what an exporter gets.
 */
#ifndef MODEL_ITEM_H
#define MODEL_ITEM_H

#include <stdint.h>
#include "model/segment.h"

/* In order of priority: when a queue is full, the largest value goes first. */
enum item_kind { ITEM_SEGMENT = 2 };

struct item {
	uint32_t references; /* atomic */
	enum item_kind kind;
	struct segment *segment;
};

/* Takes the segment (also on failure it is freed and *segment is NULL). */
int item_new_segment(struct item **ret, struct segment **segment);
struct item *item_reference(struct item *item);
void item_release(struct item **item);

struct batch {
	struct item **items;
	uint32_t count;
};

#endif
