/*
 * The flow of this room on one screen: streams of output and records of runtimes become pending
 * exceptions; those that are the same are joined; the request is looked for; when all that can come
 * has come, the event is built, limited, given its source lines, and goes.
 */
#include "exceptions/exception_reporter.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "crash/crash_links.h"
#include "crash/exit_rules.h"
#include "exceptions/exception_admission.h"
#include "exceptions/exception_builder.h"
#include "exceptions/pending_exceptions.h"
#include "exceptions/process_scenes.h"
#include "exceptions/runtime_reports.h"

#define MAX_STREAMS  512
#define MAX_PENDING  1024
#define MAX_SCENES   256
#define MAX_DEATHS   1024
#define LINK_WAIT_NS (3 * NS_PER_S)

struct exception_reporter {
	const struct settings *settings;
	struct exception_reporter_sink sink;
	struct process_table *processes;
	struct drops *drops;
	struct output_streams *streams;
	struct pending_exceptions pending;
	struct crash_links *links;
	struct exception_admission *admission;
	struct process_scenes *scenes;
	struct runtime_reports runtime;
	struct process_death_record deaths[MAX_DEATHS]; /* of this turn */
	uint32_t deaths_count;
	uint64_t next_probe, now_ns, unix_offset_ns, boot_offset_ns, count;
};

static void drop(struct exception_reporter *reporter, struct pending_exception *pending)
{
	crash_links_forget(reporter->links, pending->token);
	pending_exceptions_remove(&reporter->pending, pending);
}

/* It leaves no trace, not in a span either. */
static void forget(struct exception_reporter *reporter, struct pending_exception *pending)
{
	if (pending->is_watched)
		reporter->sink.forget(reporter->sink.self, pending->token);
	drop(reporter, pending);
}

static struct pending_exception *begin(struct exception_reporter *reporter, uint64_t token,
				       const struct output_place *place)
{
	struct pending_exception *pending =
		pending_exceptions_add(&reporter->pending, token, place);

	if (!pending) {
		drops_count(reporter->drops, DROP_EXCEPTION_TABLE_FULL);
		return NULL;
	}
	/* While it can still be asked. */
	process_scenes_meet(reporter->scenes, place->tgid);
	(void)process_table_resource(reporter->processes, (pid_t)place->tgid);
	return pending;
}

static void on_begin(void *self, uint64_t id, const struct output_place *place)
{
	(void)begin(self, EXCEPTION_TOKEN | id, place);
}

static void on_nothing(void *self, uint64_t id)
{
	struct exception_reporter *reporter = self;
	struct pending_exception *pending =
		pending_exceptions_find(&reporter->pending, EXCEPTION_TOKEN | id);

	if (pending)
		forget(reporter, pending);
}

/* What was printed is richer; what the runtime told is certain. */
static void join(struct exception_reporter *reporter, struct pending_exception *pending)
{
	struct pending_exception *other = pending_exceptions_partner(&reporter->pending, pending);

	if (!other)
		return;
	if (pending->is_from_probe) {
		pending_exception_confirm(other, pending->report);
		forget(reporter, pending);
	} else {
		pending_exception_confirm(pending, other->report);
		forget(reporter, other);
	}
}

static void set_report(struct exception_reporter *reporter, struct pending_exception *pending,
		       struct traceback **report)
{
	pending->report = TAKE_PTR(*report);
	pending->whole_ns = reporter->now_ns;
	if (pending->whole_ns < pending->place.time_ns)
		pending->whole_ns = pending->place.time_ns;
	join(reporter, pending);
}

static void on_report(void *self, uint64_t id, struct traceback **report)
{
	struct exception_reporter *reporter = self;
	struct pending_exception *pending =
		pending_exceptions_find(&reporter->pending, EXCEPTION_TOKEN | id);

	if (pending && (*report)->exceptions_count)
		set_report(reporter, pending, report);
	else if (pending)
		forget(reporter, pending);
	traceback_free(report);
}

