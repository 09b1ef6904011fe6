/*
 * A crash as Sentry's error event. Held to Sentry's 1 MiB per item: first the stacks of the other
 * threads get shorter, then threads go, then breadcrumbs; the thread that crashed stays whole.
 */
#ifndef SENTRY_EVENT_ENCODER_H
#define SENTRY_EVENT_ENCODER_H

#include "base/byte_buffer.h"
#include "exporters/sentry/host_context.h"
#include "model/crash.h"

#define MAX_EVENT_BYTES 1048576

/* Appends to out, whose cap must leave room for eight times MAX_EVENT_BYTES. 0, -ENOMEM. */
int event_encoder_encode(struct byte_buffer *out, const struct crash *crash,
			 const struct host_context *host);

#endif
