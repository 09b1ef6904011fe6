/*
 * Projects of Sentry that pods named (limpet.io/sentry-dsn-secret): each is opened when the first
 * item is for it, with a queue, a thread and a spool like ours. Bounded in number; beyond, and for
 * a DSN that is none, items go to our own project. Capture thread.
 */
#ifndef POD_DESTINATIONS_H
#define POD_DESTINATIONS_H

#include "base/drops.h"
#include "model/item.h"
#include "settings/settings.h"

#define MAX_POD_DESTINATIONS 16

struct delivery_worker;
struct pod_destinations;

/* base_fd: the folder of all spools, taken (-1: none). settings and drops are borrowed. */
int pod_destinations_new(struct pod_destinations **ret, const struct settings *settings,
			 int *base_fd, struct drops *drops);

/* False: it is not for any of them. Takes a reference of its own. */
bool pod_destinations_offer(struct pod_destinations *pods, struct item *item, const char *dsn);

/* The threads of all that could be opened; index below the count. NULL-safe. */
uint32_t pod_destinations_count(const struct pod_destinations *pods);
const struct delivery_worker *pod_destinations_worker(const struct pod_destinations *pods,
						      uint32_t index);

/* NULL-safe. False: a thread had to be left behind. */
bool pod_destinations_stop(struct pod_destinations **pods, uint64_t deadline_ns);

#endif
