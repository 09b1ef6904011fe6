// SPDX-License-Identifier: Apache-2.0
/*
 * Receives requests, keeps their order, sends answers: the mechanics of epoll_server's connections.
 * Lenient about what it receives, because its clients are the tests.
 */
#include "tests/e2e/targets/http_connection.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "tests/e2e/targets/socket_calls.h"

static const struct socket_calls *calls;

uint64_t http_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int http_connection_use_calls(const char *name)
{
	calls = socket_calls_find(name);
	return calls ? 0 : -1;
}

struct http_connection *http_connection_new(int fd)
{
	struct http_connection *connection = calloc(1, sizeof(*connection));

	if (!connection)
		abort();
	if (!calls)
		calls = socket_calls_find("read");
	connection->fd = fd;
	return connection;
}

void http_connection_free(struct http_connection *connection)
{
	close(connection->fd);
	free(connection->output);
	free(connection);
}

static char *reserve_output(struct http_connection *connection, size_t count)
{
	size_t wanted = connection->output_size + count;

	if (wanted > connection->output_capacity) {
		connection->output_capacity = wanted * 2;
		connection->output = realloc(connection->output, connection->output_capacity);
		if (!connection->output)
			abort();
	}
	return connection->output + connection->output_size;
}

void http_connection_print(struct http_connection *connection, const char *format, ...)
{
	char text[4096];
	va_list arguments;
	int size;

	va_start(arguments, format);
	size = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	memcpy(reserve_output(connection, size), text, size);
	connection->output_size += size;
}

void http_connection_fill(struct http_connection *connection, char byte, size_t count)
{
	memset(reserve_output(connection, count), byte, count);
	connection->output_size += count;
}

static void consume_input(struct http_connection *connection, size_t count)
{
	connection->input_size -= count;
	memmove(connection->input, connection->input + count, connection->input_size);
}

static void parse_field(struct http_request *request, const char *line)
{
	if (strncasecmp(line, "content-length:", 15) == 0)
		request->content_length = strtoull(line + 15, NULL, 10);
	else if (strncasecmp(line, "transfer-encoding:", 18) == 0)
		request->is_chunked = strcasestr(line, "chunked") != NULL;
	else if (strncasecmp(line, "expect:", 7) == 0)
		request->wants_continue = strcasestr(line, "100-continue") != NULL;
	else if (strncasecmp(line, "upgrade:", 8) == 0)
		sscanf(line + 8, " %31s", request->upgrade);
	else if (strncasecmp(line, "connection:", 11) == 0) {
		request->wants_close = strcasestr(line, "close") != NULL;
		request->wants_keep_alive = strcasestr(line, "keep-alive") != NULL;
	}
}

static void parse_head(struct http_connection *connection, char *head)
{
	struct http_request *request = &connection->request;
	char *line, *rest = head;

	memset(request, 0, sizeof(*request));
	line = strsep(&rest, "\n");
	sscanf(line, "%31s %2047s HTTP/1.%d", request->method, request->path,
	       &request->minor_version);
	while ((line = strsep(&rest, "\n")) != NULL)
		parse_field(request, line);
	if (request->wants_continue)
		http_connection_print(connection, "HTTP/1.1 100 Continue\r\n\r\n");
	connection->body_left = request->content_length;
	connection->is_last_chunk = false;
	connection->phase = request->is_chunked ? PHASE_CHUNK_SIZE : PHASE_BODY;
}

static bool take_head(struct http_connection *connection)
{
	char *end;
	size_t size;

	while (connection->input_size >= 2 && memcmp(connection->input, "\r\n", 2) == 0)
		consume_input(connection, 2);
	end = memmem(connection->input, connection->input_size, "\r\n\r\n", 4);
	if (!end) {
		connection->is_closing |= connection->input_size == sizeof(connection->input);
		return false;
	}
	size = end + 4 - connection->input;
	*end = '\0';
	parse_head(connection, connection->input);
	consume_input(connection, size);
	return true;
}

