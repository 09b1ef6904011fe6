/*
 * A profile to one ExportProfilesServiceRequest in protobuf. The signal is in development: the
 * fields are those of exporters/otlp/proto, pinned there. One profile per request, whose dictionary
 * is its own; time on the CPU and time off it are two profiles of one scope.
 */
#ifndef OTLP_PROFILE_ENCODER_H
#define OTLP_PROFILE_ENCODER_H

#include "exporters/otlp/otlp_encoder.h"

/* The message is in encoder->body until the next call. -EMSGSIZE: it would be larger than
 * max_bytes, or count is not 1. */
int profile_encoder_encode(struct otlp_encoder *encoder, struct item *const *items, uint32_t count,
			   size_t max_bytes);

#endif
