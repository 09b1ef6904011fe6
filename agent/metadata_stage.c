/* The wiring: a source is a row in add_sources. */
#include "metadata_stage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "containers/container_answer.h"
#include "containers/container_lookup.h"
#include "discovery_sources.h"
#include "kubernetes/pod_source.h"
#include "pod_policy.h"
#include "process/resource_builder.h"
#include "processors/metadata_wait.h"

struct metadata_stage {
	const struct identity_settings *settings;
	struct process_table *processes;
	struct metadata_stage_sink sink;
	struct metadata_sources sources;
	struct container_lookup *containers; /* NULL: a replay */
	struct pod_source *pods;             /* NULL: no cluster */
	struct discovery_sources *facts;     /* NULL: no rule asks */
	size_t max_pods;
	struct metadata_wait *wait;
	struct drops *drops;
	uint64_t now_ns;
};

/* Runtimes end a pod's sandbox by SIGKILL, every time: nothing has gone wrong. */
static bool is_end_of_sandbox(const struct item *item)
{
	return item->kind == ITEM_CRASH && item->crash->kind == CRASH_KILLED &&
	       attribute_find(&item->crash->resource->attributes, IS_SANDBOX);
}

static void on_ready(void *self, struct item **item)
{
	struct metadata_stage *stage = self;

	if (is_end_of_sandbox(*item)) {
		drops_count(stage->drops, DROP_SANDBOX_ENDED);
		item_release(item);
		return;
	}
	stage->sink.on_ready(stage->sink.self, item);
}

static void on_completed(void *self, const struct resource *from, struct resource *to)
{
	process_table_replace(((struct metadata_stage *)self)->processes, from, to);
}

static void settle(void *self, struct resource *resource)
{
	resource_builder_settle(resource, ((struct metadata_stage *)self)->settings);
}

/* In the order in which they write: later ones see what earlier ones found. */
static int add_sources(struct metadata_stage *stage, const struct settings *settings)
{
	struct metadata_source source;
	int err = container_lookup_new(&stage->containers, &settings->metadata);

	if (err < 0)
		return err;
	source = container_lookup_source(stage->containers);
	metadata_add_source(&stage->sources, &source);
	if (!pod_source_is_wanted(settings))
		return 0;
	err = pod_source_new(&stage->pods, settings, stage->drops);
	/* Nobody asked for it in so many words. */
	if (err == -EINVAL && settings->kubernetes.mode == KUBERNETES_AUTO)
		return 0;
	if (err < 0)
		return err;
	pod_source_add(stage->pods, &stage->sources);
	return 0;
}

int metadata_stage_new(struct metadata_stage **ret, const struct settings *settings,
		       struct process_table *processes, const struct metadata_stage_sink *sink,
		       struct drops *drops)
{
	_cleanup_(metadata_stage_free) struct metadata_stage *stage = calloc(1, sizeof(*stage));
	struct metadata_wait_settings waiting = {settings->metadata.wait_ms * NS_PER_MS,
						 settings->delivery.max_queue_items};
	struct metadata_wait_sink ready = {stage, on_ready, on_completed};
	int err = 0;

	if (!stage)
		return -ENOMEM;
	stage->settings = &settings->identity;
	stage->processes = processes;
	stage->sink = *sink;
	stage->drops = drops;
	stage->max_pods = settings->kubernetes.max_pods;
	stage->sources.self = stage;
	stage->sources.settle = settle;
	if (settings->command != COMMAND_REPLAY)
		err = add_sources(stage, settings);
	if (err == 0)
		err = metadata_wait_new(&stage->wait, &waiting, &stage->sources, &ready, drops);
	if (err < 0)
		return err;
	process_table_set_metadata(processes, &stage->sources);
	*ret = TAKE_PTR(stage);
	return 0;
}

void metadata_stage_free(struct metadata_stage **stage)
{
	if (!*stage)
		return;
	metadata_wait_free(&(*stage)->wait);
	process_table_set_metadata((*stage)->processes, NULL);
	discovery_sources_free(&(*stage)->facts);
	container_lookup_free(&(*stage)->containers);
	pod_source_free(&(*stage)->pods);
	free(*stage);
	*stage = NULL;
}

int metadata_stage_tell(struct metadata_stage *stage, struct discovery *discovery)
{
	if (!discovery || !(stage->containers || stage->pods))
		return 0;
	return discovery_sources_new(&stage->facts, discovery, stage->containers, stage->pods,
				     stage->max_pods);
}

void metadata_stage_start(struct metadata_stage *stage)
{
	int err = stage->pods ? pod_source_start(stage->pods) : 0;

	if (err < 0)
		log_error("kubernetes: cannot start following pods: %s; they stay without names",
			  strerror(-err));
}

bool metadata_stage_admits(struct metadata_stage *stage, struct item *item,
			   enum drop_reason *ret_reason, const char **ret_dsn)
{
	if (pod_policy_admits(stage->pods, item, ret_reason, ret_dsn))
		return true;
	drops_count(stage->drops, *ret_reason);
	/* Of one that crashed there is nothing left to look at. */
	if (*ret_reason == DROP_POD_MUTED && item->kind == ITEM_SEGMENT)
		discovery_sources_muted(stage->facts, (pid_t)item_resource(item)->pid);
	return false;
}

/* err: of making the item; it took what it was made of in any case. */
static void take(struct metadata_stage *stage, int err, struct item *item)
{
	if (err < 0)
		drops_count(stage->drops, DROP_QUEUE_FULL);
	else
		metadata_wait_take(stage->wait, &item, stage->now_ns);
}

void metadata_stage_take_segment(struct metadata_stage *stage, struct segment **segment)
{
	struct item *item = NULL;
	int err = item_new_segment(&item, segment);

	take(stage, err, item);
}

void metadata_stage_take_crash(struct metadata_stage *stage, struct crash **crash)
{
	struct item *item = NULL;
	int err = item_new_crash(&item, crash);

	take(stage, err, item);
}

void metadata_stage_take_session(struct metadata_stage *stage, struct session_report **report)
{
	struct item *item = NULL;
	int err = item_new_session(&item, report);

	take(stage, err, item);
}

void metadata_stage_take_profile(struct metadata_stage *stage, struct profile **profile)
{
	struct item *item = NULL;
	int err = item_new_profile(&item, profile);

	take(stage, err, item);
}

void metadata_stage_tick(struct metadata_stage *stage, uint64_t now_ns)
{
	stage->now_ns = now_ns;
	if (stage->pods)
		pod_source_tick(stage->pods, now_ns);
	discovery_sources_tick(stage->facts, now_ns);
	metadata_wait_tick(stage->wait, now_ns);
}

void metadata_stage_finish(struct metadata_stage *stage)
{
	metadata_wait_finish(stage->wait);
}

bool metadata_stage_is_busy(const struct metadata_stage *stage)
{
	return metadata_wait_is_busy(stage->wait);
}
