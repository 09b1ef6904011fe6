/*
 * The flow of this room on one screen: collect (crash_collector.c), admit (crash_limiter.c), build
 * (crash_builder.c), have it unwound (symbol_process.c), wait for the trace (crash_links.c), finish
 * and hand on. What goes on while a crash waits is in crash_waiting.c.
 */
#include "crash/crash_reporter.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "crash/breadcrumbs.h"
#include "crash/cgroup_memory.h"
#include "crash/crash_builder.h"
#include "crash/crash_collector.h"
#include "crash/crash_links.h"
#include "crash/crash_verdict.h"
#include "crash/crash_waiting.h"
#include "crash/crash_wishes.h"
#include "crash/exit_rules.h"
#include "crash/release_health.h"
#include "crash/signal_words.h"
#include "process/gone_process.h"

#define MAX_DYING       4096 /* a turn may see the end of many */
#define MAX_PAGE_BYTES  (16u << 20)
#define MAX_LINKS       1024
#define MAX_CRUMB_RINGS 256
#define MAX_UNLINKED    256
#define FINISH_WAIT_NS  (3 * NS_PER_S)
#define CGROUP_MOUNT    "/sys/fs/cgroup"

/* A thread with a deadly signal whose request has not been looked for yet. */
struct unlinked {
	struct crash_thread_record thread;
	uint64_t token;
};

struct crash_reporter {
	const struct settings *settings;
	struct crash_reporter_sink sink;
	struct process_table *processes;
	struct drops *drops;
	struct crash_collector *collector;
	struct crash_links *links;
	struct crash_waiting *waiting;
	struct breadcrumbs *breadcrumbs;
	struct release_health *health;
	struct unlinked unlinked[MAX_UNLINKED];
	uint32_t unlinked_count;
	uint64_t unix_offset_ns, boot_offset_ns;
	struct crash_wishes wishes;
	uint64_t count;
};

/* The same for the thread's record and for the death of its process. */
static uint64_t token_of(uint32_t tgid, uint64_t process_start_ns)
{
	return (uint64_t)tgid << 32 | (uint32_t)(process_start_ns / NS_PER_US);
}

static void want_link(struct crash_reporter *reporter, const struct crash_thread_record *thread)
{
	struct unlinked *unlinked;

	if (reporter->unlinked_count == MAX_UNLINKED)
		return;
	unlinked = &reporter->unlinked[reporter->unlinked_count++];
	unlinked->thread = *thread;
	unlinked->token = token_of(thread->tgid, thread->process_start_ns);
	/* Awaited from now on: the traffic may be behind. */
	crash_links_expect(reporter->links, unlinked->token);
}

static void on_fatal(void *self, const struct crash_thread_record *thread)
{
	want_link(self, thread);
}

void crash_reporter_link(struct crash_reporter *reporter)
{
	for (uint32_t i = 0; i < reporter->unlinked_count; i++) {
		const struct unlinked *unlinked = &reporter->unlinked[i];
		const char *name = signal_words_name((int)unlinked->thread.signal);

		if (!reporter->sink.find_link(reporter->sink.self, &unlinked->thread,
					      unlinked->token, name ? name : "crash"))
			crash_links_forget(reporter->links, unlinked->token);
	}
	reporter->unlinked_count = 0;
}

/* Asked to stop is no misfortune. */
static bool is_request_to_stop(int signal)
{
	return signal == SIGTERM || signal == SIGINT || signal == SIGHUP;
}

static enum session_status session_status_of(const struct raw_crash *raw)
{
	switch (raw->verdict) {
	case RAW_CRASHED:
	case RAW_FAULTED:
		return SESSION_CRASHED;
	case RAW_OOM_KILLED:
	case RAW_KILLED:
	case RAW_SIGNALLED:
		return is_request_to_stop((int)(raw->death.exit_code & 0x7f)) ? SESSION_EXITED
									      : SESSION_ABNORMAL;
	default:
		return SESSION_EXITED;
	}
}

/* has_event: a crash may carry it. */
static void end_session(struct crash_reporter *reporter, const struct raw_crash *raw,
			bool has_event)
{
	if (reporter->health)
		release_health_end(reporter->health, raw->tgid, session_status_of(raw),
				   raw->death_ns + reporter->unix_offset_ns,
				   process_table_resource(reporter->processes, (pid_t)raw->tgid),
				   has_event ? raw->token : 0);
}

