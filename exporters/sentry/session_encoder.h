/*
 * Release health as Sentry's items: an update of one session ("session"), or counts by the minute
 * ("sessions"). Without a release there is nothing to count for, and nothing is written.
 */
#ifndef SENTRY_SESSION_ENCODER_H
#define SENTRY_SESSION_ENCODER_H

#include "base/byte_buffer.h"
#include "model/session_report.h"

/* Does the resource name a release, or a service and its version, which make one? */
bool session_encoder_has_release(const struct resource *resource);

/* Each appends one payload. Failures (memory) show in out->is_failed. */
void session_encoder_append_update(struct byte_buffer *out, const struct session_update *update,
				   const struct resource *resource);
void session_encoder_append_counts(struct byte_buffer *out, const struct session_report *report);

/* How many sessions a report is about. */
uint64_t session_encoder_quantity(const struct session_report *report);

#endif
