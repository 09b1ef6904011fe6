/* A crash reporter without a kernel: records go in, crashes and sessions come out. Time stands
 * still but for what a test says. */
#ifndef SUPPORT_CRASH_REPORTER_FIXTURE_H
#define SUPPORT_CRASH_REPORTER_FIXTURE_H

#include <assert.h>
#include <poll.h>
#include "base/clock.h"
#include "crash/crash_reporter.h"
#include "crash_records.h"
#include "sample_segment.h"

#define MAX_REPORTED 8

struct reporter_fixture {
	struct crash_reporter *reporter;
	struct process_table *processes;
	struct image_table *images;
	struct settings settings;
	struct drops drops;
	struct crash *crashes[MAX_REPORTED];
	struct session_report *sessions[MAX_REPORTED];
	uint32_t crashes_count, sessions_count;
	uint64_t wanted_token; /* of the last find_link */
	const char *error_type;
	bool has_link;
	uint64_t offset_ns; /* from record time to Unix time */
};

static inline void reporter_on_crash(void *self, struct crash **crash)
{
	struct reporter_fixture *f = self;

	assert(f->crashes_count < MAX_REPORTED);
	f->crashes[f->crashes_count++] = *crash;
	*crash = NULL;
}

static inline void reporter_on_session(void *self, struct session_report **report)
{
	struct reporter_fixture *f = self;

	assert(f->sessions_count < MAX_REPORTED);
	f->sessions[f->sessions_count++] = *report;
	*report = NULL;
}

static inline bool reporter_find_link(void *self, const struct crash_thread_record *thread,
				      uint64_t token, const char *error_type)
{
	struct reporter_fixture *f = self;

	assert(thread->tgid == RECORDS_TGID);
	f->wanted_token = token;
	f->error_type = error_type;
	return f->has_link;
}

/* The settings may be changed before reporter_open. */
static inline void reporter_begin(struct reporter_fixture *f)
{
	static char release[] = "shop@1.2.3";

	memset(f, 0, sizeof(*f));
	f->offset_ns = clock_unix_boot_offset_ns();
	f->settings = (struct settings){
		.command = COMMAND_RUN,
		.capture = {.max_processes = 64},
		.identity = {.release = release},
		.crash = {.enabled = true,
			  .kills = KILLS_SIGKILL,
			  .breadcrumbs = BREADCRUMBS_AUTO,
			  .burst = 1,
			  .interval_ms = 60000,
			  .sessions = true,
			  .max_images = 1024},
	};
}

static inline void reporter_open(struct reporter_fixture *f)
{
	struct image_table_settings images = {.max_mappings = 1024, .proc_root = "/nowhere"};
	struct crash_reporter_sink sink = {.self = f,
					   .on_crash = reporter_on_crash,
					   .on_session = reporter_on_session,
					   .find_link = reporter_find_link};

	assert(process_table_new(&f->processes, &f->settings.identity, 64, &f->drops) == 0);
	process_table_set_reads_proc(f->processes, false);
	assert(image_table_new(&f->images, &images, &f->drops) == 0);
	assert(crash_reporter_new(&f->reporter, &f->settings, f->processes, f->images, &sink,
				  &f->drops) == 0);
	crash_reporter_set_unix_offset(f->reporter, f->offset_ns);
}

static inline void reporter_close(struct reporter_fixture *f)
{
	crash_reporter_free(&f->reporter);
	image_table_free(&f->images);
	process_table_free(&f->processes);
	for (uint32_t i = 0; i < f->crashes_count; i++)
		crash_free(&f->crashes[i]);
	for (uint32_t i = 0; i < f->sessions_count; i++)
		session_report_free(&f->sessions[i]);
}

static inline void reporter_take(struct reporter_fixture *f, enum record_kind kind,
				 const void *record, uint64_t time_ns)
{
	struct event event = {.kind = kind, .time_ns = time_ns, .crash_thread = record};

	crash_reporter_take(f->reporter, &event);
}

static inline void reporter_take_thread(struct reporter_fixture *f, int signal, uint64_t time_ns)
{
	struct crash_thread_record thread =
		crash_thread_record(CRASH_THREAD_FATAL, RECORDS_TGID + 1, signal, time_ns);

	reporter_take(f, RECORD_CRASH_THREAD, &thread, time_ns);
}

static inline void reporter_take_death(struct reporter_fixture *f, uint32_t exit_code,
				       uint64_t time_ns)
{
	struct process_death_record death = death_record(exit_code, time_ns);

	reporter_take(f, RECORD_PROCESS_DEATH, &death, time_ns);
}

/* A request this process served, that began at this record time. */
static inline struct segment *reporter_segment(const struct reporter_fixture *f, uint64_t time_ns,
					       bool is_broken)
{
	struct segment *segment = sample_segment(time_ns + f->offset_ns);

	segment->resource->pid = RECORDS_TGID;
	if (is_broken)
		attribute_set_boolean(&segment_root(segment)->attributes, &segment->arena,
				      "limpet.crashed", true);
	return segment;
}

/* Ticks at this time, and until the symbol process has answered when a crash is waited for. */
static inline void reporter_tick(struct reporter_fixture *f, uint64_t now_ns, uint32_t crashes)
{
	uint64_t deadline_ns = clock_monotonic_ns() + 30 * NS_PER_S;

	crash_reporter_tick(f->reporter, now_ns);
	while (f->crashes_count < crashes) {
		struct pollfd answer = {.fd = crash_reporter_fd(f->reporter), .events = POLLIN};

		assert(clock_monotonic_ns() < deadline_ns);
		(void)poll(&answer, 1, 20);
		crash_reporter_tick(f->reporter, now_ns);
	}
}

#endif