/* A runtime told of an exception, before or without printing it. */
static void take_runtime(struct exception_reporter *reporter, const struct event *event)
{
	_cleanup_(traceback_free) struct traceback *report = NULL;
	struct pending_exception *pending;
	struct output_place place;
	int err = runtime_reports_decode(&reporter->runtime, event, &place, &report);

	if (err == -EAGAIN)
		return;
	if (err < 0) {
		drops_count(reporter->drops, DROP_RECORD_MALFORMED);
		return;
	}
	pending = begin(reporter, EXCEPTION_TOKEN | EXCEPTION_PROBE_TOKEN | reporter->next_probe++,
			&place);
	if (!pending)
		return;
	pending->is_from_probe = true;
	set_report(reporter, pending, &report);
}

void exception_reporter_take(struct exception_reporter *reporter, const struct event *event)
{
	switch (event->kind) {
	case RECORD_OUTPUT:
		output_streams_take(reporter->streams, event);
		break;
	case RECORD_RUNTIME_MARK:
		runtime_reports_mark(&reporter->runtime, event->mark);
		break;
	case RECORD_PYTHON_EXCEPTION:
	case RECORD_GO_PANIC:
		take_runtime(reporter, event);
		break;
	case RECORD_PROCESS_DEATH:
		/* What it wrote last comes through another ring. */
		if (reporter->deaths_count < MAX_DEATHS)
			reporter->deaths[reporter->deaths_count++] = *event->death;
		else
			drops_count(reporter->drops, DROP_EXCEPTION_TABLE_FULL);
		break;
	default:
		break;
	}
}

void exception_reporter_process_began(struct exception_reporter *reporter, uint32_t tgid)
{
	/* Of the many programs of a whole host only those that report something are looked at. */
	if (reporter->settings->capture.trace_all)
		process_scenes_forget(reporter->scenes, tgid);
	else
		process_scenes_renew(reporter->scenes, tgid);
}

void exception_reporter_process_forked(struct exception_reporter *reporter, uint32_t parent,
				       uint32_t child)
{
	if (!reporter->settings->capture.trace_all)
		process_scenes_inherit(reporter->scenes, parent, child);
}

/* Well, or because it was told to: whatever it reported a moment before, it did not die of it. */
static bool ended_otherwise(uint32_t exit_code)
{
	int signal = (int)(exit_code & 0x7f);

	return exit_code == 0 || signal == SIGKILL ||
	       exit_rules_was_asked(signal ? 128 + signal : (int)(exit_code >> 8 & 0xff));
}

/* All it ever wrote is here: its reports are whole, and it may have died of one. */
static void take_deaths(struct exception_reporter *reporter)
{
	for (uint32_t i = 0; i < reporter->deaths_count; i++) {
		const struct process_death_record *death = &reporter->deaths[i];

		output_streams_process_gone(reporter->streams, death->tgid);
		pending_exceptions_process_gone(&reporter->pending, death->tgid,
						death->header.time_ns,
						ended_otherwise(death->exit_code));
	}
	reporter->deaths_count = 0;
}

static void tell(struct exception_reporter *reporter, struct pending_exception *pending)
{
	const struct exception *raised = pending->report->exceptions;
	struct view type = exception_qualified_type(raised, pending->report->language,
						    &pending->report->arena);

	pending->is_told = true;
	crash_links_expect(reporter->links, pending->token);
	if (!reporter->sink.find_link(reporter->sink.self, pending->token, type, raised->value))
		crash_links_forget(reporter->links, pending->token);
}

void exception_reporter_link(struct exception_reporter *reporter, uint64_t until_ns)
{
	struct pending_exception *pending;
	void *cursor = NULL;

	take_deaths(reporter);
	while ((pending = pending_exceptions_next(&reporter->pending, &cursor))) {
		if (!pending->is_watched && pending->place.time_ns > until_ns)
			continue;
		if (!pending->is_watched) {
			pending->is_watched = true;
			reporter->sink.watch(reporter->sink.self, pending->token, &pending->place);
		}
		/* What is only printed with the end may yet turn out to be nothing. */
		if (pending->report && !pending->is_told &&
		    ((!pending->is_from_probe && !pending->report->needs_death) ||
		     pending->death_ns))
			tell(reporter, pending);
	}
}

void exception_reporter_take_link(struct exception_reporter *reporter, uint64_t token,
				  const struct segment *segment, const char *source)
{
	crash_links_take(reporter->links, token, segment, source);
}

