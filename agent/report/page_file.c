/* At the start the folder is looked at; the file beside the name is there only while it is written,
 * so that a run that is killed leaves none. */
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
	free((*file)->path);
	free((*file)->temporary);
	free(*file);
	*file = NULL;
}

/* The folder that a name is in, into as many bytes as the name has, and two. */
static void name_folder(const char *path, char *ret_folder)
{
	const char *slash = strrchr(path, '/');
	size_t size = slash ? (size_t)(slash - path) + 1 : 0;

	memcpy(ret_folder, path, size);
	(void)strcpy(ret_folder + size, ".");
}

/* The name of the temporary file is made afterwards: until then its memory is free. */
static int look_at_folder(struct page_file *file)
{
	struct stat status;

	if (stat(file->path, &status) == 0 && S_ISDIR(status.st_mode))
		return -EISDIR;
	name_folder(file->path, file->temporary);
	return faccessat(AT_FDCWD, file->temporary, W_OK | X_OK, AT_EACCESS) < 0 ? -errno : 0;
}

int page_file_new(struct page_file **ret, const char *path, char *ret_error, size_t error_size)
{
	_cleanup_(page_file_free) struct page_file *file = calloc(1, sizeof(*file));
	int err = -ENOMEM;

	if (file) {
		file->path = strdup(path);
		file->temporary = malloc(strlen(path) + sizeof(SUFFIX));
		log_escape(view_of_text(path), file->name, sizeof(file->name));
	}
	if (file && file->path && file->temporary) {
		err = look_at_folder(file);
		(void)sprintf(file->temporary, "%s" SUFFIX, path);
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

/* Some file systems say only at the end that there was no room. */
static int write_beside(struct page_file *file, struct view content)
{
	_cleanup_(cleanup_close) int fd = mkostemp(file->temporary, O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = write_all(fd, content);
	if (err == 0 && (fchmod(fd, MODE) < 0 || (fsync(fd) < 0 && errno != EINVAL)))
		err = -errno;
	if (err == 0 && rename(file->temporary, file->path) < 0)
		err = -errno;
	if (err < 0)
		(void)unlink(file->temporary);
	return err;
}

int page_file_write(struct page_file *file, struct view content, char *ret_error, size_t error_size)
{
	int err = write_beside(file, content);

	if (err < 0)
		(void)snprintf(ret_error, error_size, "cannot write the report %s: %s%s",
			       file->name, strerror(-err),
			       err == -ENOSPC ? "; free space there or name another file" : "");
	return err;
}
