/*
 * One HTTP destination over libcurl: keep-alive, HTTP/1.1 or 2, timeouts, TLS files, proxies by the
 * usual variables. Used by one delivery thread. The response is capped; what comes back is hostile
 * until parsed.
 */
#ifndef EXPORTERS_HTTP_TRANSPORT_H
#define EXPORTERS_HTTP_TRANSPORT_H

#include <stdbool.h>
#include <stdint.h>
#include "base/byte_buffer.h"
#include "base/view.h"

struct http_transport;

struct http_transport_settings {
	const char *url;
	const char *user_agent;
	const char *const *headers; /* "Name: value", NULL-terminated; copied */
	const char *ca_file;        /* NULL: the system's */
	const char *client_certificate_file;
	const char *client_key_file;
	uint64_t timeout_ms; /* 0: none */
	uint64_t max_response_bytes;
};

struct http_response {
	int status;              /* 0: no response, see error */
	uint64_t retry_after_ns; /* from Retry-After (seconds or HTTP-date), 0 when absent; capped
				    at 1 h */
	char rate_limits[512];  /* X-Sentry-Rate-Limits as received, "" when absent; longer ones are
				   cut at a comma */
	char sentry_error[128]; /* X-Sentry-Error, escaped */
	struct byte_buffer body; /* owned by the transport, valid until the next call */
	bool is_body_too_large;
	char error[256]; /* transport failure in words: host, cause, mend */
};

/* curl_global_init is done once inside. -EINVAL: the URL or a file cannot be used (ret_error says
 * why). */
int http_transport_new(struct http_transport **ret, const struct http_transport_settings *settings,
		       char *ret_error, size_t error_size);
void http_transport_free(struct http_transport **transport);

/* POST. content_encoding may be NULL. Blocks up to the timeout. Returns 0 when a response came (any
 * status), -errno else. */
int http_transport_post(struct http_transport *transport, struct view body,
			const char *content_type, const char *content_encoding,
			struct http_response **ret_response);

/* gzip at a fast level into `out` (cleared first). -ENOMEM when out's cap is reached. */
int http_transport_gzip(struct view body, struct byte_buffer *out);

#endif
