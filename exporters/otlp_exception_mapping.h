/* What both OTLP encodings say about an exception: exception.*, where it was raised, and the
 * details under limpet.exception.*. A part of otlp_crash_mapping.h's. */
#ifndef EXPORTERS_OTLP_EXCEPTION_MAPPING_H
#define EXPORTERS_OTLP_EXCEPTION_MAPPING_H

#include "model/crash.h"

/* Views lie in the crash and in the arena. */
void otlp_exception_mapping_set(struct attribute_list *attributes, struct arena *arena,
				const struct crash *crash);

/* What the record says for people: what was logged, else the exception in one line. */
struct view otlp_exception_mapping_body(const struct crash *crash, struct arena *arena);

#endif
