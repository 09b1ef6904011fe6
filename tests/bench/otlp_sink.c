/*
 * A small OTLP/HTTP receiver for the bench: answers every POST with 200 and an empty body on
 * keep-alive connections and does nothing else while it runs, so that little of what is measured is
 * its own. Bodies are kept and only at the end (SIGTERM or SIGINT) unpacked and walked, to print
 * how many spans came, when the first of them began and when the first request came. It trusts its
 * client: whatever it does not understand ends that connection.
 * usage: otlp_sink PORT        127.0.0.1 only; prints "listening" when ready
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#define MAX_CONNECTIONS   16
#define MAX_MESSAGE_BYTES (16U << 20)
#define MAX_KEPT_BYTES    (512U << 20)
#define MAX_BODIES        65536

struct connection {
	int fd;
	size_t length, capacity;
	char *bytes;
	bool is_continued; /* "100 Continue" was sent for the message being read */
};

struct body {
	char *bytes;
	size_t length;
};

struct totals {
	uint64_t posts, bytes, spans, first_post_ns, first_span_ns;
};

static struct connection connections[MAX_CONNECTIONS];
static struct body bodies[MAX_BODIES];
static size_t bodies_count, kept_bytes;
static struct totals totals;
static volatile sig_atomic_t is_stopping;

static void stop(int signal_number)
{
	(void)signal_number;
	is_stopping = 1;
}

static uint64_t now_unix_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* ---- protobuf: only what leads from a TracesData to its spans ---- */

struct reader {
	const uint8_t *at, *end;
};

static bool read_varint(struct reader *reader, uint64_t *ret)
{
	uint64_t value = 0;

	for (unsigned int shift = 0; shift < 64 && reader->at < reader->end; shift += 7) {
		uint8_t byte = *reader->at++;

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			*ret = value;
			return true;
		}
	}
	return false;
}

/* The next field; `ret_content` is its bytes where it has a length, otherwise its value's bytes. */
static bool read_field(struct reader *reader, uint64_t *ret_number, struct reader *ret_content)
{
	uint64_t key, length = 0;

	if (!read_varint(reader, &key))
		return false;
	ret_content->at = reader->at;
	switch (key & 7) {
	case 0:
		if (!read_varint(reader, &length))
			return false;
		ret_content->end = reader->at;
		*ret_number = key >> 3;
		return true;
	case 1:
		length = 8;
		break;
	case 2:
		if (!read_varint(reader, &length))
			return false;
		break;
	case 5:
		length = 4;
		break;
	default:
		return false;
	}
	if (length > (uint64_t)(reader->end - reader->at))
		return false;
	ret_content->at = reader->at;
	ret_content->end = reader->at += length;
	*ret_number = key >> 3;
	return true;
}

static void count_span(struct reader span)
{
	struct reader content;
	uint64_t number, start_ns;

	totals.spans++;
	while (read_field(&span, &number, &content)) {
		if (number != 7 || content.end - content.at != 8)
			continue;
		memcpy(&start_ns, content.at, sizeof(start_ns));
		if (!totals.first_span_ns || start_ns < totals.first_span_ns)
			totals.first_span_ns = start_ns;
	}
}

/* TracesData 1 ResourceSpans 2 ScopeSpans 2 Span */
static void count_spans(struct reader message, int depth)
{
	static const uint64_t path[] = {1, 2, 2};
	struct reader content;
	uint64_t number;

	while (read_field(&message, &number, &content)) {
		if (number != path[depth])
			continue;
		if (depth == 2)
			count_span(content);
		else
			count_spans(content, depth + 1);
	}
}

static void count_body(const struct body *body)
{
	static uint8_t unpacked[MAX_MESSAGE_BYTES * 4];
	z_stream stream = {.next_in = (Bytef *)body->bytes, .avail_in = (uInt)body->length};
	struct reader message = {unpacked, unpacked};

	if (body->length < 2 || (uint8_t)body->bytes[0] != 0x1f ||
	    (uint8_t)body->bytes[1] != 0x8b) {
		message.at = (const uint8_t *)body->bytes;
		message.end = message.at + body->length;
	} else if (inflateInit2(&stream, 15 + 16) == Z_OK) {
		stream.next_out = unpacked;
		stream.avail_out = sizeof(unpacked);
		inflate(&stream, Z_FINISH);
		message.end = unpacked + stream.total_out;
		inflateEnd(&stream);
	}
	count_spans(message, 0);
}

/* ---- HTTP ---- */

static void close_connection(struct connection *connection)
{
	close(connection->fd);
	free(connection->bytes);
	*connection = (struct connection){.fd = -1};
}

static void keep_body(const char *bytes, size_t length)
{
	struct body *body = &bodies[bodies_count];

	totals.posts++;
	totals.bytes += length;
	if (!totals.first_post_ns)
		totals.first_post_ns = now_unix_ns();
	if (bodies_count == MAX_BODIES || kept_bytes + length > MAX_KEPT_BYTES)
		return;
	body->bytes = malloc(length ? length : 1);
	if (!body->bytes)
		return;
	memcpy(body->bytes, bytes, length);
	body->length = length;
	bodies_count++;
	kept_bytes += length;
}

