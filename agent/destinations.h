/*
 * Every destination the settings ask for: exporter, queue and thread each. The list of exporters is
 * here: a new one is one file and one row in destinations.c. Called from the capture thread.
 */
#ifndef DESTINATIONS_H
#define DESTINATIONS_H

#include "base/drops.h"
#include "model/item.h"
#include "service/service_status.h"
#include "settings/settings.h"

struct destinations;
struct syscall_count;
struct screen;
struct exporter;

/* -EINVAL: a setting cannot be used; it was said why. */
int destinations_new(struct destinations **ret, const struct settings *settings,
		     struct drops *drops);

/* One alone, whatever the settings say; taken, on failure too. */
int destinations_new_only(struct destinations **ret, struct exporter **exporter,
			  const struct settings *settings, struct drops *drops);

/* To every destination that wants its kind; each takes a reference of its own. pod_dsn: to that
 * project of Sentry in place of ours; NULL: to ours. Never waits for a disk or a server. */
void destinations_offer(struct destinations *destinations, struct item *item, const char *pod_dsn);

/* An item that is offered to none (sampled): for their own accounts of losses. The caller has
 * counted it. */
void destinations_count_drop(struct destinations *destinations, enum drop_reason reason,
			     const struct item *item);

/* The same, and the item is released. */
void destinations_refuse(struct destinations *destinations, enum drop_reason reason,
			 struct item **item);

/* The full screen, borrowed; NULL: there is none. */
struct screen *destinations_screen(const struct destinations *destinations);

/* For the page, if there is one; copied. */
void destinations_set_syscalls(struct destinations *destinations, const struct syscall_count *calls,
			       uint32_t count);

/* Drains until the deadline, prints what each sent, writes the report, frees. 0: nothing was begun,
 * there is nothing to report. False: a thread had to be left behind.
 */
bool destinations_stop(struct destinations **destinations, uint64_t deadline_monotonic_ns);

/* Waits until no queue is more than half full, or some seconds have passed: for who can wait (a
 * replay). */
void destinations_wait(const struct destinations *destinations);

/* How one of them is doing; index below the count. */
void destinations_status(const struct destinations *destinations, uint32_t index,
			 struct destination_status *ret);

uint32_t destinations_count(const struct destinations *destinations);

#endif
