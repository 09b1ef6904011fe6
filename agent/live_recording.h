/*
 * What --record writes while limpet runs: every record as it came, and before the first one that
 * needs it who its process is, so that a replay names things as the run did. Capture thread.
 */
#ifndef LIVE_RECORDING_H
#define LIVE_RECORDING_H

#include "base/view.h"
#include "model/event.h"
#include "process/process_table.h"
#include "settings/settings.h"

struct live_recording;

/* *ret is NULL when none is wanted. -errno is logged. */
int live_recording_new(struct live_recording **ret, const struct settings *settings,
		       struct process_table *processes);
void live_recording_free(struct live_recording **recording);

/* bytes: the whole record. NULL-safe. */
void live_recording_add(struct live_recording *recording, const struct event *event,
			struct view bytes);

/* The same of a record that the pipeline made and does not take itself: of a profile. NULL-safe. */
void live_recording_add_made(struct live_recording *recording, struct view bytes);

/* The timers are looked at now: a replay looks at them between the same records. NULL-safe. */
void live_recording_turn(struct live_recording *recording, uint64_t now_ns, bool is_caught_up);

#endif
