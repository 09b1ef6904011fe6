/*
 * An HTTP server on loopback that answers each request with the next scripted bytes, for tests of exporters. One thread;
 * connections are kept until a script entry says otherwise. What came in is kept for the test to look at after a stop.
 */
#ifndef SUPPORT_SCRIPTED_HTTP_SERVER_H
#define SUPPORT_SCRIPTED_HTTP_SERVER_H

#include <arpa/inet.h>
#include <assert.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_SCRIPTED_REQUESTS 8

struct scripted_request {
	char head[4096];
	char *body;
	size_t body_size;
	int connection; /* 0, 1, 2…: requests with the same number shared one */
};

struct scripted_http_server {
	const char *const *answers; /* NULL-terminated; "" closes without an answer, "hang" never answers */
	int listener;
	int stop_pipe[2];
	unsigned int port;
	pthread_t thread;
	struct scripted_request requests[MAX_SCRIPTED_REQUESTS];
	int count;
};

/* Closes the connection after what it says: no Content-Length needed. */
#define SCRIPTED_CLOSE "Connection: close\r\n\r\n"
#define SCRIPTED_OK    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

static inline int scripted_wait(struct scripted_http_server *server, int fd)
{
	struct pollfd fds[2] = {{.fd = fd, .events = POLLIN}, {.fd = server->stop_pipe[0], .events = POLLIN}};

	return poll(fds, 2, 20000) > 0 && fds[1].revents == 0;
}

static inline int scripted_read(struct scripted_http_server *server, int fd, struct scripted_request *request)
{
	size_t used = 0, length = 0;
	const char *field;

	while (!strstr(request->head, "\r\n\r\n")) {
		if (used == sizeof(request->head) - 1 || !scripted_wait(server, fd) ||
		    read(fd, request->head + used++, 1) != 1)
			return 0;
		request->head[used] = '\0';
	}
	field = strstr(request->head, "Content-Length: ");
	if (field)
		length = strtoul(field + 16, NULL, 10);
	request->body = calloc(1, length + 1);
	while (request->body_size < length) {
		ssize_t got = scripted_wait(server, fd)
				      ? read(fd, request->body + request->body_size, length - request->body_size)
				      : 0;

		if (got <= 0)
			return 0;
		request->body_size += (size_t)got;
	}
	return 1;
}

static inline void scripted_serve_connection(struct scripted_http_server *server, int fd, int number)
{
	while (server->count < MAX_SCRIPTED_REQUESTS && server->answers[server->count]) {
		struct scripted_request *request = &server->requests[server->count];
		const char *answer = server->answers[server->count];

		if (!scripted_read(server, fd, request)) {
			free(request->body);
			memset(request, 0, sizeof(*request));
			return;
		}
		request->connection = number;
		server->count++;
		if (strcmp(answer, "hang") == 0) {
			(void)scripted_wait(server, fd);
			return;
		}
		if (send(fd, answer, strlen(answer), MSG_NOSIGNAL) != (ssize_t)strlen(answer) || !*answer ||
		    strstr(answer, "Connection: close"))
			return;
	}
}

static inline void *scripted_serve(void *arg)
{
	struct scripted_http_server *server = arg;

	for (int number = 0; scripted_wait(server, server->listener); number++) {
		int fd = accept(server->listener, NULL, NULL);

		scripted_serve_connection(server, fd, number);
		close(fd);
	}
	return NULL;
}

static inline void scripted_http_server_start(struct scripted_http_server *server, const char *const *answers)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);

	memset(server, 0, sizeof(*server));
	server->answers = answers;
	server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert(bind(server->listener, (struct sockaddr *)&address, size) == 0);
	assert(listen(server->listener, 8) == 0);
	assert(getsockname(server->listener, (struct sockaddr *)&address, &size) == 0);
	server->port = ntohs(address.sin_port);
	assert(pipe(server->stop_pipe) == 0);
	assert(pthread_create(&server->thread, NULL, scripted_serve, server) == 0);
}

static inline void scripted_http_server_stop(struct scripted_http_server *server)
{
	assert(write(server->stop_pipe[1], "", 1) == 1);
	assert(pthread_join(server->thread, NULL) == 0);
	close(server->listener);
	close(server->stop_pipe[0]);
	close(server->stop_pipe[1]);
}

static inline void scripted_http_server_done(struct scripted_http_server *server)
{
	for (int i = 0; i < MAX_SCRIPTED_REQUESTS; i++)
		free(server->requests[i].body);
}

/* Proxies of the machine must not come between a test and loopback. */
static inline void scripted_http_server_no_proxy(void)
{
	static const char *const names[] = {"http_proxy",  "https_proxy", "all_proxy",
					    "HTTPS_PROXY", "ALL_PROXY",	  "HTTP_PROXY"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unsetenv(names[i]);
}

#endif
