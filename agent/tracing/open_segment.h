/* Segments under construction and their spans still open. Private to this room. Capture thread. */
#ifndef TRACING_OPEN_SEGMENT_H
#define TRACING_OPEN_SEGMENT_H

#include "model/served_request.h"
#include "tracing/join_table.h"
#include "tracing/trace_context.h"
#include "tracing/tracestate.h"

/* A client span of a segment that the other end may join; lives in the segment's arena. */
struct join_reference {
	struct join_key key;
	const struct span *span;
	struct join_reference *next;
};

/* One exchange under way: what exchange->span points to. */
struct open_span {
	struct open_segment *segment; /* NULL: the segment was closed without it */
	struct span *span;
	struct open_span *next, *previous; /* of the same segment */
};

/* A crash or an exception that belongs to the root's request. */
#define MAX_SEGMENT_ERRORS 8
struct segment_error {
	uint64_t token;     /* whoever told of it gets it back with the segment */
	const char *source; /* static: how the link is known */
};

enum open_segment_list { LIST_OPEN, LIST_GRACE, LIST_SETTLING, LIST_FAILED, LISTS_COUNT };

struct open_segment {
	struct segment *segment;
	struct open_span *open_spans;
	struct join_reference *joins;
	struct open_segment *next, *previous; /* in one of the assembler's lists, oldest first */
	struct open_segment *context_next, *context_previous; /* of the same execution context */
	struct open_segment *resolve_next; /* decided after this one (trace_resolver.c) */
	enum open_segment_list list;
	uint64_t context;        /* the root's execution context, when it is a server's */
	uint64_t start_ns;       /* of the root, monotonic */
	uint64_t due_ns;         /* when its list lets it go */
	uint64_t unix_offset_ns; /* the same for all its spans */
	uint64_t activity_ns;    /* when bytes last moved for it */
	uint64_t responded_ns;   /* when the root's response began; 0: not yet */
	uint64_t finished_ns;    /* when the root's response ended; 0: not yet */
	struct segment_error errors[MAX_SEGMENT_ERRORS];
	uint32_t errors_count;
	uint32_t held_count; /* exceptions that may belong to it (error_watch.h) */
	uint32_t tgid;
	bool is_server;     /* the root is a request served */
	bool is_crashed;    /* the process died of a crash while serving it */
	bool is_in_context; /* counted as a request open on its context */
	bool has_responded; /* the root's response began */
	bool is_resolved, is_resolving;
	bool has_header;
	struct trace_context header; /* what came in with the root's request */
	struct tracestate_ot ot;
	struct view trace_state;
	bool has_join_key;
	struct join_key join_key; /* server roots: the other end's request */
};

/* Over, but an exception that may belong to it is still being heard: it does not go, whatever its
 * time. */
static inline bool open_segment_is_held(const struct open_segment *open)
{
	return open->held_count && open->finished_ns;
}

/* Spans still open stay so for ever: marked. */
void open_segment_close_spans(struct open_segment *open, uint64_t now_ns);

/* It goes now: when its root was a request served, says so. */
void open_segment_tell_served(const struct open_segment *open, const struct served_watch *watch,
			      uint64_t now_ns);

/* Both kinds for reuse: a steady state allocates neither. */
struct open_segment_pool {
	struct open_segment *segments;
	struct open_span *spans;
};

/* Zeroed; NULL when out of memory. */
struct open_segment *open_segment_take(struct open_segment_pool *pool);

/* Back into the pool; its segment, if it still has one, is freed. */
void open_segment_keep(struct open_segment_pool *pool, struct open_segment *open);

/* A new span of the segment, and that it is open. NULL beyond the segment's caps (counted there).
 */
struct open_span *open_segment_add_span(struct open_segment_pool *pool, struct open_segment *open);

/* Out of its segment's list; no harm when the segment was closed without it. */
void open_segment_unlink_span(struct open_span *open_span);
void open_segment_keep_span(struct open_segment_pool *pool, struct open_span *open_span);

void open_segment_pool_done(struct open_segment_pool *pool);

#endif
