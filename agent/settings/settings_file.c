/*
 * The settings file on disk. Its text goes to settings_document.c. Nothing under the name given may
 * hang or flood the start: only a regular file of bounded size is read.
 */
#include "settings/settings_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include "base/byte_buffer.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "settings/settings_document.h"

static int read_file(int fd, struct byte_buffer *buffer)
{
	ssize_t got;

	do {
		char *room = byte_buffer_reserve(buffer, 4096);

		if (!room)
			return -EFBIG;
		got = read(fd, room, 4096);
		if (got < 0 && errno != EINTR)
			return -errno;
		if (got > 0)
			buffer->size += (size_t)got;
	} while (got != 0);
	return buffer->size <= MAX_SETTINGS_FILE_BYTES ? 0 : -EFBIG;
}

/* The owner's alone; or, where root owns it, its group's to read: as the service has it, which runs
 * as a member of that group. */
static mode_t widest_mode(const struct stat *status)
{
	return status->st_uid == 0 ? 0640 : 0600;
}

int settings_file_load(struct settings *settings, const char *path)
{
	_cleanup_(byte_buffer_done) struct byte_buffer buffer;
	_cleanup_(cleanup_close) int fd = -1;
	struct stat status = {0};
	char shown[256];
	unsigned secret_line = 0;
	int r;

	byte_buffer_init(&buffer, MAX_SETTINGS_FILE_BYTES + 8192);
	log_escape(view_of_text(path), shown, sizeof(shown));
	/* Not blocking: a FIFO under this name must not hang the start. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &status) < 0) {
		log_error("cannot open the settings file %s: %s; name another with --config FILE",
			  shown, strerror(errno));
		return -EINVAL;
	}
	if (!S_ISREG(status.st_mode)) {
		log_error("cannot read the settings file %s: not a regular file", shown);
		return -EINVAL;
	}
	r = read_file(fd, &buffer);
	if (r < 0) {
		log_error("cannot read the settings file %s: %s", shown,
			  r == -EFBIG ? "larger than 256 KiB" : strerror(-r));
		return -EINVAL;
	}
	r = settings_document_read(settings, path, byte_buffer_view(&buffer), &secret_line);
	if (secret_line && (status.st_mode & 077 & ~widest_mode(&status))) {
		log_error(
			"%s:%u: holds a secret and others can read the file (mode %04o); mend with: "
			"chmod %o %s",
			shown, secret_line, (unsigned)(status.st_mode & 07777),
			(unsigned)widest_mode(&status), shown);
		return -EINVAL;
	}
	return r;
}
