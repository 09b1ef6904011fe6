/*
 * Which request an exception belongs to. A report of one is printed before the response (the code
 * that fails logs, then answers) or after it (a framework answers, then logs), on the thread that
 * serves the request or on another. So the requests that come into question are noted and held
 * when the report begins, and the choice is made when it is known how they went on. A wrong link
 * is worse than none, and one that is not certain says how it is known. Private to this room.
 * Capture thread; times are record times.
 */
#ifndef TRACING_ERROR_WATCH_H
#define TRACING_ERROR_WATCH_H

#include "tracing/context_table.h"

#define ERROR_WINDOW_NS (250 * 1000000ULL) /* between a failed response and the report of why */

struct error_watch;

/* A report begins. */
struct error_moment {
	uint64_t token; /* the caller's, handed back with the segment */
	uint64_t context;
	uint64_t time_ns;
	uint32_t tgid;
	/* Set by the assembler, of its context. */
	bool is_loop; /* serves several requests at once */
	struct context_pause pause;
};

/* What the request's span says of it; copied. */
struct error_words {
	struct view type;    /* "json.decoder.JSONDecodeError" */
	struct view message; /* may be empty */
};

int error_watch_new(struct error_watch **ret);
void error_watch_free(struct error_watch **watch);

/* Then every segment is to be shown, all lists. False: too many are watched. */
bool error_watch_begin(struct error_watch *watch, const struct error_moment *moment);
void error_watch_consider(struct error_watch *watch, uint64_t token, struct open_segment *open);

/* A request began or was answered just now. */
void error_watch_note(struct error_watch *watch, const struct open_segment *open, uint64_t time_ns);

/* The report is whole: from now on a choice may be made. Unknown tokens: false. */
bool error_watch_take(struct error_watch *watch, uint64_t token, const struct error_words *words);

/* It was none. */
void error_watch_forget(struct error_watch *watch, uint64_t token);

/* A segment that is held goes all the same. */
void error_watch_segment_goes(struct error_watch *watch, struct open_segment *open);

/*
 * Chooses for all for which it is time, in the order of their moments: the segment's root gets the
 * words and an open_segment mark; on_unlinked is told where there is none. is_last: nothing more
 * will be known.
 */
void error_watch_decide(struct error_watch *watch, uint64_t now_ns, bool is_last,
			void (*on_unlinked)(void *self, uint64_t token), void *self);

#endif
