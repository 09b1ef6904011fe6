/* accept, look who it is, write, close. The thread ends by the pipe that becomes readable when the
 * agent closes its end. */
#include "service/status_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/byte_buffer.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "service/peer_right.h"
#include "service/status_text.h"

#define BACKLOG       8
#define PATIENCE_S    2
#define REFUSAL       "refused: ask as root or as a member of the agent's group\n"
#define REFUSAL_START "refused:"

struct status_socket {
	struct status_board *board;
	struct sockaddr_un address;
	int listen_fd;
	int end_fds[2]; /* the thread waits on the first, the agent closes the second */
	pthread_t thread;
	struct service_status status; /* the thread's copy: too large for its stack */
};

static void set_patience(int fd)
{
	const struct timeval patience = {.tv_sec = PATIENCE_S};

	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
}

/* The patience is for each part; what a slow reader gets is bounded by it. */
static void send_all(int fd, struct view text)
{
	uint64_t deadline_ns = clock_monotonic_ns() + PATIENCE_S * NS_PER_S;

	while (text.size && clock_monotonic_ns() < deadline_ns) {
		ssize_t sent = send(fd, text.bytes, text.size, MSG_NOSIGNAL);

		if (sent <= 0)
			return;
		text = view_skip(text, (size_t)sent);
	}
}

static void answer(struct status_socket *socket, int fd)
{
	_cleanup_(byte_buffer_done) struct byte_buffer text;

	byte_buffer_init(&text, MAX_STATUS_BYTES);
	set_patience(fd);
	if (peer_right_is_given_to(fd)) {
		status_board_read(socket->board, &socket->status);
		status_text_write(&text, &socket->status, clock_monotonic_ns());
	} else {
		byte_buffer_append_text(&text, REFUSAL);
	}
	send_all(fd, byte_buffer_view(&text));
}

static void *serve(void *argument)
{
	struct status_socket *socket = argument;
	struct pollfd polled[2] = {{.fd = socket->listen_fd, .events = POLLIN},
				   {.fd = socket->end_fds[0], .events = POLLIN}};

	for (;;) {
		_cleanup_(cleanup_close) int fd = -1;

		if (poll(polled, 2, -1) < 0 && errno != EINTR)
			return NULL;
		if (polled[1].revents)
			return NULL;
		if (!(polled[0].revents & POLLIN))
			continue;
		fd = accept4(socket->listen_fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			answer(socket, fd);
		else if (errno == EMFILE || errno == ENFILE)
			(void)poll(&polled[1], 1, PATIENCE_S * 1000);
	}
}

static int start_thread(struct status_socket *socket)
{
	sigset_t all, before;
	int err;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&socket->thread, NULL, serve, socket);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err == 0)
		(void)pthread_setname_np(socket->thread, "limpet-status");
	return -err;
}

static int connect_to(const struct sockaddr_un *address)
{
	_cleanup_(cleanup_close) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	set_patience(fd);
	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0)
		return -errno;
	return TAKE_FD(fd);
}

/* Who is left from an agent that was killed answers nobody. */
static int listen_at(struct status_socket *opened)
{
	const struct sockaddr *address = (const struct sockaddr *)&opened->address;
	int living = connect_to(&opened->address);

	if (living >= 0) {
		(void)close(living);
		return -EADDRINUSE;
	}
	if (living == -ECONNREFUSED)
		(void)unlink(opened->address.sun_path);
	opened->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (opened->listen_fd < 0)
		return -errno;
	/* Before it is in place, so that nobody may in between. */
	(void)fchmod(opened->listen_fd, 0660);
	if (bind(opened->listen_fd, address, sizeof(opened->address)) < 0)
		return -errno;
	if (chmod(opened->address.sun_path, 0660) < 0 || listen(opened->listen_fd, BACKLOG) < 0) {
		int err = -errno;

		(void)unlink(opened->address.sun_path);
		return err;
	}
	return 0;
}

static int set_address(struct sockaddr_un *address, const char *path)
{
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof(address->sun_path))
		return -ENAMETOOLONG;
	(void)strcpy(address->sun_path, path);
	return 0;
}

static void free_socket(struct status_socket *freed)
{
	cleanup_close(&freed->listen_fd);
	cleanup_close(&freed->end_fds[0]);
	cleanup_close(&freed->end_fds[1]);
	free(freed);
}

int status_socket_new(struct status_socket **ret, const char *path, struct status_board *board)
{
	struct status_socket *opened = calloc(1, sizeof(*opened));
	int err;

	if (!opened)
		return -ENOMEM;
	opened->board = board;
	opened->listen_fd = opened->end_fds[0] = opened->end_fds[1] = -1;
	err = set_address(&opened->address, path);
	if (err == 0 && pipe2(opened->end_fds, O_CLOEXEC) < 0)
		err = -errno;
	if (err == 0)
		err = listen_at(opened);
	if (err == 0) {
		err = start_thread(opened);
		if (err < 0)
			(void)unlink(path);
	}
	if (err < 0) {
		free_socket(opened);
		return err;
	}
	*ret = opened;
	return 0;
}

void status_socket_free(struct status_socket **socket)
{
	struct status_socket *freed = *socket;

	if (!freed)
		return;
	cleanup_close(&freed->end_fds[1]);
	(void)pthread_join(freed->thread, NULL);
	(void)unlink(freed->address.sun_path);
	free_socket(freed);
	*socket = NULL;
}

int status_socket_ask(const char *path, char *ret_text, size_t size)
{
	_cleanup_(cleanup_close) int fd = -1;
	struct sockaddr_un address;
	size_t used = 0;
	ssize_t got = 1;
	int err = set_address(&address, path);

	if (err < 0)
		return err;
	fd = connect_to(&address);
	if (fd < 0)
		return fd;
	while (got > 0 && used < size - 1) {
		got = recv(fd, ret_text + used, size - 1 - used, 0);
		if (got < 0)
			return -errno;
		used += (size_t)got;
	}
	ret_text[used] = '\0';
	return strncmp(ret_text, REFUSAL_START, strlen(REFUSAL_START)) == 0 ? -EACCES : 0;
}
