/* The other end of a notify socket: what a service manager hears, at an abstract address. */
#ifndef SUPPORT_NOTIFY_RECEIVER_H
#define SUPPORT_NOTIFY_RECEIVER_H

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define NOTIFY_ADDRESS_BYTES 64

/* A descriptor that never blocks, -1 when there is none; its address as NOTIFY_SOCKET has it, one
 * per process. */
static inline int notify_receiver_open(char ret_address[static NOTIFY_ADDRESS_BYTES])
{
	struct sockaddr_un bound = {.sun_family = AF_UNIX};
	int size = snprintf(ret_address, NOTIFY_ADDRESS_BYTES, "@limpet-notify-%d", (int)getpid());
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	memcpy(bound.sun_path + 1, ret_address + 1, (size_t)size - 1);
	if (fd >= 0 &&
	    bind(fd, (struct sockaddr *)&bound,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)size)) < 0) {
		(void)close(fd);
		fd = -1;
	}
	return fd;
}

#endif
