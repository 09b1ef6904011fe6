/* A segment or a crash as one OTLP JSON line: a TracesData or LogsData object and a newline. Pure:
 * the caller owns the buffer and the file. */
#ifndef JSON_LINES_OTLP_JSON_H
#define JSON_LINES_OTLP_JSON_H

#include "base/byte_buffer.h"

struct crash;
struct segment;

/* Appends; when the buffer's cap is reached it has failed. */
void otlp_json_append(struct byte_buffer *buffer, const struct segment *segment);
void otlp_json_append_crash(struct byte_buffer *buffer, const struct crash *crash);

#endif
