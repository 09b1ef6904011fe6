/*
 * Pipes and sockets are written in pieces of PIPE_BUF after poll() said there is room: such a write
 * does not block, whatever the file's flags. They must not be changed: stdout is shared with the
 * program that `limpet run` started.
 */
#include "exporters/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include "base/cleanup.h"
#include "base/log.h"
#include "exporters/sigpipe_guard.h"

#define WRITE_PATIENCE_MS 5000

struct output_file {
	int fd;
	bool is_owned; /* not stdout */
	bool is_regular;
	bool is_torn; /* the last record was written in part */
	char name[192];
};

int output_file_new(struct output_file **ret, const char *path, char *ret_error, size_t error_size)
{
	_cleanup_(output_file_free) struct output_file *file = calloc(1, sizeof(*file));
	struct stat status;

	if (!file) {
		snprintf(ret_error, error_size, "out of memory");
		return -ENOMEM;
	}
	file->fd = STDOUT_FILENO;
	snprintf(file->name, sizeof(file->name), "stdout");
	if (strcmp(path, "-") != 0) {
		(void)log_escape(view_of_text(path), file->name, sizeof(file->name));
		/* Without O_NONBLOCK the open of a named pipe would wait for its reader. */
		file->fd = open(path,
				O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
				0640);
		file->is_owned = true;
	}
	if (file->fd < 0 || fstat(file->fd, &status) < 0) {
		int err = -errno;

		snprintf(ret_error, error_size, "cannot open %s for writing: %s%s", file->name,
			 strerror(-err),
			 err == -ENXIO ? "; start the reader of the pipe first" : "");
		return err;
	}
	file->is_regular = S_ISREG(status.st_mode);
	*ret = TAKE_PTR(file);
	return 0;
}

void output_file_free(struct output_file **file)
{
	if (!*file)
		return;
	if ((*file)->is_owned)
		cleanup_close(&(*file)->fd);
	free(*file);
	*file = NULL;
}

int output_file_restart(struct output_file *file)
{
	file->is_torn = false;
	return file->is_regular && file->is_owned && ftruncate(file->fd, 0) < 0 ? -errno : 0;
}

/* 0 when a piece may be written. */
static int wait_for_room(const struct output_file *file)
{
	struct pollfd wanted = {.fd = file->fd, .events = POLLOUT};
	int count;

	if (file->is_regular)
		return 0;
	do
		count = poll(&wanted, 1, WRITE_PATIENCE_MS);
	while (count < 0 && errno == EINTR);
	if (count == 0)
		return -ETIMEDOUT;
	return count < 0 ? -errno : 0;
}

static int write_all(struct output_file *file, struct view rest)
{
	while (rest.size) {
		struct view piece = file->is_regular ? rest : view_take(rest, PIPE_BUF);
		int err = wait_for_room(file);
		ssize_t written;

		if (err < 0)
			return err;
		written = write(file->fd, piece.bytes, piece.size);
		if (written < 0 && errno != EINTR && errno != EAGAIN)
			return -errno;
		if (written > 0) {
			file->is_torn = true;
			rest = view_skip(rest, (size_t)written);
		}
	}
	file->is_torn = false;
	return 0;
}

static const char *mend_for(int err)
{
	switch (err) {
	case -EPIPE:
		return "; its reader is gone";
	case -ETIMEDOUT:
		return "; its reader stands still";
	case -ENOSPC:
	case -EDQUOT:
		return "; free space there or name another file";
	default:
		return "";
	}
}

int output_file_write(struct output_file *file, struct view record, char *ret_error,
		      size_t error_size)
{
	struct sigpipe_guard guard;
	int err = 0;

	sigpipe_guard_begin(&guard);
	if (file->is_torn)
		err = write_all(file, VIEW_LITERAL("\n"));
	if (err == 0)
		err = write_all(file, record);
	sigpipe_guard_end(&guard);
	if (err < 0)
		snprintf(ret_error, error_size, "cannot write to %s: %s%s", file->name,
			 strerror(-err), mend_for(err));
	return err;
}
