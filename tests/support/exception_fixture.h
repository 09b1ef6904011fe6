/* An exception reporter without a kernel: records go in, exceptions come out. Time stands still but
 * for what a test says; nothing is read of /proc. */
#ifndef SUPPORT_EXCEPTION_FIXTURE_H
#define SUPPORT_EXCEPTION_FIXTURE_H

#include "cmocka_test.h"

#include <signal.h>
#include "base/clock.h"
#include "exceptions/exception_reporter.h"
#include "output_builder.h"
#include "sample_output.h"
#include "sample_segment.h"
#include "shared/go_panic_record.h"

#define MAX_FIXTURE_EVENTS 16
#define FIXTURE_TGID       500
#define FIXTURE_T0         (20 * NS_PER_S)
#define FIXTURE_MS         1000000ull

struct exception_fixture {
	struct exception_reporter *reporter;
	struct process_table *processes;
	struct settings settings;
	struct drops drops;
	struct output_builder output;
	struct crash *events[MAX_FIXTURE_EVENTS];
	uint32_t events_count, all_events_count;
	uint32_t watched_count, told_count, forgotten_count;
	uint64_t told_token; /* of the last find_link */
	char told_type[64], told_message[64];
	bool has_link; /* what find_link answers */
};

static inline void fixture_on_exception(void *self, struct crash **crash)
{
	struct exception_fixture *f = self;

	f->all_events_count++;
	if (f->events_count < MAX_FIXTURE_EVENTS)
		f->events[f->events_count++] = *crash;
	else
		crash_free(crash);
	*crash = NULL;
}

static inline void fixture_watch(void *self, uint64_t token, const struct output_place *place)
{
	assert_true(token & EXCEPTION_TOKEN);
	assert_true(place->time_ns >= FIXTURE_T0);
	((struct exception_fixture *)self)->watched_count++;
}

static inline bool fixture_find_link(void *self, uint64_t token, struct view type,
				     struct view message)
{
	struct exception_fixture *f = self;

	f->told_count++;
	f->told_token = token;
	(void)snprintf(f->told_type, sizeof(f->told_type), "%.*s", VIEW_FORMAT(type));
	(void)snprintf(f->told_message, sizeof(f->told_message), "%.*s", VIEW_FORMAT(message));
	return f->has_link;
}

static inline void fixture_forget(void *self, uint64_t token)
{
	assert_true(token & EXCEPTION_TOKEN);
	((struct exception_fixture *)self)->forgotten_count++;
}

static inline void fixture_write_breadcrumbs(void *self, struct crash *crash)
{
	(void)self;
	(void)crash;
}

static inline void fixture_take(void *self, const struct event *event)
{
	exception_reporter_take(((struct exception_fixture *)self)->reporter, event);
}

/* The settings may be changed before exception_fixture_open. */
static inline void exception_fixture_begin(struct exception_fixture *f)
{
	memset(f, 0, sizeof(*f));
	f->settings = (struct settings){
		.command = COMMAND_REPLAY,
		.capture = {.max_processes = 64},
		.exceptions = {.enabled = true, .burst = 100, .interval_ms = 1000},
	};
	f->output = (struct output_builder){.take = fixture_take, .self = f};
	output_builder_begin(&f->output, FIXTURE_TGID, FIXTURE_TGID);
}

static inline void exception_fixture_open(struct exception_fixture *f)
{
	struct exception_reporter_sink sink = {
		.self = f,
		.on_exception = fixture_on_exception,
		.watch = fixture_watch,
		.find_link = fixture_find_link,
		.forget = fixture_forget,
		.write_breadcrumbs = fixture_write_breadcrumbs,
	};

	assert_int_equal(process_table_new(&f->processes, &f->settings.identity, 64, &f->drops), 0);
	process_table_set_reads_proc(f->processes, f->settings.command != COMMAND_REPLAY);
	assert_int_equal(
		exception_reporter_new(&f->reporter, &f->settings, f->processes, &sink, &f->drops),
		0);
	exception_reporter_set_unix_offset(f->reporter, 0);
}

static inline void exception_fixture_close(struct exception_fixture *f)
{
	exception_reporter_free(&f->reporter);
	process_table_free(&f->processes);
	for (uint32_t i = 0; i < f->events_count; i++)
		crash_free(&f->events[i]);
}

/* One turn of the pipeline. */
static inline void fixture_turn(struct exception_fixture *f, uint64_t now_ns)
{
	exception_reporter_link(f->reporter, UINT64_MAX);
	exception_reporter_tick(f->reporter, now_ns);
}

static inline void fixture_finish(struct exception_fixture *f, uint64_t now_ns)
{
	exception_reporter_end_streams(f->reporter);
	exception_reporter_link(f->reporter, UINT64_MAX);
	exception_reporter_finish(f->reporter, now_ns);
	assert_false(exception_reporter_is_busy(f->reporter));
}

static inline void fixture_death(struct exception_fixture *f, uint32_t tgid, uint32_t exit_code,
				 uint64_t time_ns)
{
	struct process_death_record death = {
		.header = {RECORD_PROCESS_DEATH, 0, sizeof(death), time_ns},
		.tgid = tgid,
		.tid = tgid,
		.exit_code = exit_code,
	};
	struct event event = {RECORD_PROCESS_DEATH, time_ns, {.death = &death}, {0}};

	exception_reporter_take(f->reporter, &event);
}

static inline void fixture_mark(struct exception_fixture *f, enum runtime_mark_kind kind,
				uint32_t tid, uint64_t time_ns)
{
	struct runtime_mark_record mark = {
		.header = {RECORD_RUNTIME_MARK, 0, sizeof(mark), time_ns},
		.tgid = FIXTURE_TGID,
		.tid = tid,
		.kind = (uint8_t)kind,
	};
	struct event event = {RECORD_RUNTIME_MARK, time_ns, {.mark = &mark}, {0}};

	exception_reporter_take(f->reporter, &event);
}

/* A fatal panic with that text, as the uprobe tells it; type: NULL when it is not known. */
static inline void fixture_panic(struct exception_fixture *f, const char *type, const char *text,
				 uint64_t time_ns)
{
	struct go_panic_record record = {
		.header = {RECORD_GO_PANIC, 0, sizeof(record), time_ns},
		.tgid = FIXTURE_TGID,
		.tid = FIXTURE_TGID + 3,
		.goroutine = 17,
		.kind = GO_PANIC_FATAL,
		.value_kind = GO_KIND_STRING,
		.value_size = strlen(text),
		.name_size = type ? (uint16_t)strlen(type) : 0,
	};
	struct event event;

	memcpy(record.value, text, strlen(text));
	memcpy(record.name, type ? type : "", record.name_size);
	assert_int_equal(event_decoder_decode(view_of(&record, sizeof(record)), &event), 0);
	exception_reporter_take(f->reporter, &event);
}

/* The request it belongs to is told: of this span. */
static inline void fixture_link(struct exception_fixture *f, uint64_t token, uint8_t span)
{
	struct segment *segment = sample_segment(FIXTURE_T0);

	memset(segment_root(segment)->span_id, span, SPAN_ID_BYTES);
	exception_reporter_take_link(f->reporter, token, segment, "context");
	segment_free(&segment);
}

#endif
