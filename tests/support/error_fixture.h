/*
 * Crashes, exceptions and requests together, wired as the pipeline wires them, without a kernel:
 * records and exchanges go in; events, sessions and segments come out. By the clock of the records,
 * but for the symbol process, which is waited for.
 */
#ifndef SUPPORT_ERROR_FIXTURE_H
#define SUPPORT_ERROR_FIXTURE_H

#include "tracing_fixture.h"

#include <poll.h>
#include <signal.h>
#include "base/clock.h"
#include "crash_records.h"
#include "error_stage.h"
#include "output_builder.h"
#include "sample_output.h"
#include "shared/go_panic_record.h"

#define MAX_ERROR_EVENTS 16
#define ERROR_T0         (20000 * MS)

struct error_fixture {
	struct tracing_fixture tracing; /* its assembler is told of exchanges */
	struct error_stage *stage;
	struct image_table *images;
	struct settings settings;
	struct output_builder output;
	struct crash *events[MAX_ERROR_EVENTS];
	struct session_report *sessions[MAX_ERROR_EVENTS];
	uint32_t events_count, sessions_count;
};

static inline void error_on_crash(void *self, struct crash **crash)
{
	struct error_fixture *f = self;

	assert_in_range(f->events_count, 0, MAX_ERROR_EVENTS - 1);
	f->events[f->events_count++] = *crash;
	*crash = NULL;
}

static inline void error_on_session(void *self, struct session_report **report)
{
	struct error_fixture *f = self;

	assert_in_range(f->sessions_count, 0, MAX_ERROR_EVENTS - 1);
	f->sessions[f->sessions_count++] = *report;
	*report = NULL;
}

static inline void error_learn(void *self, uint64_t pc_offset, uint64_t message_offset)
{
	(void)self;
	(void)pc_offset;
	(void)message_offset;
}

static inline void error_on_segment(void *self, struct segment **segment)
{
	tracing_on_segment(&((struct error_fixture *)self)->tracing, segment);
}

static inline void error_on_finished(void *self, const struct segment *segment)
{
	error_stage_take_segment(((struct error_fixture *)self)->stage, segment);
}

static inline void error_on_linked(void *self, uint64_t token, const struct segment *segment,
				   const char *source)
{
	error_stage_take_link(((struct error_fixture *)self)->stage, token, segment, source);
}

static inline void error_on_unlinked(void *self, uint64_t token)
{
	error_stage_take_unlinked(((struct error_fixture *)self)->stage, token);
}

static inline void error_take(void *self, const struct event *event)
{
	error_stage_take(((struct error_fixture *)self)->stage, event);
}

/* The settings may be changed before error_fixture_open. */
static inline void error_fixture_begin(struct error_fixture *f)
{
	static char release[] = "shop@1.2.3";

	memset(f, 0, sizeof(*f));
	tracing_begin_with(&f->tracing, 64, 1);
	assembler_free(&f->tracing.assembler);
	f->settings = (struct settings){
		.command = COMMAND_REPLAY,
		.capture = {.max_processes = 64},
		.identity = {.release = release},
		.crash = {.enabled = true,
			  .kills = KILLS_SIGKILL,
			  .breadcrumbs = BREADCRUMBS_AUTO,
			  .burst = 10,
			  .interval_ms = 60000,
			  .sessions = true,
			  .max_images = 1024},
		.exceptions = {.enabled = true, .burst = 100, .interval_ms = 1000},
	};
	f->tracing.identity = f->settings.identity;
	f->output = (struct output_builder){.take = error_take, .self = f};
	output_builder_begin(&f->output, RECORDS_TGID, RECORDS_TGID);
}

static inline void error_fixture_open(struct error_fixture *f)
{
	struct image_table_settings images = {.max_mappings = 1024, .proc_root = "/nowhere"};
	struct assembler_sink segments = {f, error_on_segment, error_on_finished, error_on_linked,
					  error_on_unlinked};
	struct error_stage_sink sink = {f, error_on_crash, error_on_session, error_learn};
	struct error_stage_ground ground;

	assert_int_equal(assembler_new(&f->tracing.assembler, &f->tracing.tracing,
				       &f->tracing.sampling, f->tracing.processes, &segments,
				       &f->tracing.drops),
			 0);
	assembler_set_unix_offset(f->tracing.assembler, 0);
	assert_int_equal(image_table_new(&f->images, &images, &f->tracing.drops), 0);
	ground = (struct error_stage_ground){&f->settings, f->tracing.processes, f->images,
					     f->tracing.assembler, &f->tracing.drops};
	assert_int_equal(error_stage_new(&f->stage, &ground, &sink), 0);
	error_stage_set_unix_offset(f->stage, 0);
	process_table_exec(f->tracing.processes, RECORDS_TGID, "shop");
	error_stage_process_began(f->stage, RECORDS_TGID, ERROR_T0 - 1000 * MS);
}

static inline void error_fixture_close(struct error_fixture *f)
{
	tracing_end(&f->tracing);
	error_stage_free(&f->stage);
	image_table_free(&f->images);
	for (uint32_t i = 0; i < f->events_count; i++)
		crash_free(&f->events[i]);
	for (uint32_t i = 0; i < f->sessions_count; i++)
		session_report_free(&f->sessions[i]);
}

/* One turn of the pipeline. */
static inline void error_turn(struct error_fixture *f, uint64_t now_ns)
{
	error_stage_link(f->stage, UINT64_MAX, true);
	assembler_tick(f->tracing.assembler, now_ns);
	error_stage_tick(f->stage, now_ns);
}

/* Turns, while record time goes on, until there are that many events and nothing is under way. */
static inline void error_settle(struct error_fixture *f, uint64_t now_ns, uint32_t events)
{
	uint64_t deadline_ns = clock_monotonic_ns() + 30 * NS_PER_S;

	while (f->events_count < events || error_stage_is_busy(f->stage)) {
		struct pollfd answer = {.fd = error_stage_fd(f->stage), .events = POLLIN};

		assert_true(clock_monotonic_ns() < deadline_ns);
		error_turn(f, now_ns);
		(void)poll(&answer, 1, 5);
		now_ns += 50 * MS;
	}
	assert_int_equal(f->events_count, events);
}

/* As the pipeline ends. */
static inline void error_finish(struct error_fixture *f, uint64_t now_ns)
{
	error_stage_end_streams(f->stage);
	assembler_finish(f->tracing.assembler);
	error_stage_finish(f->stage, now_ns);
	assert_false(error_stage_is_busy(f->stage));
}

#endif