void exception_reporter_take_unlinked(struct exception_reporter *reporter, uint64_t token)
{
	crash_links_forget(reporter->links, token);
}

static bool is_admitted(struct exception_reporter *reporter,
			const struct pending_exception *pending, struct crash *crash)
{
	return exception_admission_admit(reporter->admission,
					 process_scenes_of(reporter->scenes, pending->place.tgid),
					 crash, pending->place.time_ns, reporter->now_ns);
}

static int build(struct exception_reporter *reporter, struct pending_exception *pending,
		 struct crash **ret)
{
	_cleanup_(crash_free) struct crash *crash = NULL;
	int err = exception_builder_begin(&crash, pending, reporter->processes,
					  reporter->unix_offset_ns, reporter->boot_offset_ns);

	if (err == 0)
		err = exception_builder_fill(
			crash, pending, process_scenes_of(reporter->scenes, pending->place.tgid));
	if (err < 0)
		return err;
	*ret = TAKE_PTR(crash);
	return 0;
}

static void hand_on(struct exception_reporter *reporter, struct pending_exception *pending)
{
	_cleanup_(crash_free) struct crash *crash = NULL;

	runtime_reports_confirm(&reporter->runtime, pending);
	if (build(reporter, pending, &crash) < 0) {
		drops_count(reporter->drops, DROP_EXCEPTION_TABLE_FULL);
		drop(reporter, pending);
		return;
	}
	crash_links_give(reporter->links, pending->token, crash);
	if (is_admitted(reporter, pending, crash)) {
		reporter->sink.write_breadcrumbs(reporter->sink.self, crash);
		reporter->count++;
		reporter->sink.on_exception(reporter->sink.self, &crash);
	}
	drop(reporter, pending);
}

static bool is_link_awaited(const struct exception_reporter *reporter,
			    const struct pending_exception *pending)
{
	return pending->is_told && crash_links_is_awaited(reporter->links, pending->token) &&
	       reporter->now_ns < pending->whole_ns + LINK_WAIT_NS;
}

/* Nobody printed what the runtime told: it goes by itself. */
static void stand_alone(struct exception_reporter *reporter, struct pending_exception *pending)
{
	if (!pending->is_told)
		tell(reporter, pending);
	pending->is_from_probe = false;
	pending->is_alone = true;
}

void exception_reporter_tick(struct exception_reporter *reporter, uint64_t now_ns)
{
	struct pending_exception *pending;
	void *cursor = NULL;

	reporter->now_ns = now_ns;
	output_streams_tick(reporter->streams, now_ns);
	while ((pending = pending_exceptions_next(&reporter->pending, &cursor))) {
		if (!pending_exception_is_settled(pending, now_ns))
			continue;
		if (pending->report->needs_death && !pending->death_ns)
			forget(reporter, pending);
		else if (pending->is_from_probe)
			stand_alone(reporter, pending);
		else if (pending->is_told && !is_link_awaited(reporter, pending))
			hand_on(reporter, pending);
	}
}

bool exception_reporter_is_busy(const struct exception_reporter *reporter)
{
	return pending_exceptions_count(&reporter->pending) > 0 ||
	       output_streams_is_busy(reporter->streams);
}

void exception_reporter_end_streams(struct exception_reporter *reporter)
{
	output_streams_finish(reporter->streams);
}

/* No segment will come any more. */
void exception_reporter_finish(struct exception_reporter *reporter, uint64_t now_ns)
{
	struct pending_exception *pending;
	void *cursor = NULL;

	reporter->now_ns = now_ns;
	while ((pending = pending_exceptions_next(&reporter->pending, &cursor))) {
		if (!pending->report || (pending->report->needs_death && !pending->death_ns))
			drop(reporter, pending);
		else
			hand_on(reporter, pending);
	}
}

bool exception_reporter_expects(struct exception_reporter *reporter, uint32_t tgid)
{
	return pending_exceptions_await_event(&reporter->pending, tgid) > 0;
}

