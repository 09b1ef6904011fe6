/*
 * From output and what runtimes tell to the exception that goes out: once, whoever told of it, tied
 * to the request it broke, and as part of the crash when its process died. Waits, without
 * blocking, for what comes from elsewhere. The tracing and crash rooms are asked through the sink.
 * Capture thread.
 */
#ifndef EXCEPTIONS_EXCEPTION_REPORTER_H
#define EXCEPTIONS_EXCEPTION_REPORTER_H

#include "base/drops.h"
#include "crash/crash_reporter.h"
#include "exceptions/pending_exception.h"
#include "model/crash.h"
#include "model/event.h"
#include "model/segment.h"
#include "process/process_table.h"
#include "settings/settings.h"

struct exception_reporter;

struct exception_reporter_sink {
	void *self;
	void (*on_exception)(void *self, struct crash **crash); /* taken */
	/* A report begins: the requests it may be about are to be held (tracing/error_watch.h). */
	void (*watch)(void *self, uint64_t token, const struct output_place *place);
	/* It is whole. True: exception_reporter_take_link or _take_unlinked will be called. */
	bool (*find_link)(void *self, uint64_t token, struct view type, struct view message);
	void (*forget)(void *self, uint64_t token); /* it was none */
	/* Spans before it, into the crash. */
	void (*write_breadcrumbs)(void *self, struct crash *crash);
};

/* settings and processes are borrowed. */
int exception_reporter_new(struct exception_reporter **ret, const struct settings *settings,
			   struct process_table *processes,
			   const struct exception_reporter_sink *sink, struct drops *drops);
void exception_reporter_free(struct exception_reporter **reporter);

/* Any event. */
void exception_reporter_take(struct exception_reporter *reporter, const struct event *event);

/* Another program runs in this process now. */
void exception_reporter_process_forked(struct exception_reporter *reporter, uint32_t parent,
				       uint32_t child);
void exception_reporter_process_began(struct exception_reporter *reporter, uint32_t tgid);

void exception_reporter_take_link(struct exception_reporter *reporter, uint64_t token,
				  const struct segment *segment, const char *source);
void exception_reporter_take_unlinked(struct exception_reporter *reporter, uint64_t token);

/* Says which reports began and which are whole: once per turn, before any segment is let go. Only
 * of reports written until then, up to which traffic was read; UINT64_MAX: all of it was. */
void exception_reporter_link(struct exception_reporter *reporter, uint64_t until_ns);

void exception_reporter_tick(struct exception_reporter *reporter, uint64_t now_ns);
bool exception_reporter_is_busy(const struct exception_reporter *reporter);

/* At the end: reports that are half read are as whole as they will be. Then _link, then _finish. */
void exception_reporter_end_streams(struct exception_reporter *reporter);
void exception_reporter_finish(struct exception_reporter *reporter, uint64_t now_ns);

/* As struct crash_reporter_sink has them. */
bool exception_reporter_expects(struct exception_reporter *reporter, uint32_t tgid);
bool exception_reporter_awaits_link(const struct exception_reporter *reporter, uint32_t tgid);
enum exception_answer exception_reporter_give(struct exception_reporter *reporter,
					      struct crash *crash);
void exception_reporter_no_event(struct exception_reporter *reporter, uint32_t tgid);

void exception_reporter_set_unix_offset(struct exception_reporter *reporter,
					uint64_t unix_offset_ns);

/* Of those that went out by themselves. */
uint64_t exception_reporter_count(const struct exception_reporter *reporter);

#endif
