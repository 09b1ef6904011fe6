/*
 * A request that an exception may belong to, as the choice sees it (error_watch.h). What is known
 * of one whose segment went is kept: what cannot be had any more is not given to the next best.
 * Private to this room. Capture thread; times are record times.
 */
#ifndef TRACING_ERROR_CANDIDATE_H
#define TRACING_ERROR_CANDIDATE_H

#include "tracing/open_segment.h"

struct error_candidate {
	struct open_segment *open;
	uint64_t activity_ns; /* when it was noted */
	uint64_t context, start_ns, finished_ns;
	uint32_t tgid;
	bool has_failed; /* answered with an error of its own */
	bool is_told;    /* an exception was linked to it */
	bool is_gone;    /* `open` is only its name */
};

/* As it is now. */
struct error_candidate error_candidate_of(struct open_segment *open);

/* Once more; of one that is gone nothing new is known. */
void error_candidate_look(struct error_candidate *candidate);

bool error_candidate_is_open_at(const struct error_candidate *candidate, uint64_t time_ns);

/* Its response was just out (ERROR_WINDOW_NS), and nothing has been said of why it failed. */
bool error_candidate_failed_before(const struct error_candidate *candidate, uint64_t time_ns);

bool error_candidate_is_same(const struct error_candidate *one,
			     const struct error_candidate *other);

#endif
