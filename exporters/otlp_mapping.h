/* What both OTLP encodings (protobuf and JSON) say about a span beyond its own fields: decided
 * once, here. */
#ifndef EXPORTERS_OTLP_MAPPING_H
#define EXPORTERS_OTLP_MAPPING_H

#include "model/segment.h"

/* The semantic conventions our attribute names follow. */
#define OTLP_MAPPING_SCHEMA_URL    "https://opentelemetry.io/schemas/1.44.0"
#define OTLP_MAPPING_SCOPE_NAME    "limpet"
#define OTLP_MAPPING_SCOPE_VERSION LIMPET_VERSION

/* Span.flags: the W3C flags, and whether the parent is remote (always known here). */
uint32_t otlp_mapping_flags(const struct segment *segment, const struct span *span);

/* Attributes made from fields of the span: limpet.parent.source and limpet.incomplete, each only
 * where it says something. */
#define MAX_OTLP_MAPPING_ATTRIBUTES 2
uint32_t otlp_mapping_attributes(const struct span *span,
				 struct attribute ret_attributes[MAX_OTLP_MAPPING_ATTRIBUTES]);

/* All zero means none: OTLP wants it empty then. */
struct view otlp_mapping_parent_span_id(const struct span *span);

#endif
