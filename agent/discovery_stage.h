/*
 * Discovery among the other stages: what a decision means for the kernel's programs, for watched
 * functions and for what is sent. Only of a whole host (NULL otherwise: everything is let through;
 * all of it is NULL-safe). Capture thread.
 */
#ifndef DISCOVERY_STAGE_H
#define DISCOVERY_STAGE_H

#include "base/drops.h"
#include "discovery/discovery.h"
#include "settings/settings.h"

struct crash;
struct function_watch;
struct pipeline;
struct probe_loader;
struct segment;
struct discovery_stage;

/* *ret becomes NULL where processes are chosen otherwise. -EINVAL after a message: a rule is none.
 */
int discovery_stage_new(struct discovery_stage **ret, const struct settings *settings,
			struct drops *drops);
void discovery_stage_free(struct discovery_stage **stage);

/* Before anything is captured; all borrowed. */
void discovery_stage_connect(struct discovery_stage *stage, struct pipeline *pipeline,
			     struct probe_loader *loader, struct function_watch *functions);

/* Read again (SIGHUP), and valid; nothing of them is kept. Whatever cannot be taken is said. */
void discovery_stage_take_settings(struct discovery_stage *stage,
				   const struct discovery_settings *settings);

/* For those who know containers and pods: discovery_add_source, discovery_facts_changed. */
struct discovery *discovery_stage_discovery(struct discovery_stage *stage);

/* Whether a record goes on; of perf's mapping events, first. */
bool discovery_stage_takes(struct discovery_stage *stage, const struct event *event);
bool discovery_stage_takes_mapping(struct discovery_stage *stage, struct view record);

/* Is it traced? Decides. */
bool discovery_stage_traces(struct discovery_stage *stage, pid_t tgid);

/* Every finished segment, kept or not. */
void discovery_stage_see(struct discovery_stage *stage, const struct segment *segment);

/* Is it to be sent? If its process was ignored meanwhile, or sends its own: no. */
bool discovery_stage_sends_segment(struct discovery_stage *stage, const struct segment *segment);
bool discovery_stage_sends_crash(struct discovery_stage *stage, const struct crash *crash);

void discovery_stage_tick(struct discovery_stage *stage, uint64_t now_ns);

#endif