bool exception_reporter_awaits_link(const struct exception_reporter *reporter, uint32_t tgid)
{
	const struct pending_exception *pending =
		pending_exceptions_deadly(&reporter->pending, tgid, 0);

	return pending && is_link_awaited(reporter, pending);
}

static enum exception_answer fill(struct exception_reporter *reporter,
				  const struct pending_exception *pending, struct crash *crash)
{
	if (exception_builder_fill(crash, pending,
				   process_scenes_of(reporter->scenes, pending->place.tgid)) < 0)
		return EXCEPTION_NONE;
	if (!crash->trace.is_known)
		crash_links_give(reporter->links, pending->token, crash);
	return is_admitted(reporter, pending, crash) ? EXCEPTION_GIVEN : EXCEPTION_SUPPRESSED;
}

enum exception_answer exception_reporter_give(struct exception_reporter *reporter,
					      struct crash *crash)
{
	struct pending_exception *pending =
		pending_exceptions_deadly(&reporter->pending, crash->pid, crash->tid);
	struct pending_exception thrown;
	enum exception_answer answer;
	uint32_t tid = crash->tid;

	/* Nobody printed what it died of: what is known of a throw is all there is. */
	if (!pending) {
		if (exception_builder_pend_throw(crash, reporter->unix_offset_ns, &thrown) < 0)
			return EXCEPTION_NONE;
		answer = fill(reporter, &thrown, crash);
		pending_exception_done(&thrown);
		return answer;
	}
	runtime_reports_confirm(&reporter->runtime, pending);
	/* Before it is compared with what was told: by that thread. */
	crash->tid = pending->place.tid;
	answer = fill(reporter, pending, crash);
	if (answer == EXCEPTION_NONE) {
		crash->tid = tid;
		return answer;
	}
	crash->unix_ns = pending->place.time_ns + reporter->unix_offset_ns;
	drop(reporter, pending);
	pending_exceptions_acquit(&reporter->pending, crash->pid);
	return answer;
}

void exception_reporter_no_event(struct exception_reporter *reporter, uint32_t tgid)
{
	pending_exceptions_leave_alone(&reporter->pending, tgid);
}

void exception_reporter_set_unix_offset(struct exception_reporter *reporter,
					uint64_t unix_offset_ns)
{
	reporter->unix_offset_ns = unix_offset_ns;
	if (reporter->settings->command == COMMAND_REPLAY)
		reporter->boot_offset_ns = unix_offset_ns;
}

uint64_t exception_reporter_count(const struct exception_reporter *reporter)
{
	return reporter->count;
}

int exception_reporter_new(struct exception_reporter **ret, const struct settings *settings,
			   struct process_table *processes,
			   const struct exception_reporter_sink *sink, struct drops *drops)
{
	_cleanup_(exception_reporter_free) struct exception_reporter *reporter =
		calloc(1, sizeof(*reporter));
	struct output_streams_sink streams = {reporter, on_begin, on_report, on_nothing};
	int err;

	if (!reporter)
		return -ENOMEM;
	reporter->settings = settings;
	reporter->sink = *sink;
	reporter->processes = processes;
	reporter->drops = drops;
	reporter->boot_offset_ns = clock_unix_boot_offset_ns();
	err = pending_exceptions_init(&reporter->pending, MAX_PENDING);
	if (err == 0)
		err = output_streams_new(&reporter->streams, MAX_STREAMS, &streams, drops);
	if (err == 0)
		err = crash_links_new(&reporter->links, MAX_PENDING);
	if (err == 0)
		err = exception_admission_new(&reporter->admission, &settings->exceptions, drops);
	if (err == 0)
		err = process_scenes_new(&reporter->scenes, MAX_SCENES, processes,
					 settings->command != COMMAND_REPLAY);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(reporter);
	return 0;
}

void exception_reporter_free(struct exception_reporter **reporter)
{
	if (!*reporter)
		return;
	output_streams_free(&(*reporter)->streams);
	pending_exceptions_done(&(*reporter)->pending);
	crash_links_free(&(*reporter)->links);
	exception_admission_free(&(*reporter)->admission);
	process_scenes_free(&(*reporter)->scenes);
	runtime_reports_done(&(*reporter)->runtime);
	free(*reporter);
	*reporter = NULL;
}
