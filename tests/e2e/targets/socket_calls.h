/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every system call that moves bytes on a stream socket, behind one pair of functions, so that one
 * server can be asked to speak through each of them in turn (epoll_server --calls=NAME).
 */
#ifndef TARGETS_SOCKET_CALLS_H
#define TARGETS_SOCKET_CALLS_H

#include <sys/types.h>

struct socket_calls {
	const char *name;
	ssize_t (*receive)(int fd, void *bytes, size_t size);
	ssize_t (*send)(int fd, const void *bytes, size_t size);
	ssize_t (*send_body)(int fd, const void *bytes, size_t size);
};

/* NULL when there is no such name. */
const struct socket_calls *socket_calls_find(const char *name);

#endif
