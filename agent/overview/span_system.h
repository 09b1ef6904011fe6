/* Which system a span is about, so that people can tell a GET of Redis from one of HTTP. */
#ifndef OVERVIEW_SPAN_SYSTEM_H
#define OVERVIEW_SPAN_SYSTEM_H

#include "model/span.h"

/* "postgresql", "kafka", "grpc"; empty where there is none, or where the span's name begins with
 * it. Lives as long as the span. */
struct view span_system(const struct span *span);

#endif
