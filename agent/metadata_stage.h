/*
 * Names of containers and pods as one stage of the pipeline: the sources, the process table that
 * asks them when a resource is made, and the waiting of finished items. The one place where a
 * source is added. Capture thread.
 */
#ifndef METADATA_STAGE_H
#define METADATA_STAGE_H

#include "base/drops.h"
#include "model/item.h"
#include "process/process_table.h"
#include "settings/settings.h"

struct discovery;
struct metadata_stage;

struct metadata_stage_sink {
	void *self;
	void (*on_ready)(void *self, struct item **item); /* taken; not scrubbed yet */
};

/* All borrowed. A replay has no sources: what was known is in the recording. */
int metadata_stage_new(struct metadata_stage **ret, const struct settings *settings,
		       struct process_table *processes, const struct metadata_stage_sink *sink,
		       struct drops *drops);
void metadata_stage_free(struct metadata_stage **stage);

/* Rules may ask for containers and pods from now on. Borrowed; NULL: nobody asks. */
int metadata_stage_tell(struct metadata_stage *stage, struct discovery *discovery);

/* Threads that must be there from the start: after everything that forks. */
void metadata_stage_start(struct metadata_stage *stage);

/* What the item's pod decides about it (pod_policy.h). */
bool metadata_stage_admits(struct metadata_stage *stage, struct item *item,
			   enum drop_reason *ret_reason, const char **ret_dsn);

/* They become items and wait; as in processors/metadata_wait.h, with the time of the last tick. */
void metadata_stage_take_segment(struct metadata_stage *stage, struct segment **segment);
void metadata_stage_take_crash(struct metadata_stage *stage, struct crash **crash);
void metadata_stage_take_session(struct metadata_stage *stage, struct session_report **report);
void metadata_stage_take_profile(struct metadata_stage *stage, struct profile **profile);
void metadata_stage_tick(struct metadata_stage *stage, uint64_t now_ns);
void metadata_stage_finish(struct metadata_stage *stage);
bool metadata_stage_is_busy(const struct metadata_stage *stage);

#endif
