// SPDX-License-Identifier: Apache-2.0
/*
 * A target for the end-to-end tests: one thread, one epoll loop, HTTP/1.0 and 1.1 with keep-alive,
 * pipelining, both body framings, 100-continue, Upgrade and CONNECT. What it answers is in the path
 * (http_answers.c), so a client knows what every span must say. It only listens where it is told
 * to.
 *
 * usage: epoll_server [--calls=NAME] LISTEN…     LISTEN: 127.0.0.1:80  [::1]:80  unix:/path
 */
#include "tests/e2e/targets/http_connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MAX_LISTENERS 4
#define MAX_EVENTS    64

static struct http_connection *connections;
static int listeners[MAX_LISTENERS];
static int listeners_count;
static volatile sig_atomic_t is_stopping;

static void note_stop(int signal_number)
{
	(void)signal_number;
	is_stopping = 1;
}

static int parse_address(const char *text, struct sockaddr_storage *ret, socklen_t *ret_size)
{
	struct sockaddr_un *path = (void *)ret;
	struct sockaddr_in *ipv4 = (void *)ret;
	struct sockaddr_in6 *ipv6 = (void *)ret;
	const char *colon = strrchr(text, ':');
	char host[64];

	memset(ret, 0, sizeof(*ret));
	if (strncmp(text, "unix:", 5) == 0) {
		path->sun_family = AF_UNIX;
		snprintf(path->sun_path, sizeof(path->sun_path), "%s", text + 5);
		*ret_size = sizeof(*path);
		return 0;
	}
	if (!colon)
		return -1;
	if (text[0] == '[') {
		snprintf(host, sizeof(host), "%.*s", (int)(colon - text - 2), text + 1);
		ipv6->sin6_family = AF_INET6;
		ipv6->sin6_port = htons(atoi(colon + 1));
		*ret_size = sizeof(*ipv6);
		return inet_pton(AF_INET6, host, &ipv6->sin6_addr) == 1 ? 0 : -1;
	}
	snprintf(host, sizeof(host), "%.*s", (int)(colon - text), text);
	ipv4->sin_family = AF_INET;
	ipv4->sin_port = htons(atoi(colon + 1));
	*ret_size = sizeof(*ipv4);
	return inet_pton(AF_INET, host, &ipv4->sin_addr) == 1 ? 0 : -1;
}

static int listen_at(const char *text)
{
	struct sockaddr_storage address;
	socklen_t size;
	int one = 1, zero = 0, fd;

	if (parse_address(text, &address, &size) < 0) {
		fprintf(stderr, "epoll_server: cannot read address '%s'\n", text);
		return -1;
	}
	fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (address.ss_family == AF_INET6) /* so that ::ffff:127.0.0.1 can be asked for */
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof(zero));
	if (bind(fd, (struct sockaddr *)&address, size) < 0 || listen(fd, 1024) < 0) {
		fprintf(stderr, "epoll_server: cannot listen at %s: %s\n", text, strerror(errno));
		return -1;
	}
	return fd;
}

static void accept_all(int loop, int listener)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET};
	int fd;

	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		struct http_connection *connection = http_connection_new(fd);

		connection->next = connections;
		connections = connection;
		event.data.ptr = connection;
		epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event);
	}
}

/* Lets connections with a due answer go on and frees the closed ones. */
static int advance_all(void)
{
	struct http_connection **link = &connections;
	uint64_t now_ms = http_now_ms(), next_ms = now_ms + 1000;

	while (*link) {
		struct http_connection *connection = *link;

		if (connection->due_ms != 0 && connection->due_ms <= now_ms)
			http_connection_advance(connection);
		if (connection->is_closed) {
			*link = connection->next;
			http_connection_free(connection);
			continue;
		}
		if (connection->due_ms != 0 && connection->due_ms < next_ms)
			next_ms = connection->due_ms;
		link = &connection->next;
	}
	return next_ms > now_ms ? (int)(next_ms - now_ms) : 0;
}

static void serve(int loop)
{
	struct epoll_event events[MAX_EVENTS];
	int timeout_ms = 1000;

	while (!is_stopping) {
		int count = epoll_wait(loop, events, MAX_EVENTS, timeout_ms);

		for (int i = 0; i < count; i++) {
			int *listener = events[i].data.ptr;

			if (listener >= listeners && listener < listeners + MAX_LISTENERS)
				accept_all(loop, *listener);
			else
				http_connection_advance(events[i].data.ptr);
		}
		timeout_ms = advance_all();
	}
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = note_stop};
	int loop = epoll_create1(EPOLL_CLOEXEC);

	signal(SIGPIPE, SIG_IGN);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	for (int i = 1; i < argc; i++) {
		struct epoll_event event = {.events = EPOLLIN};

		if (strncmp(argv[i], "--calls=", 8) == 0) {
			if (http_connection_use_calls(argv[i] + 8) < 0)
				return 2;
			continue;
		}
		if (listeners_count == MAX_LISTENERS)
			return 2;
		listeners[listeners_count] = listen_at(argv[i]);
		if (listeners[listeners_count] < 0)
			return 1;
		event.data.ptr = &listeners[listeners_count];
		epoll_ctl(loop, EPOLL_CTL_ADD, listeners[listeners_count++], &event);
	}
	serve(loop);
	while (connections) {
		struct http_connection *connection = connections;

		connections = connection->next;
		http_connection_free(connection);
	}
	return 0;
}
