/*
 * What every OTLP signal has in common, written into encoder->body: texts, attributes, the resource
 * and the scope. `field` is the number the message around gives it.
 */
#ifndef OTLP_OTLP_PARTS_H
#define OTLP_OTLP_PARTS_H

#include "exporters/otlp/otlp_encoder.h"
#include "model/resource.h"

/* Guesses for protobuf_writer_begin. */
#define LENGTH_SMALL 1
#define LENGTH_SPAN  2
#define LENGTH_GROUP 3

/* Repaired to UTF-8; an empty one is left out. */
void otlp_parts_text(struct otlp_encoder *encoder, uint32_t field, struct view text);

void otlp_parts_attributes(struct otlp_encoder *encoder, uint32_t field,
			   const struct attribute *attributes, uint32_t count);

/* An AnyValue holding a string. */
void otlp_parts_string_value(struct otlp_encoder *encoder, uint32_t field, struct view text);

void otlp_parts_resource(struct otlp_encoder *encoder, uint32_t field,
			 const struct resource *resource);
void otlp_parts_scope(struct otlp_encoder *encoder, uint32_t field);

/* ScopeSpans.spans, ScopeLogs.log_records: the field an item's records are written as. */
#define OTLP_SCOPE_RECORDS 2

/*
 * The whole request of either signal, which number their fields alike: per resource the resource,
 * the scope and, by append_item, the records of its items. As otlp_encoder_encode.
 */
int otlp_parts_request(struct otlp_encoder *encoder, struct item *const *items, uint32_t count,
		       size_t max_bytes,
		       void (*append_item)(struct otlp_encoder *encoder, const struct item *item));

#endif
