/*
 * An item: something on its way out (a crash, a session report, a segment, a profile). Immutable
 * and reference-counted, so that every destination's queue can hold the same one. A batch is what
 * an exporter gets: items of one kind.
 */
#ifndef MODEL_ITEM_H
#define MODEL_ITEM_H

#include <stdint.h>
#include "model/crash.h"
#include "model/profile.h"
#include "model/segment.h"
#include "model/session_report.h"

/* In order of priority: when a queue is full, the largest value goes first. */
enum item_kind {
	ITEM_CRASH = 0,
	ITEM_SESSION = 1,
	ITEM_SEGMENT = 2,
	ITEM_PROFILE = 3,
	ITEM_KINDS_COUNT
};

/* What a destination wants, as a set. */
#define ITEM_BIT(kind) (1u << (kind))
#define ITEM_ALL       ((1u << ITEM_KINDS_COUNT) - 1)

#define MAX_PROFILE_ITEM_NS 60000000000ull /* Sentry takes 66 s in one chunk */

struct item {
	uint32_t references; /* atomic */
	enum item_kind kind;
	union {
		struct crash *crash;
		struct session_report *session;
		struct segment *segment;
		struct profile *profile;
	};
};

/* Each takes what it is given (also on failure it is freed and the pointer NULL). */
int item_new_segment(struct item **ret, struct segment **segment);
int item_new_crash(struct item **ret, struct crash **crash);
int item_new_session(struct item **ret, struct session_report **report);
/* At most MAX_PROFILE_ITEM_NS of one process, whose resource it has. */
int item_new_profile(struct item **ret, struct profile **profile);
struct item *item_reference(struct item *item);
void item_release(struct item **item);

/* The process it is about. */
const struct resource *item_resource(const struct item *item);

/* Before anybody else has the item: it takes a reference of its own. */
void item_set_resource(struct item *item, struct resource *resource);

struct batch {
	enum item_kind kind;
	struct item **items;
	uint32_t count;
};

#endif
