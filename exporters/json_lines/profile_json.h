/*
 * A profile as one JSON line: {"limpetProfile": {…}} with its stacks (leaf first), how often each
 * was seen on which thread and for which request. OTLP's JSON of profiles changes still; this does
 * not.
 */
#ifndef JSON_LINES_PROFILE_JSON_H
#define JSON_LINES_PROFILE_JSON_H

#include "base/byte_buffer.h"

struct profile;

/* Appends; when the buffer's cap is reached it has failed. */
void profile_json_append(struct byte_buffer *buffer, const struct profile *profile);

#endif
