/* Losses are made good from /proc outside the drain, and not too often: a scan of a whole host
 * costs a tenth of a second. */
#include "image_watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "capture/cpu_list.h"
#include "capture/image_events.h"
#include "discovery_stage.h"
#include "map_reading.h"

#define RESCAN_NS (3 * NS_PER_S)
#define LOOK_NS   NS_PER_S

struct image_watch {
	const struct settings *settings;
	struct pipeline *pipeline;
	const struct hash_map *living;
	struct image_events *events; /* NULL: not allowed here */
	bool has_lost;
	bool is_cpu_missing; /* and said */
	uint64_t rescanned_ns;
	uint64_t looked_ns;
};

static bool is_wanted(void *self, pid_t tgid)
{
	struct image_watch *watch = self;

	return watch->settings->capture.trace_all || pipeline_knows_process(watch->pipeline, tgid);
}

static void on_record(void *self, struct view record)
{
	struct pipeline *pipeline = ((struct image_watch *)self)->pipeline;

	if (discovery_stage_takes_mapping(pipeline_discovery(pipeline), record))
		pipeline_take_record(pipeline, record);
}

static void on_lost(void *self)
{
	((struct image_watch *)self)->has_lost = true;
}

int image_watch_new(struct image_watch **ret, const struct settings *settings,
		    struct pipeline *pipeline, const struct hash_map *living, struct drops *drops)
{
	_cleanup_(image_watch_free) struct image_watch *watch = calloc(1, sizeof(*watch));
	struct image_events_callbacks callbacks = {is_wanted, on_record, on_lost, watch};
	int err;

	if (!watch)
		return -ENOMEM;
	watch->settings = settings;
	watch->pipeline = pipeline;
	watch->living = living;
	err = image_events_new(&watch->events, &callbacks, drops);
	if (err < 0)
		log_warning(
			"mapping events: cannot open: %s; crashes of programs started from now on may have no libraries in them; mend with: sysctl kernel.perf_event_paranoid=2",
			strerror(-err));
	if (settings->capture.trace_all)
		map_reading_all(pipeline);
	*ret = TAKE_PTR(watch);
	return 0;
}

void image_watch_free(struct image_watch **watch)
{
	if (!*watch)
		return;
	image_events_free(&(*watch)->events);
	free(*watch);
	*watch = NULL;
}

int image_watch_fd(const struct image_watch *watch)
{
	return watch && watch->events ? image_events_fd(watch->events) : -1;
}

static void rescan(struct image_watch *watch)
{
	void *cursor = NULL, *value;

	if (watch->settings->capture.trace_all) {
		map_reading_all(watch->pipeline);
		return;
	}
	while ((value = hash_map_next(watch->living, &cursor)))
		map_reading_one(watch->pipeline,
				*(const pid_t *)hash_map_key(watch->living, value));
}

static void follow_cpus(struct image_watch *watch)
{
	char bytes[MAX_CPU_LIST_BYTES];
	struct view online = cpu_list_online(bytes);
	int err = view_is_empty(online) ? 0 : image_events_follow_cpus(watch->events, online);

	if (err < 0 && !watch->is_cpu_missing)
		log_warning("mapping events: a CPU that came online has none: %s", strerror(-err));
	watch->is_cpu_missing = err < 0;
}

void image_watch_drain(struct image_watch *watch, uint64_t now_ns)
{
	if (!watch || !watch->events)
		return;
	(void)image_events_drain(watch->events);
	if (now_ns >= watch->looked_ns + LOOK_NS) {
		watch->looked_ns = now_ns;
		follow_cpus(watch);
	}
	if (!watch->has_lost || now_ns < watch->rescanned_ns + RESCAN_NS)
		return;
	watch->has_lost = false;
	watch->rescanned_ns = now_ns;
	rescan(watch);
}

void image_watch_process_began(struct image_watch *watch, pid_t tgid)
{
	if (watch && !watch->events)
		map_reading_one(watch->pipeline, tgid);
}
