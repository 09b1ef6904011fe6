/*
 * Which request a crash broke: chosen among the segments the assembler shows, one after the other.
 * A wrong link is worse than none, and a link that is not certain says how it is known. Private to
 * this room. Capture thread.
 */
#ifndef TRACING_CRASH_LINK_H
#define TRACING_CRASH_LINK_H

#include "tracing/open_segment.h"

/* A thread that crashed, as the kernel told. */
struct crash_moment {
	uint64_t token; /* the caller's, handed back with the segment */
	uint64_t context;
	uint64_t time_ns;
	uint32_t tgid;
	const char *error_type; /* static: "SIGSEGV" */
};

struct crash_search {
	const struct crash_moment *moment;
	struct open_segment *latest; /* of those on the context, the one that moved last */
	struct open_segment *other;  /* any on another context */
	uint32_t on_context_count;
	uint32_t others_count;
};

/* A segment of any list. */
void crash_link_consider(struct crash_search *search, struct open_segment *open);

/* NULL: no request, or no way to tell which. */
struct open_segment *crash_link_choose(const struct crash_search *search, const char **ret_source);

/* Closes the root as broken by the crash, and has the segment kept whatever the sampler says. */
void crash_link_mark(struct open_segment *open, const struct crash_moment *moment,
		     const char *source);

#endif
