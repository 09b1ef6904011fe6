/* A crash or an exception for the page: cause, chain, threads with stacks and registers,
 * breadcrumbs, the request it broke. */
#ifndef REPORT_CRASH_JSON_H
#define REPORT_CRASH_JSON_H

#include "base/byte_buffer.h"
#include "model/crash.h"

#define MIN_CRASH_JSON_BYTES 16384u /* what one needs to be told at all */
#define MAX_CRASH_JSON_BYTES 65536u

/* Appends an object of at most max_bytes (between the two); what has no room is counted in it.
 * -ENOBUFS: the buffer has no room for that much. */
int crash_json_append(struct byte_buffer *buffer, const struct crash *crash, size_t max_bytes);

#endif
