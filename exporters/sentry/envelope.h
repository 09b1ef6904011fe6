/*
 * The envelope's framing: header lines and payloads with their length, always. An envelope is begun
 * once, then gets its items; sent_at is written by begin, at send time, exactly once, and never
 * into anything that is stored (two of them make Sentry refuse the envelope).
 */
#ifndef SENTRY_ENVELOPE_H
#define SENTRY_ENVELOPE_H

#include <jansson.h>
#include <stdint.h>
#include "base/byte_buffer.h"

struct envelope_header {
	const char *event_id;     /* NULL: no event or transaction in it */
	const json_t *trace;      /* dynamic sampling context; NULL: none */
	uint64_t sent_at_unix_ns; /* 0: not sent now */
};

/* Failures (memory, the buffer's cap) show in out->is_failed. */
void envelope_begin(struct byte_buffer *out, const struct envelope_header *header);
void envelope_add_item(struct byte_buffer *out, const char *type, struct view payload);

/* Its header names the platform of its payload. */
void envelope_add_profile_chunk(struct byte_buffer *out, const char *platform, struct view payload);

/* There is no item type for it: it is an attachment of the event's. */
void envelope_add_minidump(struct byte_buffer *out, struct view minidump);

#endif
