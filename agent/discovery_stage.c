/* A decision becomes an entry in the kernel's table, functions watched or let go, maps read. */
#include "discovery_stage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "capture/event_decoder.h"
#include "capture/probe_loader.h"
#include "discovery/sdk_watch.h"
#include "function_watch.h"
#include "model/crash.h"
#include "model/segment.h"
#include "map_reading.h"
#include "pipeline.h"

#define LOST_NS (1 * NS_PER_S) /* between looks at what was lost */

struct discovery_stage {
	struct discovery *discovery;
	struct sdk_watch *sdks; /* NULL: nothing is suppressed */
	struct drops *drops;
	struct pipeline *pipeline;
	struct probe_loader *loader;
	struct function_watch *functions;
	uint64_t now_ns, looked_ns, lost;
};

/* Who is seen again after a while has mapped things since. */
static void begin_tracing(struct discovery_stage *stage, pid_t tgid)
{
	pipeline_learn_process(stage->pipeline, tgid);
	map_reading_one(stage->pipeline, tgid);
}

static void on_decision(void *self, pid_t tgid, bool is_traced, bool is_final,
			enum discovery_state before)
{
	struct discovery_stage *stage = self;

	/* By itself the kernel forgets at exec whom it ignored, but it may have skipped that run.
	 */
	if (is_traced && before != DISCOVERY_TRACED)
		probe_loader_ignore(stage->loader, tgid, 0);
	if (is_traced && before == DISCOVERY_IGNORED)
		begin_tracing(stage, tgid);
	if (is_traced)
		return;
	if (is_final)
		probe_loader_ignore(stage->loader, tgid, IGNORED_BY_RULE);
	if (before != DISCOVERY_IGNORED)
		function_watch_exited(stage->functions, tgid);
}

static void on_forget(void *self, pid_t tgid)
{
	probe_loader_ignore(((struct discovery_stage *)self)->loader, tgid, 0);
}

static void on_catch_up(void *self)
{
	probe_loader_drain_beginnings(((struct discovery_stage *)self)->loader);
}

static void on_heed_all(void *self)
{
	probe_loader_heed_all(((struct discovery_stage *)self)->loader);
}

int discovery_stage_new(struct discovery_stage **ret, const struct settings *settings,
			struct drops *drops)
{
	_cleanup_(discovery_stage_free) struct discovery_stage *stage = NULL;
	struct discovery_sink sink = {NULL, on_decision, on_forget, on_catch_up, on_heed_all};
	int err;

	*ret = NULL;
	if (!settings->capture.trace_all)
		return 0;
	stage = calloc(1, sizeof(*stage));
	if (!stage)
		return -ENOMEM;
	stage->drops = drops;
	sink.self = stage;
	err = discovery_new(&stage->discovery, &settings->discovery,
			    settings->capture.max_processes, &sink, drops);
	if (err == 0 && settings->discovery.suppress_sdk)
		err = sdk_watch_new(&stage->sdks, "/proc");
	if (err == 0)
		*ret = TAKE_PTR(stage);
	return err;
}

void discovery_stage_free(struct discovery_stage **stage)
{
	if (!*stage)
		return;
	discovery_free(&(*stage)->discovery);
	sdk_watch_free(&(*stage)->sdks);
	free(*stage);
	*stage = NULL;
}

/* Whom we started before the programs were there; of later ones the kernel knows by itself. */
static void exclude_children(struct discovery_stage *stage)
{
	char path[64], text[1024] = "";
	struct view rest, number;
	uint64_t child;
	ssize_t size;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	size = proc_reader_file(path, text, sizeof(text));
	rest = view_of(text, size > 0 ? (size_t)size : 0);
	while (view_next_token(&rest, ' ', &number)) {
		if (view_parse_u64(number, &child) < 0)
			continue;
		discovery_exclude(stage->discovery, (pid_t)child);
		probe_loader_ignore(stage->loader, (pid_t)child, IGNORED_AS_OURS);
	}
}

void discovery_stage_connect(struct discovery_stage *stage, struct pipeline *pipeline,
			     struct probe_loader *loader, struct function_watch *functions)
{
	if (!stage)
		return;
	stage->pipeline = pipeline;
	stage->loader = loader;
	stage->functions = functions;
	exclude_children(stage);
	probe_loader_want_beginnings(loader, discovery_names_executables(stage->discovery));
}