/* The event carries the session of the run it ended; NULL: there is none. */
static void take_session(struct crash_reporter *reporter, const struct raw_crash *raw,
			 struct crash *crash_or_null)
{
	if (!reporter->health)
		return;
	if (crash_or_null)
		crash_or_null->has_session = release_health_take(
			reporter->health, raw->tgid, raw->token, &crash_or_null->session);
	else
		(void)release_health_take(reporter->health, raw->tgid, raw->token, NULL);
}

/* It ended itself, one way or the other, after it had reported an exception. */
static bool may_have_exception(const struct crash_reporter *reporter, const struct raw_crash *raw)
{
	return (raw->verdict == RAW_EXITED || raw->verdict == RAW_CRASHED ||
		raw->verdict == RAW_FAULTED) &&
	       reporter->sink.expects_exception &&
	       reporter->sink.expects_exception(reporter->sink.self, raw->tgid);
}

static void tell_no_event(struct crash_reporter *reporter, uint32_t tgid)
{
	if (reporter->sink.on_no_event)
		reporter->sink.on_no_event(reporter->sink.self, tgid);
}

static bool on_death(void *self, struct raw_crash *raw)
{
	struct crash_reporter *reporter = self;

	raw->token = token_of(raw->tgid, raw->process_start_ns);
	raw->has_exception = may_have_exception(reporter, raw);
	raw->is_wanted = crash_wishes_want(&reporter->wishes, raw);
	if (raw->is_wanted || raw->has_exception) {
		end_session(reporter, raw, true);
		/* A fault that was handled is linked only now that it turned out to be deadly. */
		if (raw->verdict == RAW_FAULTED)
			want_link(reporter, &raw->threads[0]->record);
		return true;
	}
	end_session(reporter, raw, false);
	tell_no_event(reporter, raw->tgid);
	if (reporter->breadcrumbs)
		breadcrumbs_process_exited(reporter->breadcrumbs, raw->tgid);
	return false;
}

static void set_memory(struct crash_reporter *reporter, struct crash *crash)
{
	const struct process *process = process_table_find(reporter->processes, (pid_t)crash->pid);
	struct cgroup_memory memory;

	if (!process || !process->cgroup_path)
		return;
	cgroup_memory_read(CGROUP_MOUNT, view_of_text(process->cgroup_path), &memory);
	crash->memory_limit_bytes = memory.limit_bytes;
	crash->memory_usage_bytes = memory.usage_bytes;
}

/* There is no event; the session it ended is told, and the request that was broken goes its way. */
static void on_left_out(void *self, const struct raw_crash *raw)
{
	struct crash_reporter *reporter = self;

	take_session(reporter, raw, NULL);
	tell_no_event(reporter, raw->tgid);
	crash_links_forget(reporter->links, raw->token);
	if (reporter->breadcrumbs)
		breadcrumbs_process_exited(reporter->breadcrumbs, raw->tgid);
}

static struct resource *take_resource(struct crash_reporter *reporter, struct raw_crash *raw)
{
	const struct gone_process gone = {(pid_t)raw->tgid, raw->process_start_ns,
					  (const char *)raw->death.name};

	return gone_process_resource(reporter->processes, &reporter->settings->identity, &gone,
				     &raw->is_another);
}

static void on_complete(void *self, struct raw_crash **raw)
{
	struct crash_reporter *reporter = self;
	_cleanup_(resource_release) struct resource *resource = take_resource(reporter, *raw);
	enum breadcrumb_setting wanted = reporter->settings->crash.breadcrumbs;
	struct crash *crash;

	/* A recording may have more than is wanted now. */
	if (wanted == BREADCRUMBS_OFF || wanted == BREADCRUMBS_SPANS) {
		free((*raw)->trail);
		(*raw)->trail = NULL;
	}
	if (crash_builder_begin(&crash, *raw, resource, reporter->unix_offset_ns,
				reporter->boot_offset_ns) < 0) {
		drops_count(reporter->drops, DROP_CRASH_TABLE_FULL);
		on_left_out(reporter, *raw);
		raw_crash_free(raw);
		return;
	}
	if (crash->kind == CRASH_OOM_KILL)
		set_memory(reporter, crash);
	crash_waiting_add(reporter->waiting, raw, &crash);
}

/* False: it is no event after all. */
static bool take_exception(struct crash_reporter *reporter, const struct raw_crash *raw,
			   struct crash *crash)
{
	enum exception_answer answer = EXCEPTION_NONE;

