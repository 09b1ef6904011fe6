/*
 * Release health: how many runs and requests ended well. A process that serves requests is counted
 * by request, per minute; every other by run: told once at its end, or after a minute and at its
 * end when it lives longer. Never both for one process. Only processes that say their release are
 * counted. Capture thread; times are Unix nanoseconds.
 */
#ifndef CRASH_RELEASE_HEALTH_H
#define CRASH_RELEASE_HEALTH_H

#include "model/crash.h"
#include "model/segment.h"
#include "model/session_report.h"

struct release_health;

/* A report on its way out; taken. */
typedef void (*release_health_report_fn)(void *self, struct session_report **report);

int release_health_new(struct release_health **ret, size_t max_processes,
		       release_health_report_fn on_report, void *self);
void release_health_free(struct release_health **health);

/* A program began to run in this process (exec), or was found running (attach). A program before it
 * in the same process is forgotten: it became this one. The resource may change until the first
 * report. */
void release_health_begin(struct release_health *health, uint32_t tgid, uint64_t unix_ns);

/* A finished segment: requests served are counted. */
void release_health_count(struct release_health *health, const struct segment *segment);

/*
 * The process is gone. What is to be said is reported by a later tick: how it counts is known when
 * the last requests it served have come here. event: not 0 when one that could carry the
 * session is made, whatever names it; nothing is reported then before release_health_take.
 */
void release_health_end(struct release_health *health, uint32_t tgid, enum session_status status,
			uint64_t unix_ns, struct resource *resource, uint64_t event);

/* Another ring says that the process is gone: that is how it ended if release_health_end, whose
 * record may be lost, does not follow within seconds. */
void release_health_exit(struct release_health *health, uint32_t tgid, enum session_status status,
			 uint64_t unix_ns);

/*
 * The event is ready, all segments of the process have been counted: true with what belongs into
 * it, false when the process is counted by request or not at all. NULL: there is no event after
 * all.
 */
bool release_health_take(struct release_health *health, uint32_t tgid, uint64_t event,
			 struct session_update *ret_update_or_null);

/* Minutes that are over, runs that have lasted or ended. resource_of gives a process's resource,
 * borrowed.
 */
void release_health_tick(struct release_health *health, uint64_t unix_ns,
			 struct resource *(*resource_of)(void *self, uint32_t tgid), void *self);

/* Counts that are left, and the dead. */
void release_health_finish(struct release_health *health);

#endif
