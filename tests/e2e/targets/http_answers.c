// SPDX-License-Identifier: Apache-2.0
/*
 * What epoll_server answers, all of it said by the path:
 *   /s/STATUS/SIZE/…    that status, that many bytes, any method
 *   /slow/MS/…          200, 13 bytes, after a pause
 *   /chunked/MS/…       200, three chunks of 10 bytes, the last after MS milliseconds
 *   /close/SIZE/…       200, that many bytes, without a length: the end of the connection ends it
 *   /early/…            103 first, then 200 with 13 bytes
 *   Upgrade: NAME       101, then an echo;  CONNECT: 200, then an echo;  anything else: 404
 */
#include "tests/e2e/targets/http_connection.h"

#include <stdio.h>
#include <string.h>

static void finish_answer(struct http_connection *connection)
{
	const struct http_request *request = &connection->request;

	connection->due_ms = 0;
	connection->phase = PHASE_HEAD;
	if (request->wants_close || (request->minor_version == 0 && !request->wants_keep_alive))
		connection->is_closing = true;
}

static void answer_sized(struct http_connection *connection, int status, size_t size)
{
	const struct http_request *request = &connection->request;
	bool has_no_body = status == 204 || status == 304 || strcmp(request->method, "HEAD") == 0;

	http_connection_print(connection, "HTTP/1.1 %d Answer\r\n", status);
	if (request->minor_version == 0 && request->wants_keep_alive)
		http_connection_print(connection, "Connection: keep-alive\r\n");
	if (status != 204)
		http_connection_print(connection, "Content-Length: %zu\r\n", size);
	http_connection_print(connection, "\r\n");
	connection->output_head_size = connection->output_size;
	if (!has_no_body)
		http_connection_fill(connection, 'b', size);
	finish_answer(connection);
}

static void answer_until_close(struct http_connection *connection, size_t size)
{
	http_connection_print(connection, "HTTP/1.1 200 Answer\r\n\r\n");
	connection->output_head_size = connection->output_size;
	http_connection_fill(connection, 'b', size);
	connection->request.wants_close = true;
	finish_answer(connection);
}

static void answer_tunnel(struct http_connection *connection)
{
	if (connection->request.upgrade[0])
		http_connection_print(connection,
				      "HTTP/1.1 101 Switching Protocols\r\n"
				      "Connection: Upgrade\r\nUpgrade: %s\r\n\r\n",
				      connection->request.upgrade);
	else
		http_connection_print(connection, "HTTP/1.1 200 Connected\r\n\r\n");
	connection->phase = PHASE_TUNNEL;
}

static void wait_for_part(struct http_connection *connection, int parts, uint64_t pause_ms)
{
	connection->parts_left = parts;
	connection->pause_ms = pause_ms;
	connection->due_ms = http_now_ms() + pause_ms + 1; /* never early by rounding */
}

void http_answer_part(struct http_connection *connection)
{
	if (strncmp(connection->request.path, "/slow/", 6) == 0) {
		answer_sized(connection, 200, 13);
		return;
	}
	http_connection_print(connection, "a\r\n0123456789\r\n");
	if (--connection->parts_left > 0) {
		connection->due_ms = http_now_ms() + connection->pause_ms + 1;
		return;
	}
	http_connection_print(connection, "0\r\n\r\n");
	finish_answer(connection);
}

void http_answer(struct http_connection *connection)
{
	const struct http_request *request = &connection->request;
	unsigned int pause_ms;
	size_t size;
	int status;

	if (request->upgrade[0] || strcmp(request->method, "CONNECT") == 0) {
		answer_tunnel(connection);
	} else if (sscanf(request->path, "/s/%d/%zu/", &status, &size) == 2) {
		answer_sized(connection, status, size);
	} else if (sscanf(request->path, "/slow/%u/", &pause_ms) == 1) {
		wait_for_part(connection, 1, pause_ms);
	} else if (sscanf(request->path, "/chunked/%u/", &pause_ms) == 1) {
		http_connection_print(connection,
				      "HTTP/1.1 200 Answer\r\nTransfer-Encoding: chunked\r\n\r\n"
				      "a\r\n0123456789\r\n");
		wait_for_part(connection, 2, (pause_ms + 1) / 2);
	} else if (sscanf(request->path, "/close/%zu/", &size) == 1) {
		answer_until_close(connection, size);
	} else if (strncmp(request->path, "/early/", 7) == 0) {
		http_connection_print(connection, "HTTP/1.1 103 Early Hints\r\n"
						  "Link: </style.css>; rel=preload\r\n\r\n");
		answer_sized(connection, 200, 13);
	} else {
		answer_sized(connection, 404, 9);
	}
}