	/* Of a throw that nothing was printed of the stack tells only now. */
	if (reporter->sink.take_exception && (raw->has_exception || crash->thrown))
		answer = reporter->sink.take_exception(reporter->sink.self, crash);
	return answer == EXCEPTION_GIVEN || (answer == EXCEPTION_NONE && raw->is_wanted);
}

/* All is there. */
static void on_ready(void *self, struct raw_crash *raw, struct crash **crash)
{
	struct crash_reporter *reporter = self;

	crash_links_give(reporter->links, raw->token, *crash);
	if (!take_exception(reporter, raw, *crash)) {
		on_left_out(reporter, raw);
		crash_free(crash);
		return;
	}
	take_session(reporter, raw, *crash);
	if ((*crash)->has_session && (*crash)->exceptions_count && !(*crash)->is_handled) {
		(*crash)->session.status = SESSION_CRASHED;
		(*crash)->session.errors = 1;
	}
	if (reporter->breadcrumbs) {
		breadcrumbs_write(reporter->breadcrumbs, raw->trail, reporter->unix_offset_ns,
				  *crash);
		if ((*crash)->exceptions_count)
			breadcrumbs_leave_out_output(*crash, (*crash)->unix_ns);
		breadcrumbs_process_exited(reporter->breadcrumbs, raw->tgid);
	}
	reporter->count++;
	reporter->sink.on_crash(reporter->sink.self, crash);
}

static bool awaits_link(void *self, uint32_t tgid)
{
	struct crash_reporter *reporter = self;

	return reporter->sink.awaits_exception_link(reporter->sink.self, tgid);
}

static void on_session(void *self, struct session_report **report)
{
	struct crash_reporter *reporter = self;

	reporter->sink.on_session(reporter->sink.self, report);
}

static int open_parts(struct crash_reporter *reporter, struct image_table *images)
{
	const struct settings *settings = reporter->settings;
	struct crash_collector_settings collector = {MAX_DYING, MAX_PAGE_BYTES};
	struct crash_collector_sink collected = {reporter, on_fatal, on_death, on_complete};
	struct crash_waiting_sink ready = {
		.self = reporter,
		.on_ready = on_ready,
		.on_left_out = on_left_out,
		.learn_abort_place = reporter->sink.learn_abort_place,
		.learn_self = reporter->sink.self,
		.awaits_link = awaits_link,
	};
	int err =
		crash_collector_new(&reporter->collector, &collector, &collected, reporter->drops);

	if (err == 0)
		err = crash_links_new(&reporter->links, MAX_LINKS);
	if (err == 0)
		err = crash_waiting_new(&reporter->waiting, settings, images, reporter->links,
					&ready, reporter->drops);
	if (err == 0 && settings->crash.breadcrumbs != BREADCRUMBS_OFF)
		err = breadcrumbs_new(&reporter->breadcrumbs, MAX_CRUMB_RINGS);
	if (err == 0 && settings->crash.sessions)
		err = release_health_new(&reporter->health, settings->capture.max_processes,
					 on_session, reporter);
	return err;
}

int crash_reporter_new(struct crash_reporter **ret, const struct settings *settings,
		       struct process_table *processes, struct image_table *images,
		       const struct crash_reporter_sink *sink, struct drops *drops)
{
	_cleanup_(crash_reporter_free) struct crash_reporter *reporter =
		calloc(1, sizeof(*reporter));
	struct view rules = view_of_text(settings->crash.exit_rules);
	int err;

	if (!reporter)
		return -ENOMEM;
	if (rules.size && !exit_rules_are_valid(rules)) {
		log_error(
			"--exit-events: cannot use these rules; write on, off, or NAME[:STATUS],… such as nginx:1,worker");
		return -EINVAL;
	}
	reporter->settings = settings;
	reporter->wishes = (struct crash_wishes){&settings->crash, processes, 0, 0};
	reporter->processes = processes;
	reporter->sink = *sink;
	reporter->drops = drops;
	reporter->boot_offset_ns = clock_unix_boot_offset_ns();
	err = open_parts(reporter, images);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(reporter);
	return 0;
}

void crash_reporter_free(struct crash_reporter **reporter)
{
	if (!*reporter)
		return;
	crash_collector_free(&(*reporter)->collector);
	crash_waiting_free(&(*reporter)->waiting);
	crash_links_free(&(*reporter)->links);
	breadcrumbs_free(&(*reporter)->breadcrumbs);
	release_health_free(&(*reporter)->health);
	free(*reporter);
	*reporter = NULL;
}

