/*
 * Entries of the journal: fields "NAME=value", a line each; a value with a line feed in it has its
 * size in eight bytes instead. Texts of the log have none, as they pass log_escape; one that has is
 * sent as bytes all the same.
 */
#include "base/journal.h"

#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

static int journal_fd = -1;

struct entry {
	char *bytes;
	size_t used;
	bool is_full;
};

static void put(struct entry *entry, const void *bytes, size_t size)
{
	if (entry->is_full || size > MAX_JOURNAL_ENTRY_BYTES - entry->used) {
		entry->is_full = true;
		return;
	}
	memcpy(entry->bytes + entry->used, bytes, size);
	entry->used += size;
}

static void put_field(struct entry *entry, const char *name, const char *value, size_t size)
{
	bool has_lines = memchr(value, '\n', size);
	uint64_t length = htole64(size);

	put(entry, name, strlen(name));
	put(entry, has_lines ? "\n" : "=", 1);
	if (has_lines)
		put(entry, &length, sizeof(length));
	put(entry, value, size);
	put(entry, "\n", 1);
}

static void put_text(struct entry *entry, const char *name, const char *value)
{
	put_field(entry, name, value, strlen(value));
}

static void put_number(struct entry *entry, const char *name, int value)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "%d", value);
	put_text(entry, name, text);
}

/* The room it was said in: "agent/delivery/spool_thread.c" is delivery. */
static void put_stage(struct entry *entry, const char *file)
{
	const char *slash = strrchr(file, '/'), *begin = slash;

	while (begin && begin > file && begin[-1] != '/')
		begin--;
	if (slash > begin)
		put_field(entry, "LIMPET_STAGE", begin, (size_t)(slash - begin));
}

size_t journal_format(enum log_level level, struct log_place place, const char *text, size_t size,
		      char ret_entry[MAX_JOURNAL_ENTRY_BYTES])
{
	static const int priorities[] = {3, 4, 6, 7}; /* LOG_ERR, WARNING, INFO, DEBUG */
	struct entry entry = {.bytes = ret_entry};

	put_number(&entry, "PRIORITY", priorities[level]);
	put_text(&entry, "SYSLOG_IDENTIFIER", "limpet");
	put_text(&entry, "CODE_FILE", place.file);
	put_number(&entry, "CODE_LINE", place.line);
	put_text(&entry, "CODE_FUNC", place.function);
	put_stage(&entry, place.file);
	put_text(&entry, "LIMPET_VERSION", LIMPET_VERSION);
	put_field(&entry, "MESSAGE", text, size);
	return entry.is_full ? 0 : entry.used;
}

static bool send_entry(enum log_level level, struct log_place place, const char *text, size_t size)
{
	char entry[MAX_JOURNAL_ENTRY_BYTES];
	size_t length = journal_format(level, place, text, size, entry);

	return length &&
	       send(journal_fd, entry, length, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)length;
}

static bool is_stream(const char *stream, int fd)
{
	unsigned long long device, inode;
	struct stat status;
	char *end;

	if (!stream || fstat(fd, &status) < 0)
		return false;
	device = strtoull(stream, &end, 10);
	if (end == stream || *end != ':')
		return false;
	stream = end + 1;
	inode = strtoull(stream, &end, 10);
	return end != stream && *end == '\0' && status.st_dev == device && status.st_ino == inode;
}

bool journal_open(const char *stream, int fd, const char *socket_path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *path = socket_path ? socket_path : JOURNAL_SOCKET;
	int opened;

	if (!is_stream(stream, fd) || strlen(path) >= sizeof(address.sun_path))
		return false;
	memcpy(address.sun_path, path, strlen(path));
	opened = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (opened < 0)
		return false;
	if (connect(opened, (struct sockaddr *)&address, sizeof(address)) < 0) {
		(void)close(opened);
		return false;
	}
	if (journal_fd >= 0)
		(void)close(journal_fd);
	journal_fd = opened;
	log_set_sink(send_entry);
	return true;
}
