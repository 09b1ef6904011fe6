/* The json_lines exporter: OTLP JSON, one TracesData object per line and item, appended to a file
 * or to stdout. */
#ifndef JSON_LINES_JSON_LINES_H
#define JSON_LINES_JSON_LINES_H

#include <stddef.h>

struct exporter;

/* path: a file, created when absent, or "-" for stdout. -errno: it cannot be opened, ret_error says
 * why. */
int json_lines_new(struct exporter **ret, const char *path, char *ret_error, size_t error_size);

#endif
