/*
 * Where what is shown comes together: items from the delivery thread, facts from the session. The
 * thread that draws takes snapshots. None of them waits for longer than a copy takes; the capture
 * thread gives its facts away and never waits for a drawing.
 */
#ifndef SCREEN_SCREEN_STORE_H
#define SCREEN_SCREEN_STORE_H

#include "screen/screen_snapshot.h"

struct screen_store;

/* drops: read by atomics, borrowed. -ENOMEM. */
int screen_store_new(struct screen_store **ret, const struct drops *drops);
void screen_store_free(struct screen_store **store);

/* Delivery thread. Takes references. -ENOMEM: not all of it is there. */
int screen_store_add(struct screen_store *store, struct item *item, uint64_t now_ns);

/* Traces that nothing more came of since `until_ns` can be shown. Delivery thread. */
void screen_store_settle(struct screen_store *store, uint64_t until_ns, uint64_t overdue_ns);

/* Any thread. */
void screen_store_set_facts(struct screen_store *store, const struct screen_facts *facts);

/* What *snapshot held before is let go. Any thread. */
void screen_store_read(struct screen_store *store, uint64_t now_ns,
		       struct screen_snapshot *snapshot);

/* The table of all operations, when nobody adds any more. */
const struct operation_table *screen_store_operations(const struct screen_store *store);
uint64_t screen_store_traces_count(const struct screen_store *store);

#endif
