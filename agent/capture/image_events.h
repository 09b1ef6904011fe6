/*
 * What is mapped where, as it happens: perf's side-band events of all CPUs, without a probe. They
 * carry the kernel's build-ids and the time of our other records. Of a process nobody wants nothing
 * goes up. Order is that of the times, over all CPUs. Capture thread.
 */
#ifndef CAPTURE_IMAGE_EVENTS_H
#define CAPTURE_IMAGE_EVENTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/drops.h"
#include "base/view.h"

#define MAX_IMAGE_RING_BYTES (8u << 20) /* all CPUs together */

struct image_events;

struct image_events_callbacks {
	/* Asked for every event, for a fork with the parent: must be cheap. */
	bool (*is_wanted)(void *self, pid_t tgid);
	/* An image record (process/image_record.h), in memory that is gone when this returns. */
	void (*on_record)(void *self, struct view record);
	/* Events were lost (counted already), or a CPU came that had none: read /proc/PID/maps of
	 * the living anew. */
	void (*on_lost)(void *self);
	void *self;
};

/* One event per online CPU. -errno when the kernel does not allow it: /proc is all there is then.
 */
int image_events_new(struct image_events **ret, const struct image_events_callbacks *callbacks,
		     struct drops *drops);
void image_events_free(struct image_events **events);

/* For epoll: readable when a ring has filled to a quarter. Drain on every tick as well, and before
 * a crash or a death is looked at. */
int image_events_fd(const struct image_events *events);

/* Hands over everything that happened before this call, the oldest first. How many records went up.
 */
int image_events_drain(struct image_events *events);

/* CPUs come and go: online is what the kernel says now (capture/cpu_list.h). One that came has an
 * event from now on, and on_lost is called. -errno: it cannot have one, or there is no sense in the
 * list. */
int image_events_follow_cpus(struct image_events *events, struct view online);

/* Does this kernel give build-ids (5.12)? */
bool image_events_has_build_ids(const struct image_events *events);

#endif
