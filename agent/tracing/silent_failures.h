/*
 * Requests that failed without a word and whose segments have gone: a report that comes after all,
 * because its process got no time, may be of one of them, and is then not of another. The latest
 * few of them. Private to this room. Capture thread; times are record times.
 */
#ifndef TRACING_SILENT_FAILURES_H
#define TRACING_SILENT_FAILURES_H

#include "tracing/error_candidate.h"

#define MAX_SILENT_FAILURES 64
#define SILENT_DOUBT_NS     2000000000ULL /* how long after it a report may be of it */

/* Zeroed to begin with. */
struct silent_failures {
	struct error_candidate failures[MAX_SILENT_FAILURES];
	uint32_t next;
};

/* Its segment goes. One that did not fail, or was told, is not kept. */
void silent_failures_add(struct silent_failures *failures, struct open_segment *open);

/* Those of a process that a report of that time may be of; *index begins at 0. NULL: no more. */
const struct error_candidate *silent_failures_next(const struct silent_failures *failures,
						   uint32_t tgid, uint64_t time_ns,
						   uint32_t *index);

/* It had its report. */
void silent_failures_tell(struct silent_failures *failures,
			  const struct error_candidate *candidate);

/* A report came for one of that context, too late to say which: the oldest had its own now. */
void silent_failures_tell_oldest(struct silent_failures *failures, uint32_t tgid, uint64_t context,
				 uint64_t time_ns);

#endif
