/* What was reported lately: a handler that logs and raises again tells the same exception twice.
 * Capture thread. */
#ifndef EXCEPTIONS_EXCEPTION_HISTORY_H
#define EXCEPTIONS_EXCEPTION_HISTORY_H

#include "model/crash.h"

#define MAX_REMEMBERED 256

struct remembered_exception {
	uint64_t identity; /* exception_grouping_identity */
	uint64_t time_ns;
	uint64_t program; /* by its name */
	uint32_t tgid, tid;
	bool is_linked;
	bool is_handled;
	bool is_fatal;
	bool is_alone; /* a runtime told it, and nobody had printed it */
	uint8_t trace_id[TRACE_ID_BYTES];
	uint8_t span_id[SPAN_ID_BYTES];
};

struct exception_history {
	struct remembered_exception items[MAX_REMEMBERED]; /* a ring */
	uint32_t next;
};

/* True: this one was told already, for the same request, by another program for the same trace (a
 * web server that logs what its worker told it), or on the same thread in another manner. Else it
 * is remembered. */
bool exception_history_has(struct exception_history *history, const struct crash *crash,
			   uint64_t time_ns);

#endif