static bool send_text(int fd, const char *text)
{
	size_t length = strlen(text);

	return send(fd, text, length, MSG_NOSIGNAL) == (ssize_t)length;
}

/* 1: one message answered and removed, 0: more bytes are needed, -1: not understood. */
static int answer_message(struct connection *connection)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\n"
				     "Content-Length: 0\r\n\r\n";
	char *head_end, *field;
	size_t body_length, head_length;

	connection->bytes[connection->length] = '\0';
	head_end = strstr(connection->bytes, "\r\n\r\n");
	if (!head_end)
		return 0;
	head_length = (size_t)(head_end - connection->bytes) + 4;
	field = strcasestr(connection->bytes, "\r\ncontent-length:");
	if (!field || field > head_end || strncmp(connection->bytes, "POST ", 5) != 0)
		return -1;
	body_length = strtoul(field + strlen("\r\ncontent-length:"), NULL, 10);
	if (body_length > MAX_MESSAGE_BYTES - head_length)
		return -1;
	if (connection->length < head_length + body_length) {
		field = strcasestr(connection->bytes, "\r\nexpect: 100-continue");
		if (field && field < head_end && !connection->is_continued) {
			connection->is_continued = true;
			if (!send_text(connection->fd, "HTTP/1.1 100 Continue\r\n\r\n"))
				return -1;
		}
		return 0;
	}
	keep_body(connection->bytes + head_length, body_length);
	connection->length -= head_length + body_length;
	connection->is_continued = false;
	memmove(connection->bytes, connection->bytes + head_length + body_length,
		connection->length);
	return send_text(connection->fd, answer) ? 1 : -1;
}

static void read_connection(struct connection *connection)
{
	ssize_t received;
	int result;

	if (connection->capacity - connection->length < 65536) {
		size_t capacity = connection->capacity ? connection->capacity * 2 : 1U << 18;
		char *bytes = capacity > 2 * MAX_MESSAGE_BYTES
				      ? NULL
				      : realloc(connection->bytes, capacity + 1);

		if (!bytes) {
			close_connection(connection);
			return;
		}
		connection->bytes = bytes;
		connection->capacity = capacity;
	}
	received = recv(connection->fd, connection->bytes + connection->length,
			connection->capacity - connection->length, 0);
	if (received <= 0) {
		close_connection(connection);
		return;
	}
	connection->length += (size_t)received;
	do {
		result = answer_message(connection);
	} while (result == 1);
	if (result < 0)
		close_connection(connection);
}

static void accept_connection(int listener)
{
	int fd = accept(listener, NULL, NULL);

	if (fd < 0)
		return;
	for (size_t i = 0; i < MAX_CONNECTIONS; i++) {
		if (connections[i].fd < 0) {
			connections[i].fd = fd;
			return;
		}
	}
	close(fd);
}

static void serve(int listener, const sigset_t *unblocked)
{
	struct pollfd polled[MAX_CONNECTIONS + 1];

	while (!is_stopping) {
		for (size_t i = 0; i < MAX_CONNECTIONS; i++)
			polled[i] = (struct pollfd){connections[i].fd, POLLIN, 0};
		polled[MAX_CONNECTIONS] = (struct pollfd){listener, POLLIN, 0};
		if (ppoll(polled, MAX_CONNECTIONS + 1, NULL, unblocked) < 0)
			continue;
		for (size_t i = 0; i < MAX_CONNECTIONS; i++) {
			if (polled[i].revents)
				read_connection(&connections[i]);
		}
		if (polled[MAX_CONNECTIONS].revents)
			accept_connection(listener);
	}
}

static int open_listener(uint16_t port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons(port),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, 16) < 0) {
		int err = -errno;

		close(fd);
		return err;
	}
	return fd;
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = stop};
	sigset_t blocked, unblocked;
	int listener;

	if (argc != 2) {
		fprintf(stderr, "usage: otlp_sink PORT\n");
		return 2;
	}
	/* Signals arrive only inside ppoll, so none is missed between a check and a wait. */
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGINT);
	sigprocmask(SIG_BLOCK, &blocked, &unblocked);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	for (size_t i = 0; i < MAX_CONNECTIONS; i++)
		connections[i].fd = -1;
	listener = open_listener((uint16_t)strtoul(argv[1], NULL, 10));
	if (listener < 0) {
		fprintf(stderr, "otlp_sink: cannot listen on 127.0.0.1:%s: %s\n", argv[1],
			strerror(-listener));
		return 1;
	}
	printf("listening\n");
	fflush(stdout);
	serve(listener, &unblocked);
	for (size_t i = 0; i < bodies_count; i++)
		count_body(&bodies[i]);
	printf("posts=%llu\nbytes=%llu\nspans=%llu\nfirst_post_ns=%llu\nfirst_span_ns=%llu\n",
	       (unsigned long long)totals.posts, (unsigned long long)totals.bytes,
	       (unsigned long long)totals.spans, (unsigned long long)totals.first_post_ns,
	       (unsigned long long)totals.first_span_ns);
	return 0;
}
