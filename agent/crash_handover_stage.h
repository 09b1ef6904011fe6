/*
 * As a service: the kernel side that sees crashes outlives an agent that is restarted or killed, in
 * systemd's store of descriptors, and the next one reads what it told meanwhile. Without such a
 * store (a shell, a container) nothing of this is done. Capture thread.
 */
#ifndef CRASH_HANDOVER_STAGE_H
#define CRASH_HANDOVER_STAGE_H

#include "pipeline.h"

struct crash_handover_stage;
struct probe_loader;

/* Takes what was handed to this process; before any thread is started. NULL: there is no store. */
struct crash_handover_stage *crash_handover_stage_new(const struct settings *settings,
						      struct drops *drops);
void crash_handover_stage_free(struct crash_handover_stage **stage);

/* Everything is attached: the old programs are let go, ours are handed to the store. */
void crash_handover_stage_begin(struct crash_handover_stage *stage, struct probe_loader *loader,
				struct pipeline *pipeline);

/* What was told meanwhile goes to the pipeline. Before our own rings are read; a store that was not
 * reached is tried again. NULL-safe. */
void crash_handover_stage_drain(struct crash_handover_stage *stage);

/* A record of our own: false when the old ring tells the same. NULL-safe. */
bool crash_handover_stage_takes(struct crash_handover_stage *stage, struct view record);

#endif
