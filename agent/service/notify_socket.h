/*
 * What a service manager is told, by the protocol of sd_notify(3): lines NAME=value in one datagram
 * to the socket it named. It is told, never asked: nothing here waits. Main thread.
 */
#ifndef SERVICE_NOTIFY_SOCKET_H
#define SERVICE_NOTIFY_SOCKET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#define MAX_STATUS_TEXT_BYTES 512

struct notify_socket {
	int fd; /* -1: nobody wants to know */
	struct sockaddr_un address;
	socklen_t address_size;
};

/* address: NOTIFY_SOCKET of the environment, a path or "@name"; NULL: nobody wants to know. */
void notify_socket_init(struct notify_socket *notify, const char *address);
void notify_socket_done(struct notify_socket *notify);

/* Lines as the protocol has them. False: it was not sent. */
bool notify_socket_send(const struct notify_socket *notify, const char *lines);

#define MAX_SENT_DESCRIPTORS 16

/* The same, and copies of these descriptors with it. */
bool notify_socket_send_descriptors(const struct notify_socket *notify, const char *lines,
				    const int *fds, uint32_t count);

/* As above, with STATUS= of the text at the end, made one line. lines may be "". */
bool notify_socket_say(const struct notify_socket *notify, const char *lines, const char *format,
		       ...) __attribute__((format(printf, 3, 4)));

/* A start that failed: the status says why. For the socket of the environment. */
void notify_socket_say_failure(const char *why);

#endif
