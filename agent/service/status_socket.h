/*
 * A UNIX socket that answers every connection with the status as text, for `limpet status`. A
 * thread of its own serves one after the other; a peer that does not read is left after a moment.
 * Nothing is read from a peer.
 */
#ifndef SERVICE_STATUS_SOCKET_H
#define SERVICE_STATUS_SOCKET_H

#include <stddef.h>
#include "service/status_board.h"

#define MAX_STATUS_BYTES (256 * 1024)

struct status_socket;

/* The board must outlive it. -errno after nothing was left behind; a dead socket in its place is
 * replaced, a living one is -EADDRINUSE. */
int status_socket_new(struct status_socket **ret, const char *path, struct status_board *board);

/* Ends the thread and removes the socket. */
void status_socket_free(struct status_socket **socket);

/* The other end: the text, NUL-terminated, cut to size. -errno (-EACCES: may not ask). */
int status_socket_ask(const char *path, char *ret_text, size_t size);

#endif
