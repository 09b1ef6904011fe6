// SPDX-License-Identifier: Apache-2.0
/*
 * One row per family of system calls. Sends never raise SIGPIPE where the call can be told so;
 * epoll_server ignores the signal for the others. Bodies differ from heads only where the kernel
 * moves pages instead of user memory (sendfile, splice).
 */
#include "tests/e2e/targets/socket_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static ssize_t receive_read(int fd, void *bytes, size_t size)
{
	return read(fd, bytes, size);
}

static ssize_t send_write(int fd, const void *bytes, size_t size)
{
	return write(fd, bytes, size);
}

static ssize_t receive_recv(int fd, void *bytes, size_t size)
{
	return recv(fd, bytes, size, 0);
}

static ssize_t send_send(int fd, const void *bytes, size_t size)
{
	return send(fd, bytes, size, MSG_NOSIGNAL);
}

static ssize_t receive_recvfrom(int fd, void *bytes, size_t size)
{
	struct sockaddr_storage address;
	socklen_t address_size = sizeof(address);

	return recvfrom(fd, bytes, size, 0, (struct sockaddr *)&address, &address_size);
}

static ssize_t send_sendto(int fd, const void *bytes, size_t size)
{
	return sendto(fd, bytes, size, MSG_NOSIGNAL, NULL, 0);
}

/* Three uneven pieces, so that a head lies across entries. */
static int split_in_three(struct iovec pieces[3], const void *bytes, size_t size)
{
	char *start = (char *)bytes;
	size_t first = size > 5 ? 5 : size, second = (size - first) / 2;

	pieces[0] = (struct iovec){start, first};
	pieces[1] = (struct iovec){start + first, second};
	pieces[2] = (struct iovec){start + first + second, size - first - second};
	return 3;
}

static ssize_t receive_readv(int fd, void *bytes, size_t size)
{
	struct iovec pieces[3];

	return readv(fd, pieces, split_in_three(pieces, bytes, size));
}

static ssize_t send_writev(int fd, const void *bytes, size_t size)
{
	struct iovec pieces[3];

	return writev(fd, pieces, split_in_three(pieces, bytes, size));
}

static ssize_t receive_preadv2(int fd, void *bytes, size_t size)
{
	struct iovec pieces[3];

	return preadv2(fd, pieces, split_in_three(pieces, bytes, size), -1, 0);
}

static ssize_t send_pwritev2(int fd, const void *bytes, size_t size)
{
	struct iovec pieces[3];

	return pwritev2(fd, pieces, split_in_three(pieces, bytes, size), -1, 0);
}

static ssize_t receive_recvmsg(int fd, void *bytes, size_t size)
{
	struct iovec pieces[3];
	struct msghdr message = {.msg_iov = pieces};

	message.msg_iovlen = split_in_three(pieces, bytes, size);
	return recvmsg(fd, &message, 0);
}

static ssize_t send_sendmsg(int fd, const void *bytes, size_t size)
{
	struct iovec pieces[3];
	struct msghdr message = {.msg_iov = pieces};

	message.msg_iovlen = split_in_three(pieces, bytes, size);
	return sendmsg(fd, &message, MSG_NOSIGNAL);
}

static ssize_t receive_recvmmsg(int fd, void *bytes, size_t size)
{
	struct iovec piece = {bytes, size};
	struct mmsghdr message = {.msg_hdr = {.msg_iov = &piece, .msg_iovlen = 1}};
	int count = recvmmsg(fd, &message, 1, MSG_DONTWAIT, NULL);

	return count < 0 ? -1 : count == 0 ? 0 : (ssize_t)message.msg_len;
}

/* Two messages in one call. */
static ssize_t send_sendmmsg(int fd, const void *bytes, size_t size)
{
	size_t first = size / 2;
	struct iovec pieces[2] = {{(char *)bytes, first}, {(char *)bytes + first, size - first}};
	struct mmsghdr messages[2] = {
		{.msg_hdr = {.msg_iov = &pieces[0], .msg_iovlen = 1}},
		{.msg_hdr = {.msg_iov = &pieces[1], .msg_iovlen = 1}},
	};
	ssize_t sent = 0;
	int count;

	if (first == 0)
		return send_send(fd, bytes, size);
	count = sendmmsg(fd, messages, 2, MSG_NOSIGNAL);
	for (int i = 0; i < count; i++)
		sent += messages[i].msg_len;
	return count < 0 ? -1 : sent;
}

static ssize_t send_sendfile(int fd, const void *bytes, size_t size)
{
	int file = memfd_create("body", MFD_CLOEXEC);
	off_t offset = 0;
	ssize_t sent = -1;
	int saved;

	if (file < 0)
		return -1;
	if (write(file, bytes, size) == (ssize_t)size)
		sent = sendfile(fd, file, &offset, size);
	saved = errno;
	close(file);
	errno = saved;
	return sent;
}

/* Through a pipe; what the socket did not take is lost with the pipe and sent again by the caller.
 */
static ssize_t send_splice(int fd, const void *bytes, size_t size)
{
	int ends[2], saved;
	ssize_t filled, sent = -1;

	if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) < 0)
		return -1;
	filled = write(ends[1], bytes, size);
	if (filled > 0)
		sent = splice(ends[0], NULL, fd, NULL, filled, SPLICE_F_NONBLOCK);
	saved = errno;
	close(ends[0]);
	close(ends[1]);
	errno = saved;
	return sent;
}

static const struct socket_calls families[] = {
	{"read", receive_read, send_write, send_write},
	{"recv", receive_recv, send_send, send_send},
	{"recvfrom", receive_recvfrom, send_sendto, send_sendto},
	{"readv", receive_readv, send_writev, send_writev},
	{"preadv2", receive_preadv2, send_pwritev2, send_pwritev2},
	{"recvmsg", receive_recvmsg, send_sendmsg, send_sendmsg},
	{"recvmmsg", receive_recvmmsg, send_sendmmsg, send_sendmmsg},
	{"sendfile", receive_read, send_write, send_sendfile},
	{"splice", receive_read, send_write, send_splice},
};

const struct socket_calls *socket_calls_find(const char *name)
{
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (strcmp(families[i].name, name) == 0)
			return &families[i];
	return NULL;
}
