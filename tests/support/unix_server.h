/* An HTTP/1 server on a UNIX socket: for each path it knows, bytes; "hang" never answers. One
 * connection after the other. */
#ifndef SUPPORT_UNIX_SERVER_H
#define SUPPORT_UNIX_SERVER_H

#include <assert.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct unix_page {
	const char *path;  /* "GET /containers/…" begins so */
	const char *bytes; /* the whole answer */
};

struct unix_server {
	const struct unix_page *pages; /* ends with a NULL path */
	char folder[64], path[96];
	int listener, stop_pipe[2];
	pthread_t thread;
	char last_head[2048];
	int count;
};

static inline int unix_server_wait(struct unix_server *server, int fd)
{
	struct pollfd fds[2] = {{.fd = fd, .events = POLLIN},
				{.fd = server->stop_pipe[0], .events = POLLIN}};

	return poll(fds, 2, 20000) > 0 && fds[1].revents == 0;
}

static inline void unix_server_answer(struct unix_server *server, int fd)
{
	size_t used = 0;
	char byte;

	server->last_head[0] = '\0';
	while (!strstr(server->last_head, "\r\n\r\n") && used < sizeof(server->last_head) - 1 &&
	       unix_server_wait(server, fd) && read(fd, &byte, 1) == 1) {
		server->last_head[used++] = byte;
		server->last_head[used] = '\0';
	}
	server->count++;
	for (const struct unix_page *page = server->pages; page->path; page++) {
		size_t size = strlen(page->bytes);

		if (strncmp(server->last_head, page->path, strlen(page->path)) != 0)
			continue;
		if (strcmp(page->bytes, "hang") == 0)
			(void)unix_server_wait(server, server->stop_pipe[0]);
		else
			(void)!write(fd, page->bytes, size);
		return;
	}
	(void)!write(fd, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 45);
}

static inline void *unix_server_run(void *self)
{
	struct unix_server *server = self;

	while (unix_server_wait(server, server->listener)) {
		int fd = accept(server->listener, NULL, NULL);

		if (fd < 0)
			continue;
		unix_server_answer(server, fd);
		(void)close(fd);
	}
	return NULL;
}

static inline void unix_server_start(struct unix_server *server, const struct unix_page *pages)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	*server = (struct unix_server){.pages = pages};
	strcpy(server->folder, "/tmp/limpet-unix-XXXXXX");
	assert(mkdtemp(server->folder));
	(void)snprintf(server->path, sizeof(server->path), "%s/api.sock", server->folder);
	strcpy(address.sun_path, server->path);
	server->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert(bind(server->listener, (const struct sockaddr *)&address, sizeof(address)) == 0);
	assert(listen(server->listener, 8) == 0);
	assert(pipe(server->stop_pipe) == 0);
	assert(pthread_create(&server->thread, NULL, unix_server_run, server) == 0);
}

/* The socket stays, with nobody behind it. */
static inline void unix_server_stop(struct unix_server *server)
{
	(void)!write(server->stop_pipe[1], "x", 1);
	(void)pthread_join(server->thread, NULL);
	(void)close(server->listener);
	(void)close(server->stop_pipe[0]);
	(void)close(server->stop_pipe[1]);
}

static inline void unix_server_remove(struct unix_server *server)
{
	(void)unlink(server->path);
	(void)rmdir(server->folder);
}

#endif
