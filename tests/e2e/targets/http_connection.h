/* SPDX-License-Identifier: Apache-2.0 */
/* One connection of epoll_server: buffers, where the request stands, what is due and when. */
#ifndef TARGETS_HTTP_CONNECTION_H
#define TARGETS_HTTP_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_HEAD_BYTES 65536

enum http_phase {
	PHASE_HEAD,       /* waiting for the end of the head */
	PHASE_BODY,       /* body_left bytes still to come */
	PHASE_CHUNK_SIZE, /* waiting for a chunk's size line */
	PHASE_CHUNK_END,  /* waiting for the line end after a chunk */
	PHASE_TRAILERS,   /* waiting for the empty line after the last chunk */
	PHASE_ANSWER,     /* the answer is being sent, parts of it perhaps later */
	PHASE_TUNNEL,     /* after 101 or CONNECT: echo */
};

struct http_request {
	char method[32];
	char path[2048];
	int minor_version;
	bool is_chunked;
	bool has_body;
	bool wants_close;
	bool wants_keep_alive;
	bool wants_continue;
	char upgrade[32];
	uint64_t content_length;
	uint64_t body_bytes; /* received, without chunk framing */
};

struct http_connection {
	struct http_connection *next;
	int fd;
	enum http_phase phase;
	struct http_request request;
	char input[MAX_HEAD_BYTES];
	size_t input_size;
	uint64_t body_left;
	bool is_last_chunk;
	char *output;
	size_t output_size, output_sent, output_capacity;
	size_t output_head_size; /* so many bytes leave by the head's call, the rest by the body's
				  */
	uint64_t due_ms;         /* when the next part of the answer is due, 0: nothing is */
	uint64_t pause_ms;
	int parts_left;
	bool is_closing; /* once the output is gone */
	bool is_closed;
	bool is_input_over;
};

uint64_t http_now_ms(void);

/* 0, or -1 when there is no such family of calls. For all connections. */
int http_connection_use_calls(const char *name);

/* Takes the descriptor. Never NULL: the tests' server dies when memory is out. */
struct http_connection *http_connection_new(int fd);
void http_connection_free(struct http_connection *connection);

/* Receives, answers and sends as far as it can without waiting. */
void http_connection_advance(struct http_connection *connection);

void http_connection_print(struct http_connection *connection, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void http_connection_fill(struct http_connection *connection, char byte, size_t count);

/* http_answers.c: writes the answer, or its first part, to the request that is complete. */
void http_answer(struct http_connection *connection);

/* The next part of an answer that comes in parts. */
void http_answer_part(struct http_connection *connection);

#endif
