/*
 * A report between its first line and its event: what is known of it, and what is still awaited.
 * Capture thread; times are record times.
 */
#ifndef EXCEPTIONS_PENDING_EXCEPTION_H
#define EXCEPTIONS_PENDING_EXCEPTION_H

#include <stdbool.h>
#include <stdint.h>
#include "exceptions/output_streams.h"
#include "tracebacks/traceback.h"

/* Tokens of this room, apart from those of crashes. */
#define EXCEPTION_TOKEN       (1ULL << 63)
#define EXCEPTION_PROBE_TOKEN (1ULL << 62)

struct pending_exception {
	uint64_t token;
	struct output_place place;
	struct traceback *report; /* NULL: not whole yet */
	uint64_t whole_ns;        /* when it was */
	uint64_t death_ns;        /* of its process, 0: lives */
	bool is_from_probe;       /* a runtime told, nothing was printed so far */
	bool is_confirmed;        /* printed, and a runtime told the same */
	bool is_watched;          /* the tracing room knows when it began … */
	bool is_told;             /* … and what it is */
	bool is_alone;            /* a runtime told, and nobody printed it */
	bool is_event_awaited;    /* the end of its process may be an event and take it */
	bool is_left_alone;       /* … or is none; the process is gone */
};

void pending_exception_done(struct pending_exception *pending);

/* Did its process end because of it? */
bool pending_exception_is_fatal(const struct pending_exception *pending);

/* Nothing that could still come would change it. */
bool pending_exception_is_settled(const struct pending_exception *pending, uint64_t now_ns);

/* What the runtime told is right: it takes its manner and what the text does not have; the probe's
 * report stays the caller's. */
void pending_exception_confirm(struct pending_exception *pending, const struct traceback *probe);

#endif
