/*
 * The whole flow, from a record to the destinations' queues. Used by every command; knows nothing
 * of how records come (ring or recording). Capture thread.
 */
#ifndef PIPELINE_H
#define PIPELINE_H

#include "base/drops.h"
#include "base/view.h"
#include "model/event.h"
#include "model/exchange.h"
#include "process/process_table.h"
#include "settings/settings.h"
#include "tracing/assembler.h"

struct destinations;
struct pipeline;

/* What the pipeline asks of the kernel side; all NULL in a replay. */
struct pipeline_control {
	void *self;
	void (*set_mode)(void *self, const struct connection_identity *connection,
			 enum capture_mode mode);
	int (*read_state)(void *self, const struct connection_identity *connection,
			  struct connection_state *ret);
	void (*set_go)(void *self, pid_t tgid);
	void (*forget)(void *self, const struct connection_identity *connection);
};

/* What somebody outside wants to know of the events that pass. May be NULL. */
struct pipeline_observer {
	void *self;
	void (*on_process)(void *self, const struct event *event);
};

int pipeline_new(struct pipeline **ret, const struct settings *settings,
		 const struct pipeline_control *control, const struct pipeline_observer *observer,
		 struct destinations *destinations, struct drops *drops);
void pipeline_free(struct pipeline **pipeline);

/* One record, aligned to 8; borrowed. */
void pipeline_take_record(struct pipeline *pipeline, struct view record);

/* A process that is traced from now on and was not announced by a record (attach, run). */
void pipeline_learn_process(struct pipeline *pipeline, pid_t tgid);

/* Timers, by record time: call every few milliseconds, after the ring was drained. */
void pipeline_tick(struct pipeline *pipeline, uint64_t now_ns);

/* Something is under way that a tick will finish. */
bool pipeline_is_busy(const struct pipeline *pipeline);

/* Closes everything that is open and hands it on. */
void pipeline_finish(struct pipeline *pipeline, uint64_t now_ns);

void pipeline_set_unix_offset(struct pipeline *pipeline, uint64_t unix_offset_ns);
struct assembler_statistics pipeline_statistics(const struct pipeline *pipeline);

#endif