/* Without an SDK watch nothing is left to SDKs; a new one begins without a memory. */
static int set_suppression(struct discovery_stage *stage, bool is_on)
{
	if (!is_on)
		sdk_watch_free(&stage->sdks);
	return is_on && !stage->sdks ? sdk_watch_new(&stage->sdks, "/proc") : 0;
}

void discovery_stage_take_settings(struct discovery_stage *stage,
				   const struct discovery_settings *settings)
{
	int err;

	if (!stage)
		return;
	err = discovery_set_rules(stage->discovery, settings);
	if (err == 0)
		err = set_suppression(stage, settings->suppress_sdk);
	probe_loader_want_beginnings(stage->loader, discovery_names_executables(stage->discovery));
	/* What is left would be old when it is wanted again. */
	probe_loader_drain_beginnings(stage->loader);
	if (err < 0)
		log_error("discovery: cannot take the new rules: %s; restart limpet",
			  strerror(-err));
}

struct discovery *discovery_stage_discovery(struct discovery_stage *stage)
{
	return stage ? stage->discovery : NULL;
}

bool discovery_stage_takes(struct discovery_stage *stage, const struct event *event)
{
	if (!stage)
		return true;
	if (stage->sdks && event->kind == RECORD_PROCESS_FORK)
		sdk_watch_process_began(stage->sdks, (pid_t)event->fork->tgid);
	if (stage->sdks && event->kind == RECORD_PROCESS_EXEC)
		sdk_watch_process_began(stage->sdks, (pid_t)event->exec->tgid);
	return discovery_takes(stage->discovery, event);
}

bool discovery_stage_takes_mapping(struct discovery_stage *stage, struct view record)
{
	struct event event;

	if (!stage || event_decoder_decode(record, &event) < 0 || event.kind != RECORD_IMAGE)
		return true;
	return discovery_takes_image(stage->discovery, &event);
}

bool discovery_stage_traces(struct discovery_stage *stage, pid_t tgid)
{
	return !stage || discovery_traces(stage->discovery, tgid);
}

void discovery_stage_see(struct discovery_stage *stage, const struct segment *segment)
{
	if (stage && stage->sdks)
		sdk_watch_see(stage->sdks, segment, stage->now_ns);
}

static bool is_suppressed(struct discovery_stage *stage, uint32_t tgid, enum sdk_signal what)
{
	if (!stage->sdks || !sdk_watch_suppresses(stage->sdks, (pid_t)tgid, what))
		return false;
	drops_count(stage->drops, DROP_SDK_SUPPRESSED);
	return true;
}

/* A request of our own exporters, seen from the server's side, is no news either. */
bool discovery_stage_sends_segment(struct discovery_stage *stage, const struct segment *segment)
{
	uint32_t tgid = segment->resource ? segment->resource->pid : 0;

	return !stage ||
	       (!discovery_ignores(stage->discovery, (pid_t)tgid) &&
		!sdk_watch_is_our_export(segment) && !is_suppressed(stage, tgid, SDK_TRACES));
}

/* A crash is news to whatever the process sends by itself: it is dead. */
bool discovery_stage_sends_crash(struct discovery_stage *stage, const struct crash *crash)
{
	return !stage ||
	       (!discovery_ignores(stage->discovery, (pid_t)crash->pid) &&
		(crash->kind != CRASH_EXCEPTION || !is_suppressed(stage, crash->pid, SDK_ERRORS)));
}

void discovery_stage_tick(struct discovery_stage *stage, uint64_t now_ns)
{
	uint64_t lost;

	if (!stage)
		return;
	stage->now_ns = now_ns;
	discovery_tick(stage->discovery, now_ns);
	if (now_ns < stage->looked_ns + LOST_NS)
		return;
	stage->looked_ns = now_ns;
	probe_loader_read_drops(stage->loader, stage->drops);
	lost = drops_get(stage->drops, DROP_RING_FULL) +
	       drops_get(stage->drops, DROP_IMAGE_EVENTS_LOST);
	if (lost != stage->lost)
		discovery_records_lost(stage->discovery);
	stage->lost = lost;
}
