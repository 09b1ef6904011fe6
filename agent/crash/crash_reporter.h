/*
 * From the first record of a dying process to the crash that goes out. Waits, without blocking, for
 * what comes from elsewhere: stack pages, the request's trace, the symbol process. Owns everything
 * of this room; the tracing room is asked through the sink. Capture thread.
 */
#ifndef CRASH_CRASH_REPORTER_H
#define CRASH_CRASH_REPORTER_H

#include "base/drops.h"
#include "model/crash.h"
#include "model/event.h"
#include "model/segment.h"
#include "model/session_report.h"
#include "process/image_table.h"
#include "process/process_table.h"
#include "settings/settings.h"

struct crash_reporter;

enum exception_answer {
	EXCEPTION_NONE,
	EXCEPTION_GIVEN,      /* the crash has it now */
	EXCEPTION_SUPPRESSED, /* there was one, like others before it: no event */
};

struct crash_reporter_sink {
	void *self;
	void (*on_crash)(void *self, struct crash **crash);             /* taken */
	void (*on_session)(void *self, struct session_report **report); /* taken */
	/* Which request was this thread serving? True: crash_reporter_take_link will be called with
	 * the token. error_type: static. */
	bool (*find_link)(void *self, const struct crash_thread_record *thread, uint64_t token,
			  const char *error_type);
	/* Where a C library keeps its abort message, as the programs find it; may be NULL. */
	void (*learn_abort_place)(void *self, uint64_t pc_offset, uint64_t message_offset);
	/* Did this process report an exception just now that it may have died of? Then its end is
	 * an event if only because of that; take_exception is asked when the crash is ready and
	 * the exception's request, if there is one, has come. All four may be NULL. */
	bool (*expects_exception)(void *self, uint32_t tgid);
	bool (*awaits_exception_link)(void *self, uint32_t tgid);
	enum exception_answer (*take_exception)(void *self, struct crash *crash);
	/* Its end is no event, and nothing will be taken. */
	void (*on_no_event)(void *self, uint32_t tgid);
};

/* settings, processes and images are borrowed. -EINVAL: the exit rules cannot be used (said). */
int crash_reporter_new(struct crash_reporter **ret, const struct settings *settings,
		       struct process_table *processes, struct image_table *images,
		       const struct crash_reporter_sink *sink, struct drops *drops);
void crash_reporter_free(struct crash_reporter **reporter);

/* Any event. */
void crash_reporter_take(struct crash_reporter *reporter, const struct event *event);

/* A program runs in this process from now on, by record time. */
void crash_reporter_process_began(struct crash_reporter *reporter, uint32_t tgid, uint64_t time_ns);

/* The command of `run`: its non-zero exit is an event unless rules say otherwise. */
void crash_reporter_set_command(struct crash_reporter *reporter, uint32_t tgid);

/* The end of this process is no event: a child of our own that never became the program it was to
 * be, as whoever made it says. */
void crash_reporter_ignore(struct crash_reporter *reporter, uint32_t tgid);

/* Every finished segment, kept or not. */
void crash_reporter_take_segment(struct crash_reporter *reporter, const struct segment *segment);
void crash_reporter_take_link(struct crash_reporter *reporter, uint64_t token,
			      const struct segment *segment, const char *source);

/* Asks for the requests that were broken: once per turn, when all records up to now were taken and
 * before any segment is let go. */
void crash_reporter_link(struct crash_reporter *reporter);

/* Timers and answers; after the mappings of this turn were taken. By record time. */
void crash_reporter_tick(struct crash_reporter *reporter, uint64_t now_ns);

/* Readable when an answer is there; ask again after every tick. -1: none. */
int crash_reporter_fd(const struct crash_reporter *reporter);

/* Something is under way that a tick will finish. */
bool crash_reporter_is_busy(const struct crash_reporter *reporter);

/* Waits for answers a little while, then everything goes as it is. */
void crash_reporter_finish(struct crash_reporter *reporter, uint64_t now_ns);

/* The spans before an event that is no crash of ours. */
void crash_reporter_write_breadcrumbs(struct crash_reporter *reporter, struct crash *crash);

void crash_reporter_set_unix_offset(struct crash_reporter *reporter, uint64_t unix_offset_ns);

uint64_t crash_reporter_count(const struct crash_reporter *reporter);

#endif