static bool take_body(struct http_connection *connection)
{
	size_t count = connection->input_size;

	if (count > connection->body_left)
		count = connection->body_left;
	consume_input(connection, count);
	connection->body_left -= count;
	connection->request.body_bytes += count;
	if (connection->body_left > 0)
		return false;
	connection->phase = connection->request.is_chunked ? PHASE_CHUNK_END : PHASE_ANSWER;
	return true;
}

/* The three line-shaped parts of a chunked body. */
static bool take_chunk_line(struct http_connection *connection)
{
	char *end = memmem(connection->input, connection->input_size, "\r\n", 2);
	size_t size = end ? (size_t)(end - connection->input) : 0;

	if (!end)
		return false;
	if (connection->phase == PHASE_CHUNK_END) {
		connection->phase = PHASE_CHUNK_SIZE;
	} else if (connection->phase == PHASE_CHUNK_SIZE) {
		connection->body_left = strtoull(connection->input, NULL, 16);
		connection->phase = connection->body_left > 0 ? PHASE_BODY : PHASE_TRAILERS;
	} else if (size == 0) {
		connection->phase = PHASE_ANSWER;
	}
	consume_input(connection, size + 2);
	return true;
}

static bool take_tunnel(struct http_connection *connection)
{
	size_t count = connection->input_size;

	if (count == 0)
		return false;
	memcpy(reserve_output(connection, count), connection->input, count);
	connection->output_size += count;
	consume_input(connection, count);
	return true;
}

static bool take_input(struct http_connection *connection)
{
	switch (connection->phase) {
	case PHASE_HEAD:
		return take_head(connection);
	case PHASE_BODY:
		if (!take_body(connection))
			return false;
		if (connection->phase == PHASE_ANSWER)
			http_answer(connection);
		return true;
	case PHASE_CHUNK_SIZE:
	case PHASE_CHUNK_END:
	case PHASE_TRAILERS:
		if (!take_chunk_line(connection))
			return false;
		if (connection->phase == PHASE_ANSWER)
			http_answer(connection);
		return true;
	case PHASE_TUNNEL:
		return take_tunnel(connection);
	case PHASE_ANSWER:
		break;
	}
	return false;
}

static void receive_some(struct http_connection *connection)
{
	while (connection->input_size < sizeof(connection->input)) {
		ssize_t count =
			calls->receive(connection->fd, connection->input + connection->input_size,
				       sizeof(connection->input) - connection->input_size);

		if (count > 0) {
			connection->input_size += count;
			continue;
		}
		if (count == 0)
			connection->is_input_over = true;
		else if (errno != EAGAIN && errno != EINTR)
			connection->is_closed = true;
		return;
	}
}

static void send_some(struct http_connection *connection)
{
	while (connection->output_sent < connection->output_size) {
		bool is_head = connection->output_sent < connection->output_head_size;
		size_t end = is_head ? connection->output_head_size : connection->output_size;
		const char *start = connection->output + connection->output_sent;
		size_t size = end - connection->output_sent;
		ssize_t count = is_head ? calls->send(connection->fd, start, size)
					: calls->send_body(connection->fd, start, size);

		if (count < 0) {
			connection->is_closed |= errno != EAGAIN && errno != EINTR;
			return;
		}
		connection->output_sent += count;
	}
	connection->output_size = connection->output_sent = connection->output_head_size = 0;
	connection->is_closed |= connection->is_closing && connection->phase != PHASE_ANSWER;
}

void http_connection_advance(struct http_connection *connection)
{
	bool is_moving = true;

	if (connection->is_closed)
		return;
	receive_some(connection);
	if (connection->due_ms != 0 && connection->due_ms <= http_now_ms())
		http_answer_part(connection);
	/* One answer at a time: it is sent before the next request is looked at. */
	while (is_moving) {
		size_t before = connection->input_size;

		send_some(connection);
		if (connection->is_closed || connection->output_size > 0)
			return;
		is_moving = !connection->is_closing && take_input(connection);
		if (before == sizeof(connection->input) && connection->input_size < before) {
			receive_some(connection); /* the loop tells of new bytes only once */
			is_moving = true;
		}
	}
	if (connection->is_input_over && connection->phase != PHASE_ANSWER)
		connection->is_closed = true;
}
