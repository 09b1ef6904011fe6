/* Requests by which a program's own SDK sends its telemetry: OTLP/HTTP and Sentry's envelopes. */
#ifndef PROTOCOLS_TELEMETRY_TELEMETRY_H
#define PROTOCOLS_TELEMETRY_TELEMETRY_H

#include "protocols/http_refinement.h"

/*
 * The attribute it sets: "otlp.traces", "otlp.logs", "otlp.metrics"; "sentry.errors",
 * "sentry.traces", "sentry.other" by what an envelope says it holds; "sentry" of one that cannot be
 * read (compressed, not captured).
 */
#define TELEMETRY_ATTRIBUTE "limpet.telemetry"

extern const struct http_refinement telemetry_refinement;

#endif
