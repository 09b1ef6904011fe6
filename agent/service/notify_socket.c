/*
 * A datagram socket and a few words. systemd's library would do the same; the protocol is public
 * and promised to stay. An address that is not one is as none: a service must start without it.
 */
#include "service/notify_socket.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/cleanup.h"

#define MAX_LINES_BYTES 256

void notify_socket_init(struct notify_socket *notify, const char *address)
{
	size_t size = address ? strlen(address) : 0;

	*notify = (struct notify_socket){.fd = -1, .address.sun_family = AF_UNIX};
	if (size < 2 || size >= sizeof(notify->address.sun_path) ||
	    (address[0] != '/' && address[0] != '@'))
		return;
	memcpy(notify->address.sun_path, address, size);
	/* An abstract one has no NUL at its end, and one in front. */
	if (address[0] == '@')
		notify->address.sun_path[0] = '\0';
	notify->address_size =
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + size + (address[0] == '/'));
	notify->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

void notify_socket_done(struct notify_socket *notify)
{
	cleanup_close(&notify->fd);
}

bool notify_socket_send(const struct notify_socket *notify, const char *lines)
{
	size_t size = strlen(lines);

	return notify->fd >= 0 && sendto(notify->fd, lines, size, MSG_NOSIGNAL | MSG_DONTWAIT,
					 (const struct sockaddr *)&notify->address,
					 notify->address_size) == (ssize_t)size;
}

bool notify_socket_send_descriptors(const struct notify_socket *notify, const char *lines,
				    const int *fds, uint32_t count)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(MAX_SENT_DESCRIPTORS * sizeof(int))];
	} control = {0};
	struct iovec text = {(void *)lines, strlen(lines)};
	struct msghdr message = {
		.msg_name = (void *)&notify->address,
		.msg_namelen = notify->address_size,
		.msg_iov = &text,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = CMSG_SPACE(count * sizeof(int)),
	};
	struct cmsghdr *header = &control.header;

	if (notify->fd < 0 || !count || count > MAX_SENT_DESCRIPTORS)
		return false;
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(header), fds, count * sizeof(int));
	return sendmsg(notify->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)text.iov_len;
}

bool notify_socket_say(const struct notify_socket *notify, const char *lines, const char *format,
		       ...)
{
	char text[MAX_LINES_BYTES + MAX_STATUS_TEXT_BYTES];
	va_list args;
	int prefix;

	if (strlen(lines) >= MAX_LINES_BYTES - sizeof("\nSTATUS="))
		return false;
	prefix = snprintf(text, sizeof(text), "%s%sSTATUS=", lines, lines[0] ? "\n" : "");
	va_start(args, format);
	(void)vsnprintf(text + prefix, MAX_STATUS_TEXT_BYTES, format, args);
	va_end(args);
	for (char *c = text + prefix; *c; c++)
		if ((unsigned char)*c < ' ')
			*c = ' ';
	return notify_socket_send(notify, text);
}

void notify_socket_say_failure(const char *why)
{
	_cleanup_(notify_socket_done) struct notify_socket notify;

	notify_socket_init(&notify, getenv("NOTIFY_SOCKET"));
	if (why[0])
		(void)notify_socket_say(&notify, "", "not started: %s", why);
}
