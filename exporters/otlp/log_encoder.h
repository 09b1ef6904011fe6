/* Crashes to one ExportLogsServiceRequest in protobuf, grouped by resource. As otlp_encoder.h. */
#ifndef OTLP_LOG_ENCODER_H
#define OTLP_LOG_ENCODER_H

#include "exporters/otlp/otlp_encoder.h"

/* The message is in encoder->body until the next call. -EMSGSIZE: it would be larger than
 * max_bytes. */
int log_encoder_encode(struct otlp_encoder *encoder, struct item *const *items, uint32_t count,
		       size_t max_bytes);

#endif
