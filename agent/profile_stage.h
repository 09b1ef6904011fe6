/*
 * The CPU profile as a stage of the pipeline: samples of the kernel's side, or records of a
 * recording, become profiles; requests that were served are tied to them. All calls are NULL-safe:
 * without --profile, and without recorded samples, there is none. Capture thread.
 */
#ifndef PROFILE_STAGE_H
#define PROFILE_STAGE_H

#include "base/drops.h"
#include "live_recording.h"
#include "metadata_stage.h"
#include "model/event.h"
#include "model/profile.h"
#include "process/image_table.h"
#include "process/process_table.h"
#include "process/python_runtime.h"
#include "settings/settings.h"
#include "tracing/assembler.h"

struct profile_stage;

/* What it stands on; all borrowed. */
struct profile_stage_ground {
	const struct settings *settings;
	struct process_table *processes;
	struct image_table *images; /* NULL: crashes are not wanted */
	struct assembler *assembler;
	struct metadata_stage *metadata;   /* takes what is finished */
	struct live_recording **recording; /* NULL in it: none, or not yet */
	struct drops *drops;
};

/* *ret is NULL when nothing is to be profiled. -EINVAL: a setting cannot be used (said). */
int profile_stage_new(struct profile_stage **ret, const struct profile_stage_ground *ground);
void profile_stage_free(struct profile_stage **stage);

/* Who tells the kernel's side where a process's Python keeps its frames; NULL runtime: nowhere. */
struct profile_stage_python {
	void *self;
	void (*tell)(void *self, uint32_t tgid, const struct python_runtime *runtime);
};
void profile_stage_watch_python(struct profile_stage *stage,
				const struct profile_stage_python *watch);

/* A record of the kernel's rings of samples: it goes no further than here. */
void profile_stage_take_sample(struct profile_stage *stage, struct view bytes);
/* The kernel's counters of what found those rings full were read into these drops. */
struct drops *profile_stage_drops(const struct profile_stage *stage);
void profile_stage_note_lost(struct profile_stage *stage, uint64_t now_ns);

/* Before and after the other stages took it. */
void profile_stage_before(struct profile_stage *stage, const struct event *event);
void profile_stage_take(struct profile_stage *stage, const struct event *event);
void profile_stage_tick(struct profile_stage *stage, uint64_t now_ns);
/* Readable when stacks were unwound; -1: none. */
int profile_stage_fd(const struct profile_stage *stage);

/* Before the last requests end, and after: then everything is given away. */
void profile_stage_end_samples(struct profile_stage *stage);
void profile_stage_finish(struct profile_stage *stage);

void profile_stage_set_unix_offset(struct profile_stage *stage, uint64_t unix_offset_ns);

/* What was sampled and is not given away yet, for who shows it while it runs: the last minute, by
 * process; borrowed during the call. */
void profile_stage_look(const struct profile_stage *stage,
			void (*visit)(void *self, const struct profile *profile), void *self);

/* "N samples, K of them waits; L % down to their first function …" */
void profile_stage_print(const struct profile_stage *stage);

#endif
