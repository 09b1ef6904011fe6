/* The environment may say anything: a number that is no number, more names than descriptors, names
 * nobody would give. What does not fit together is as if it were not there. */
#include "service/descriptor_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/view.h"

#define FIRST_DESCRIPTOR 3 /* SD_LISTEN_FDS_START */
#define MAX_GIVEN        1024

static bool read_number(const char *variable, uint64_t *ret)
{
	const char *text = getenv(variable);

	return text && view_parse_u64(view_of_text(text), ret) == 0;
}

static bool is_wanted(struct view name, const char *prefix)
{
	return name.size < MAX_STORED_NAME_BYTES && view_starts_with(name, view_of_text(prefix));
}

static void take(struct descriptor_store *store, struct view name, int fd)
{
	struct stored_descriptor *taken = &store->descriptors[store->count];

	if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		return; /* it is none */
	if (store->count == MAX_STORED_DESCRIPTORS) {
		(void)close(fd);
		return;
	}
	taken->fd = fd;
	memcpy(taken->name, name.bytes, name.size);
	taken->name[name.size] = '\0';
	store->count++;
}

static uint64_t count_names(const char *names)
{
	uint64_t count = 1;

	for (; *names; names++)
		count += *names == ':';
	return count;
}

static void take_all(struct descriptor_store *store, const char *prefix, pid_t own_pid)
{
	const char *names = getenv("LISTEN_FDNAMES");
	struct view rest, name;
	uint64_t pid, count;

	if (!read_number("LISTEN_PID", &pid) || pid != (uint64_t)own_pid ||
	    !read_number("LISTEN_FDS", &count) || !count || count > MAX_GIVEN || !names ||
	    count_names(names) != count)
		return;
	rest = view_of_text(names);
	for (int fd = FIRST_DESCRIPTOR; view_next_token(&rest, ':', &name); fd++)
		if (is_wanted(name, prefix))
			take(store, name, fd);
}

void descriptor_store_init(struct descriptor_store *store, const char *prefix, pid_t own_pid)
{
	*store = (struct descriptor_store){0};
	take_all(store, prefix, own_pid);
	(void)unsetenv("LISTEN_PID");
	(void)unsetenv("LISTEN_FDS");
	(void)unsetenv("LISTEN_FDNAMES");
}

void descriptor_store_done(struct descriptor_store *store)
{
	for (uint32_t i = 0; i < store->count; i++)
		cleanup_close(&store->descriptors[i].fd);
	store->count = 0;
}

bool descriptor_store_add(const struct notify_socket *notify, const char *name, const int *fds,
			  uint32_t count)
{
	char lines[MAX_STORED_NAME_BYTES + 32];
	int size = snprintf(lines, sizeof(lines), "FDSTORE=1\nFDPOLL=0\nFDNAME=%s", name);

	return size > 0 && (size_t)size < sizeof(lines) &&
	       notify_socket_send_descriptors(notify, lines, fds, count);
}

bool descriptor_store_remove(const struct notify_socket *notify, const char *name)
{
	char lines[MAX_STORED_NAME_BYTES + 32];
	int size = snprintf(lines, sizeof(lines), "FDSTOREREMOVE=1\nFDNAME=%s", name);

	return size > 0 && (size_t)size < sizeof(lines) && notify_socket_send(notify, lines);
}
