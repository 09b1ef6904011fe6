/*
 * Request headers from the syntax of OTEL_EXPORTER_OTLP_HEADERS: "name=value,name2=value2", values
 * percent-encoded. They often hold secrets: no error text shows a value.
 */
#ifndef OTLP_OTLP_HEADERS_H
#define OTLP_OTLP_HEADERS_H

#include <stddef.h>

#define MAX_OTLP_HEADERS 32

struct otlp_headers {
	char *lines[MAX_OTLP_HEADERS + 1]; /* "Name: value", NULL-terminated */
	size_t count;
};

/* text may be NULL. -EINVAL says in ret_error which entry is wrong and how; nothing is left to free
 * then. */
int otlp_headers_parse(struct otlp_headers *ret, const char *text, char *ret_error,
		       size_t error_size);
void otlp_headers_done(struct otlp_headers *headers);

#endif
