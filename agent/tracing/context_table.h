/*
 * Which requests are open on which execution context (thread, goroutine): the parent of a call made
 * there is the only one. A context that ever had two requests open at once is an event loop: from
 * then on only a single open request counts, whatever its state. A process whose responses leave
 * from other contexts than its requests came in on gets no such links at all. Capture thread.
 */
#ifndef TRACING_CONTEXT_TABLE_H
#define TRACING_CONTEXT_TABLE_H

#include "tracing/open_segment.h"

struct context_table;

int context_table_new(struct context_table **ret, size_t max_contexts);
void context_table_free(struct context_table **table);

/* A server's request begins or ends on its context. */
void context_table_enter(struct context_table *table, struct open_segment *segment);
void context_table_leave(struct context_table *table, struct open_segment *segment);

/* The only request that can have caused a call made on this context; NULL when there is none or
 * more than one. */
struct open_segment *context_table_only(struct context_table *table, uint64_t context,
					uint32_t tgid);

/* The only request open there that came in with this trace and parent id: a proxy passing headers
 * through. */
struct open_segment *context_table_with_header(struct context_table *table, uint64_t context,
					       uint32_t tgid, const struct trace_context *header);

/* A request of it came in, was answered, or was done. */
void context_table_move(struct context_table *table, const struct open_segment *segment,
			uint64_t time_ns);

/* The latest time that was long and in which nothing moved; zeroes when there was none. */
struct context_pause {
	uint64_t start_ns, end_ns;
};
struct context_pause context_table_pause(struct context_table *table, uint64_t context,
					 uint32_t tgid);

/* It ever had two open at once. */
bool context_table_is_loop(struct context_table *table, uint64_t context, uint32_t tgid);

/* The process moves requests between contexts: no more links by context for it. */
void context_table_distrust(struct context_table *table, uint32_t tgid);
void context_table_process_exited(struct context_table *table, uint32_t tgid);

#endif
