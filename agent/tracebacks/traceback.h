/*
 * Reports of exceptions in what programs print: what every language's parser is, and what it
 * makes. A parser is a registry row (registry.c): it gets lines, one after the other, and says
 * whether each belongs to the report it reads. All parsers look at all lines side by side; which
 * language a process is in is not asked. Pure: no clock, no log, no files, no globals. Total:
 * whatever the lines are.
 */
#ifndef TRACEBACKS_TRACEBACK_H
#define TRACEBACKS_TRACEBACK_H

#include "base/arena.h"
#include "model/exception.h"

#define MAX_TRACEBACK_BYTES (1u << 20) /* arena cap of one report */
#define MAX_TRACEBACK_LINE  16384      /* what is longer is cut */
#define MAX_MARKER_BYTES    32

/* A line without its line break (LF or CR LF), without terminal colours, and without the prefix
 * that it shares with the first line of the report (timestamps, a name in front of every line). */
struct traceback_line {
	struct view text;
	bool is_write_start; /* a write began with it. What a line can go on with (a value of
				several lines) is in the same write; another write is another's */
	bool is_write_end;   /* its line break ended the write */
	bool is_unended;     /* no line break came: the stream ended here */
};

/* The report. Views are the arena's, never the line's. */
struct traceback {
	struct arena arena;
	enum exception_language language;
	enum exception_manner manner;
	const char *mechanism;        /* static: what an SDK calls it: "excepthook", "threading",
					 "logging",        "asyncio", "onuncaughtexception", "panic",
					 "terminate"        …; "generic"        when nothing is known */
	struct exception *exceptions; /* [0] raised last; room for MAX_EXCEPTIONS */
	uint32_t exceptions_count;
	struct exception_thread *threads; /* room for MAX_EXCEPTION_THREADS */
	uint32_t threads_count;
	struct view thread_name;     /* of the thread it happened on, when it says */
	uint64_t thread_id;          /* Go: the goroutine, Rust: the thread; 0: it does not say */
	struct view logger;          /* from the line before, when it is a log line with a name */
	struct view log_message;     /* the rest of that line: "Exception on /buy [POST]" */
	struct view runtime_version; /* "v20.20.2", when it says */
	bool is_logged;    /* a log line stood before it in the same write, or it was in a JSON log
			      line; set by the reader before the first take(). With manner PRINTED it
			      becomes LOGGED, mechanism "logging", after finish() */
	struct view text;  /* as printed, from the first line on; set by the reader */
	bool is_closable;  /* whole if nothing more comes: the reader need not wait long */
	bool needs_death;  /* it may as well be a warning: a report only when the process ends of
			      it (Perl's die without a trace) */
	bool is_truncated; /* bytes are missing in it, or it ended too early */
};

/* A report is under way: the next exception of its chain or group, zeroed but for its relation and
 * parent. NULL when it is full: the parser goes on and leaves it out. */
struct exception *traceback_add_exception(struct traceback *report,
					  enum exception_relation relation, uint32_t parent);

/* Makes exceptions[index] the first, the raised one; parents are renumbered. For languages that
 * print the cause first. */
void traceback_put_first(struct traceback *report, uint32_t index);

/* The same within a chain that is not at the start: moves exceptions[index] down to place. */
void traceback_put_before(struct traceback *report, uint32_t index, uint32_t place);

/* The next frame of the exception or thread, zeroed; in the order of printing. Beyond
 * MAX_EXCEPTION_FRAMES the middle goes: the frame before the newest is reused, left_out counts.
 * NULL: no memory. */
struct exception_frame *traceback_add_frame(struct traceback *report, struct exception *exception);
struct exception_frame *traceback_add_thread_frame(struct traceback *report,
						   struct exception_thread *thread);
struct exception_thread *traceback_add_thread(struct traceback *report);

/* For languages that print the outermost first. */
void traceback_reverse_frames(struct exception *exception);

/* A copy in the arena. */
struct view traceback_copy(struct traceback *report, struct view text);

/* One more line of a value: what there is, a line break, the line; cut at MAX_EXCEPTION_VALUE. */
void traceback_add_value_line(struct traceback *report, struct exception *exception,
			      struct view line);

enum traceback_step {
	TRACEBACK_NOT_MINE, /* it does not belong to the report, which is over */
	TRACEBACK_TAKEN,    /* it does, and more may come */
	TRACEBACK_LAST,     /* it does, and nothing more will */
};

struct traceback_language {
	const char *name; /* "python" */
	enum exception_language language;
	/*
	 * What the kernel looks for in the first OUTPUT_SCAN_BYTES of a write; NULL-ended. A marker
	 * is anywhere in them, 7 to MAX_MARKER_BYTES bytes; an opening is at the very start, 3 to 8
	 * bytes. They should be rare in ordinary logs: a hit costs a copy of what follows. What has
	 * none of them is never seen.
	 */
	const char *const *markers;
	const char *const *openings;
	size_t state_bytes; /* of the parser's own state: zeroed when a report begins */
	/* May a report begin with this line? Called for every line while none of this language is
	 * under way: cheap, and may be too hopeful. */
	bool (*begins)(const struct traceback_line *line);
	/* What only this language's log lines say (thread, logger, is_logged), added to what the
	 * reader understood of them. before: the lines before it in the same write; prefix: what
	 * stands before it in its line. Once, before the first take(). NULL: nothing. */
	void (*describe)(struct traceback *report, struct view before, struct view prefix);
	/* The first call is with the line that begins() liked. */
	enum traceback_step (*take)(void *state, struct traceback *report,
				    const struct traceback_line *line);
	/* It is over: by NOT_MINE, LAST, silence, or the end of the stream. False: it was no report
	 * of an exception after all. Sets is_truncated when something is missing at its end. */
	bool (*finish)(void *state, struct traceback *report);
};

/* The registry: NULL-ended. */
extern const struct traceback_language *const traceback_languages[];

int traceback_new(struct traceback **ret, enum exception_language language);
void traceback_free(struct traceback **report);

#endif
