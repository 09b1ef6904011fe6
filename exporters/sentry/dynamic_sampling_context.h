/*
 * The dynamic sampling context (DSC): what a trace's first service decided about sampling, all
 * values strings, sent in the envelope header `trace`. One that came in with the trace is frozen
 * and passed on as it is; otherwise the segment's own decision is written down. The invariant Relay
 * relies on: sample_rand < sample_rate exactly when sampled.
 */
#ifndef SENTRY_DYNAMIC_SAMPLING_CONTEXT_H
#define SENTRY_DYNAMIC_SAMPLING_CONTEXT_H

#include <jansson.h>
#include "model/crash.h"
#include "model/segment.h"

/* A new reference, or NULL when the header must be left out: an old SDK started the trace, or no
 * public key is known (empty view). organization_id may be empty. */
json_t *dynamic_sampling_context_of(const struct segment *segment, struct view public_key,
				    struct view organization_id);

/* What is known of the trace a crash broke: whether it is sampled, not at what rate. NULL when the
 * trace or the key is not known. */
json_t *dynamic_sampling_context_of_crash(const struct crash *crash, struct view public_key,
					  struct view organization_id);

#endif
