/*
 * Destinations that get the same items: most stand in one lane; Sentry in one of its own, as a pod
 * may have its items sent to another project, which is a lane then. Capture thread.
 */
#ifndef DESTINATION_LANE_H
#define DESTINATION_LANE_H

#include "delivery/delivery_worker.h"
#include "delivery/spool_thread.h"
#include "settings/settings.h"

/* Zeroed: empty. */
struct destination_lane {
	struct delivery_worker *workers[MAX_SPOOL_WORKERS];
	uint32_t count;
	struct spool_thread *spool_thread; /* NULL: nobody has a spool, or not started */
};

/* Takes the exporter, on failure too. base_fd: the folder of all spools, -1: none. At most
 * MAX_SPOOL_WORKERS. */
int destination_lane_add(struct destination_lane *lane, struct exporter **exporter,
			 const struct settings *settings, int base_fd, struct drops *drops);

/* When all are there: the spool thread. */
int destination_lane_start(struct destination_lane *lane, struct drops *drops);

void destination_lane_offer(struct destination_lane *lane, struct item *item);
void destination_lane_count_drop(struct destination_lane *lane, enum drop_reason reason,
				 const struct item *item);

/* In two steps, so that all lanes drain at once. False: a thread had to be left behind. */
bool destination_lane_begin_stop(struct destination_lane *lane, uint64_t deadline_ns);
bool destination_lane_stop(struct destination_lane *lane, uint64_t deadline_ns);

/* Has a queue more than this many items? */
bool destination_lane_is_behind(const struct destination_lane *lane, uint64_t max_items);

#endif