static void take_exit(struct crash_reporter *reporter, const struct event *event)
{
	struct raw_crash raw = {.death.exit_code = event->exit->exit_code};

	raw.verdict = crash_verdict_of(&raw);
	release_health_exit(reporter->health, event->exit->tgid, session_status_of(&raw),
			    event->time_ns + reporter->unix_offset_ns);
}

void crash_reporter_take(struct crash_reporter *reporter, const struct event *event)
{
	/* While /proc may still tell who the victim is. */
	if (event->kind == RECORD_SIGNAL_SENT && event->signal_sent->is_oom)
		(void)process_table_resource(reporter->processes,
					     (pid_t)event->signal_sent->target_tgid);
	if (event->kind == RECORD_PROCESS_EXIT && reporter->health)
		take_exit(reporter, event);
	crash_collector_take(reporter->collector, event);
}

void crash_reporter_process_began(struct crash_reporter *reporter, uint32_t tgid, uint64_t time_ns)
{
	if (reporter->health)
		release_health_begin(reporter->health, tgid, time_ns + reporter->unix_offset_ns);
}

void crash_reporter_set_command(struct crash_reporter *reporter, uint32_t tgid)
{
	reporter->wishes.command_tgid = tgid;
}

void crash_reporter_ignore(struct crash_reporter *reporter, uint32_t tgid)
{
	reporter->wishes.ignored_tgid = tgid;
}

void crash_reporter_take_segment(struct crash_reporter *reporter, const struct segment *segment)
{
	if (reporter->breadcrumbs)
		breadcrumbs_add(reporter->breadcrumbs, segment);
	if (reporter->health)
		release_health_count(reporter->health, segment);
}

void crash_reporter_take_link(struct crash_reporter *reporter, uint64_t token,
			      const struct segment *segment, const char *source)
{
	crash_links_take(reporter->links, token, segment, source);
}

static struct resource *resource_of(void *self, uint32_t tgid)
{
	struct crash_reporter *reporter = self;

	return process_table_resource(reporter->processes, (pid_t)tgid);
}

void crash_reporter_tick(struct crash_reporter *reporter, uint64_t now_ns)
{
	crash_collector_tick(reporter->collector, now_ns);
	crash_waiting_tick(reporter->waiting, now_ns);
	if (reporter->health)
		release_health_tick(reporter->health, now_ns + reporter->unix_offset_ns,
				    resource_of, reporter);
}

int crash_reporter_fd(const struct crash_reporter *reporter)
{
	return crash_waiting_fd(reporter->waiting);
}

bool crash_reporter_is_busy(const struct crash_reporter *reporter)
{
	return crash_collector_is_busy(reporter->collector) ||
	       crash_waiting_is_busy(reporter->waiting);
}

void crash_reporter_finish(struct crash_reporter *reporter, uint64_t now_ns)
{
	uint64_t deadline_ns = clock_monotonic_ns() + FINISH_WAIT_NS;

	crash_collector_finish(reporter->collector);
	crash_waiting_hurry(reporter->waiting);
	while (crash_waiting_is_busy(reporter->waiting) && clock_monotonic_ns() < deadline_ns) {
		struct pollfd answers = {.fd = crash_waiting_fd(reporter->waiting),
					 .events = POLLIN};

		crash_waiting_tick(reporter->waiting, now_ns);
		if (crash_waiting_is_busy(reporter->waiting))
			(void)poll(&answers, 1, 20);
	}
	crash_waiting_finish(reporter->waiting);
	if (reporter->health)
		release_health_finish(reporter->health);
}

void crash_reporter_write_breadcrumbs(struct crash_reporter *reporter, struct crash *crash)
{
	if (reporter->breadcrumbs)
		breadcrumbs_write(reporter->breadcrumbs, NULL, reporter->unix_offset_ns, crash);
}

void crash_reporter_set_unix_offset(struct crash_reporter *reporter, uint64_t unix_offset_ns)
{
	reporter->unix_offset_ns = unix_offset_ns;
	/* Of the machine a recording comes from no other clock is known. */
	if (reporter->settings->command == COMMAND_REPLAY)
		reporter->boot_offset_ns = unix_offset_ns;
}

uint64_t crash_reporter_count(const struct crash_reporter *reporter)
{
	return reporter->count;
}
