/*
 * What both OTLP encodings say about a crash or an exception: a log record with the event name
 * "exception", as the semantic conventions have it, and the details under limpet.crash.* or
 * limpet.exception.*. Decided once, here.
 */
#ifndef EXPORTERS_OTLP_CRASH_MAPPING_H
#define EXPORTERS_OTLP_CRASH_MAPPING_H

#include "model/crash.h"

#define OTLP_CRASH_MAPPING_EVENT_NAME "exception"
#define MAX_STACKTRACE_BYTES          65536

struct otlp_crash_mapping {
	struct arena arena;
	struct attribute_list attributes;
	int severity_number; /* 21 FATAL, 17 ERROR, 13 WARN */
	const char *severity_text;
	struct view body;
	uint32_t flags;       /* W3C */
	struct view trace_id; /* empty: no trace */
	struct view span_id;
};

/* Views lie in the crash and in the mapping's arena. */
void otlp_crash_mapping_init(struct otlp_crash_mapping *ret, const struct crash *crash);
void otlp_crash_mapping_done(struct otlp_crash_mapping *mapping);

#endif
