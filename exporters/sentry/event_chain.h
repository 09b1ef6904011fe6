/* The exceptions of an exception event: the chain from the root cause to what was raised last, each
 * with its stack and its place in the chain. */
#ifndef SENTRY_EVENT_CHAIN_H
#define SENTRY_EVENT_CHAIN_H

#include "base/byte_buffer.h"
#include "exporters/sentry/frame_encoder.h"
#include "exporters/sentry/stacktrace_encoder.h"

struct chain_limits {
	struct frame_limits frames;
	uint32_t max_exceptions; /* those raised last stay */
	size_t max_value_characters;
};

/* `exception`, a new reference. machine: as uname has it. */
json_t *event_chain_encode(const struct crash *crash, const char *machine,
			   struct chain_limits limits);

/* Appends it at the largest size that is within max_bytes: source goes first, then frames in the
 * middle of stacks, then members of the chain. */
void event_chain_append(struct byte_buffer *out, const struct crash *crash, const char *machine,
			size_t max_bytes);

/* The raised one has the frames of the crashed thread, as machines have them. */
bool event_chain_is_native(const struct crash *crash);

#endif
