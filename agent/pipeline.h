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
#include "totals.h"
#include "tracing/assembler.h"

struct connection_state;
struct destinations;
struct discovery_stage;
struct pipeline;
struct profile_stage;

/* What the pipeline asks of the kernel side; all NULL in a replay. */
struct pipeline_control {
	void *self;
	void (*set_mode)(void *self, const struct connection_identity *connection,
			 enum capture_mode mode);
	int (*read_state)(void *self, const struct connection_identity *connection,
			  struct connection_state *ret);
	void (*set_flags)(void *self, pid_t tgid, uint32_t flags); /* enum process_flags */
	void (*forget)(void *self, const struct connection_identity *connection);
	void (*learn_abort_place)(void *self, uint64_t pc_offset, uint64_t message_offset);
	/* This process mapped a file executable; fd: the file, borrowed, -1: not open. */
	void (*on_image)(void *self, pid_t tgid, struct view path, int fd);
	struct discovery_stage *discovery; /* taken; NULL: all that is captured is wanted */
};

/* What somebody outside wants to know of the events that pass. May be NULL. */
struct pipeline_observer {
	void *self;
	void (*on_process)(void *self, const struct event *event);
	void (*on_segment)(void *self, const struct segment *segment); /* ended, kept or not */
};

int pipeline_new(struct pipeline **ret, const struct settings *settings,
		 const struct pipeline_control *control, const struct pipeline_observer *observer,
		 struct destinations *destinations, struct drops *drops);
/* For a pipeline made without: destinations have threads, and the pipeline forks before there are
 * any. */
void pipeline_set_destinations(struct pipeline *pipeline, struct destinations *destinations);
void pipeline_free(struct pipeline **pipeline);

/* Who decides which processes are traced; borrowed, NULL: nobody. */
struct discovery_stage *pipeline_discovery(struct pipeline *pipeline);

/* Where samples go; borrowed, NULL: no profile is wanted. */
struct profile_stage *pipeline_profile(const struct pipeline *pipeline);

/* One record, aligned to 8; borrowed. */
void pipeline_take_record(struct pipeline *pipeline, struct view record);

/* A process that is traced from now on and was not announced by a record (attach, run). */
void pipeline_learn_process(struct pipeline *pipeline, pid_t tgid);

/* The command of `run`. */
void pipeline_set_command(struct pipeline *pipeline, pid_t tgid);

/* Its end is no event: it never became a program, and who started it says so. */
void pipeline_ignore_end(struct pipeline *pipeline, pid_t tgid);

/* Are crashes wanted, and with them what is mapped where? */
bool pipeline_has_images(const struct pipeline *pipeline);

/* Is this a process whose mappings matter? Cheap. */
bool pipeline_knows_process(const struct pipeline *pipeline, pid_t tgid);

/*
 * Timers, by record time: call every few milliseconds, after the rings were drained: crashes before
 * traffic before mappings. is_caught_up: nothing was left in the ring of traffic.
 */
void pipeline_tick(struct pipeline *pipeline, uint64_t now_ns, bool is_caught_up);

/* Readable when a crash can go on; ask again after every tick. -1: none. */
int pipeline_fd(const struct pipeline *pipeline);

/* Something is under way that a tick will finish. */
bool pipeline_is_busy(const struct pipeline *pipeline);

/* Closes everything that is open and hands it on. */
void pipeline_finish(struct pipeline *pipeline, uint64_t now_ns);

/* Crashes reported. */
struct totals_errors pipeline_errors(const struct pipeline *pipeline);

void pipeline_set_unix_offset(struct pipeline *pipeline, uint64_t unix_offset_ns);

/* Settings that changed while it runs (`is_live` in settings/option_table.h). */
void pipeline_take_settings(struct pipeline *pipeline, const struct settings *settings);

/* Processes known, those that ended a moment ago among them. */
size_t pipeline_processes_count(const struct pipeline *pipeline);
struct assembler_statistics pipeline_statistics(const struct pipeline *pipeline);

#endif
