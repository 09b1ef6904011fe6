/*
 * The OTLP/HTTP exporter: batches of segments, of crashes as log records or of profiles, as
 * protobuf, optionally gzipped, to one URL. A batch that makes too large a request goes out in
 * several; when one of them is to be tried again, those before it are not sent twice.
 */
#ifndef OTLP_OTLP_HTTP_H
#define OTLP_OTLP_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct exporter;

/* One exporter sends one of them: each has an endpoint, a queue and limits of its own. */
enum otlp_signal { OTLP_TRACES, OTLP_LOGS, OTLP_PROFILES };

struct otlp_http_settings {
	enum otlp_signal signal;
	const char *url;     /* complete (otlp_url_for) */
	const char *headers; /* syntax of OTEL_EXPORTER_OTLP_HEADERS; may be NULL */
	bool gzip;
	const char *ca_file; /* NULL: the system's; PEM, like the two below */
	const char *client_certificate_file;
	const char *client_key_file;
	uint64_t timeout_ms;         /* 0: none */
	uint64_t max_request_bytes;  /* before compression; 0: 64 MiB, the specification's */
	uint64_t max_response_bytes; /* 0: 4 MiB, the specification's */
};

/* -EINVAL: a setting cannot be used, ret_error says which and why. Nothing is sent yet. */
int otlp_http_new(struct exporter **ret, const struct otlp_http_settings *settings, char *ret_error,
		  size_t error_size);

#endif
