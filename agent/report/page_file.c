/* mkostemp beside the name, write, rename. */
#include "report/page_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/log.h"

#define SUFFIX ".XXXXXX"
#define MODE   0640 /* spans tell about people */

struct page_file {
	int fd; /* -1: it has its name */
	char *path, *temporary;
	char name[256];
};

const char *page_file_name(const struct page_file *file)
{
	return file->name;
}

void page_file_free(struct page_file **file)
{
	if (!*file)
		return;
	if ((*file)->fd >= 0)
		(void)unlink((*file)->temporary);
	cleanup_close(&(*file)->fd);
	free((*file)->path);
	free((*file)->temporary);
	free(*file);
	*file = NULL;
}

static int open_beside(struct page_file *file)
{
	struct stat status;

	if (stat(file->path, &status) == 0 && S_ISDIR(status.st_mode))
		return -EISDIR;
	file->fd = mkostemp(file->temporary, O_CLOEXEC);
	return file->fd < 0 || fchmod(file->fd, MODE) < 0 ? -errno : 0;
}

int page_file_new(struct page_file **ret, const char *path, char *ret_error, size_t error_size)
{
	_cleanup_(page_file_free) struct page_file *file = calloc(1, sizeof(*file));
	int err = -ENOMEM;

	if (file) {
		file->fd = -1;
		file->path = strdup(path);
		file->temporary = malloc(strlen(path) + sizeof(SUFFIX));
		log_escape(view_of_text(path), file->name, sizeof(file->name));
	}
	if (file && file->path && file->temporary) {
		(void)sprintf(file->temporary, "%s" SUFFIX, path);
		err = open_beside(file);
	}
	if (err < 0) {
		(void)snprintf(
			ret_error, error_size,
			"cannot write the report %s: %s; name a file in a folder you may write to with --html",
			file ? file->name : "", strerror(-err));
		return err;
	}
	*ret = TAKE_PTR(file);
	return 0;
}

static int write_all(int fd, struct view rest)
{
	while (rest.size) {
		ssize_t written = write(fd, rest.bytes, rest.size);

		if (written < 0 && errno != EINTR)
			return -errno;
		if (written > 0)
			rest = view_skip(rest, (size_t)written);
	}
	return 0;
}

int page_file_write(struct page_file *file, struct view content, char *ret_error, size_t error_size)
{
	int err = write_all(file->fd, content);

	/* Some file systems say only now that there was no room. */
	if (err == 0 && fsync(file->fd) < 0 && errno != EINVAL)
		err = -errno;
	if (err == 0 && rename(file->temporary, file->path) < 0)
		err = -errno;
	if (err == 0)
		cleanup_close(&file->fd);
	else
		(void)snprintf(ret_error, error_size, "cannot write the report %s: %s%s",
			       file->name, strerror(-err),
			       err == -ENOSPC ? "; free space there or name another file" : "");
	return err;
}
