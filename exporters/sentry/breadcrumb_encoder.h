/* What a process did before it crashed, as Sentry's breadcrumbs, oldest first. */
#ifndef SENTRY_BREADCRUMB_ENCODER_H
#define SENTRY_BREADCRUMB_ENCODER_H

#include "base/byte_buffer.h"
#include "model/crash.h"

/* A JSON array of the last max_count. */
void breadcrumb_encoder_append(struct byte_buffer *out, const struct crash *crash,
			       uint32_t max_count);

#endif
