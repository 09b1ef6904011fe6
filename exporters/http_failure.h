/* What went wrong when no response came, in words for people: the host, the cause, the mend. */
#ifndef EXPORTERS_HTTP_FAILURE_H
#define EXPORTERS_HTTP_FAILURE_H

#include <curl/curl.h>
#include <stddef.h>
#include <stdint.h>

struct http_failure {
	CURLcode code;
	int os_errno;       /* of the connect call, 0 when there was none */
	const char *host;   /* "collector.example:4318" */
	const char *detail; /* libcurl's error buffer; may hold text of the server */
	uint64_t timeout_ms;
};

void http_failure_describe(const struct http_failure *failure, char *ret_text, size_t size);

/* -ECONNREFUSED, -ETIMEDOUT and the like. */
int http_failure_errno(CURLcode code);

#endif
