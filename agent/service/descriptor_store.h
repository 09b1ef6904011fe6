/*
 * Descriptors that outlive us: systemd keeps copies of them (sd_notify(3): FDSTORE) and hands them
 * to the service's next process (sd_listen_fds(3)), however this one ended. Gone when the service
 * is stopped. Main thread, before others are started: it changes the environment.
 */
#ifndef SERVICE_DESCRIPTOR_STORE_H
#define SERVICE_DESCRIPTOR_STORE_H

#include <stdint.h>
#include <sys/types.h>
#include "service/notify_socket.h"

#define MAX_STORED_DESCRIPTORS 32
#define MAX_STORED_NAME_BYTES  48

struct stored_descriptor {
	int fd; /* -1: taken by somebody */
	char name[MAX_STORED_NAME_BYTES];
};

struct descriptor_store {
	struct stored_descriptor descriptors[MAX_STORED_DESCRIPTORS];
	uint32_t count;
};

/*
 * What was handed to this process (own_pid) whose names begin with the prefix: owned, closed at an
 * exec. Of others, and of words that make no sense, nothing is touched. LISTEN_* are taken out of
 * the environment.
 */
void descriptor_store_init(struct descriptor_store *store, const char *prefix, pid_t own_pid);
void descriptor_store_done(struct descriptor_store *store);

/* Copies of all of them are kept under this name, and not watched. False: they are not. */
bool descriptor_store_add(const struct notify_socket *notify, const char *name, const int *fds,
			  uint32_t count);

/* None of this name is kept any more. */
bool descriptor_store_remove(const struct notify_socket *notify, const char *name);

#endif
