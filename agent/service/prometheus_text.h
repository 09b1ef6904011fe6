/*
 * The status in Prometheus's text format, version 0.0.4, as any scraper reads it. Names are
 * limpet_*, in base units; counters end in _total. Any thread.
 */
#ifndef SERVICE_PROMETHEUS_TEXT_H
#define SERVICE_PROMETHEUS_TEXT_H

#include "base/byte_buffer.h"
#include "service/service_status.h"

#define PROMETHEUS_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

void prometheus_text_write(struct byte_buffer *out, const struct service_status *status,
			   uint64_t now_ns);

/* A label's value: backslash, quote and line feed escaped. For tests and the writer. */
void prometheus_text_write_label(struct byte_buffer *out, const char *value);

#endif
