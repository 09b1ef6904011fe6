/*
 * One request to a server on a UNIX socket, by libcurl: HTTP/1.1, or gRPC's HTTP/2 without an
 * upgrade. Its own connection each time; bounded in time and size. Any thread.
 */
#ifndef CONTAINERS_UNIX_HTTP_H
#define CONTAINERS_UNIX_HTTP_H

#include <stdbool.h>
#include <stdint.h>
#include "base/byte_buffer.h"

#define NO_GRPC_STATUS (-1)

struct unix_http_request {
	const char *socket_path;
	const char *path;  /* "/containers/…/json" */
	struct view frame; /* gRPC: what is sent; empty: GET by HTTP/1.1 */
	uint64_t timeout_ms;
	uint64_t max_bytes;
	const bool *is_stopping; /* atomic; set: the request ends soon. May be NULL */
};

struct unix_http_answer {
	int status;      /* of HTTP */
	int grpc_status; /* of the trailers, NO_GRPC_STATUS: none came */
	char grpc_message[200];
	struct byte_buffer body;
};

/* 0: a server answered, whatever. -ENOENT, -ECONNREFUSED, -EACCES: no such socket, nobody there,
 * not allowed. -ETIMEDOUT, -EMSGSIZE, -EPROTO, -ECANCELED. The body is the caller's either way. */
int unix_http_ask(const struct unix_http_request *request, struct unix_http_answer *ret);
void unix_http_answer_done(struct unix_http_answer *answer);

#endif
