/*
 * Segments to one ExportTraceServiceRequest in protobuf, grouped by resource. Reused from batch to
 * batch by one thread, so that a steady flow allocates nothing. Text that is not valid UTF-8 is
 * repaired; nothing is cut.
 */
#ifndef OTLP_OTLP_ENCODER_H
#define OTLP_OTLP_ENCODER_H

#include "base/byte_buffer.h"
#include "exporters/otlp/resource_groups.h"

struct otlp_encoder {
	struct byte_buffer body;
	struct byte_buffer scratch;
	struct resource_groups groups;
};

void otlp_encoder_init(struct otlp_encoder *encoder);
void otlp_encoder_done(struct otlp_encoder *encoder);

/*
 * The message is in encoder->body until the next call. -EMSGSIZE: it would be larger than max_bytes
 * (or memory is out); the body is then meaningless.
 */
int otlp_encoder_encode(struct otlp_encoder *encoder, struct item *const *items, uint32_t count,
			size_t max_bytes);

#endif
