/*
 * Gives a segment its trace: the one its request came in with, the one of the caller seen on this
 * host, or a new one; and with it the sampler's decision. Done as late as possible, when the
 * caller's records have certainly arrived. Capture thread.
 */
#ifndef TRACING_TRACE_RESOLVER_H
#define TRACING_TRACE_RESOLVER_H

#include "tracing/open_segment.h"
#include "tracing/sampler.h"

/* What the request's headers say; strings are copied into the segment. */
void trace_resolver_take_headers(struct open_segment *open, const struct propagation *propagation);

/* Idempotent: the first call decides. Resolves the callers it depends on too. */
void trace_resolver_resolve(struct join_table *joins, const struct sampler *sampler,
			    struct open_segment *open);

/* The segment goes: what others may still join is written into the table for good. */
void trace_resolver_publish(struct join_table *joins, const struct open_segment *open);

/* What the other end of this call will look for. */
void trace_resolver_offer(struct join_table *joins, const struct exchange *exchange,
			  struct open_segment *open, const struct span *span);

/* What the other end of a moved call looks for is found where the call is now (its copy there), or
 * not at all (to is NULL). */
void trace_resolver_move(struct join_table *joins, struct open_segment *from,
			 const struct span *span, struct open_segment *to, const struct span *copy);

#endif
