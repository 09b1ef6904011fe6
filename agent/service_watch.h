/*
 * The agent as a service, beside its session: tells the service manager how it is, answers `limpet
 * status` and scrapers, reads the settings again when told to. Capture thread.
 */
#ifndef SERVICE_WATCH_H
#define SERVICE_WATCH_H

#include "capture/probe_loader.h"
#include "destinations.h"
#include "pipeline.h"
#include "settings/settings.h"

struct service_watch;

/* What it looks at; all borrowed. */
struct service_watch_ground {
	struct settings *settings; /* changed by a reload */
	struct pipeline *pipeline;
	struct destinations *destinations;
	struct probe_loader *loader;
	struct drops *drops;
};

/* Everything is attached: says so. -EINVAL or -ENOMEM after a message. */
int service_watch_new(struct service_watch **ret, const struct service_watch_ground *ground);
void service_watch_free(struct service_watch **watch);

/* Once per turn of the loop. NULL: this is no service. */
void service_watch_turn(struct service_watch *watch, uint64_t now_ns);

/* A request that ended. NULL-safe. */
void service_watch_take_segment(struct service_watch *watch, const struct segment *segment);

/* SIGHUP. False: this is no service. */
bool service_watch_reload(struct service_watch *watch);

/* The last words before what is queued is delivered. NULL-safe. */
void service_watch_stopping(struct service_watch *watch);

#endif
