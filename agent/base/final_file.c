/* At the start the folder is looked at; the file beside the name has a name nobody else has. */
#include "base/final_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/log.h"

#define SUFFIX ".XXXXXX"
#define MODE   0640 /* spans tell about people */

struct final_file {
	struct final_file_words words;
	char *path, *temporary;
	bool is_stdout;
	char name[256];
};

const char *final_file_name(const struct final_file *file)
{
	return file->name;
}

void final_file_free(struct final_file **file)
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
static int look_at_folder(struct final_file *file)
{
	struct stat status;

	if (file->is_stdout)
		return 0;
	if (stat(file->path, &status) == 0 && S_ISDIR(status.st_mode))
		return -EISDIR;
	name_folder(file->path, file->temporary);
	return faccessat(AT_FDCWD, file->temporary, W_OK | X_OK, AT_EACCESS) < 0 ? -errno : 0;
}

int final_file_new(struct final_file **ret, struct final_file_words words, const char *path,
		   char *ret_error, size_t error_size)
{
	_cleanup_(final_file_free) struct final_file *file = calloc(1, sizeof(*file));
	int err = -ENOMEM;

	if (file) {
		file->words = words;
		file->is_stdout = strcmp(path, "-") == 0;
		file->path = strdup(path);
		file->temporary = malloc(strlen(path) + sizeof(SUFFIX));
		log_escape(view_of_text(file->is_stdout ? "stdout" : path), file->name,
			   sizeof(file->name));
	}
	if (file && file->path && file->temporary)
		err = look_at_folder(file);
	if (err < 0) {
		(void)snprintf(
			ret_error, error_size,
			"cannot write %s %s: %s; name a file in a folder you may write to with %s",
			words.what, file ? file->name : "", strerror(-err), words.option);
		return err;
	}
	*ret = TAKE_PTR(file);
	return 0;
}

static int open_beside(struct final_file *file, FILE **ret)
{
	_cleanup_(cleanup_close) int fd = -1;
	FILE *stream;

	if (file->is_stdout) {
		fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	} else {
		(void)sprintf(file->temporary, "%s" SUFFIX, file->path);
		fd = mkostemp(file->temporary, O_CLOEXEC);
	}
	if (fd < 0)
		return -errno;
	stream = fdopen(fd, "w");
	if (!stream) {
		if (!file->is_stdout)
			(void)unlink(file->temporary);
		return -ENOMEM;
	}
	(void)TAKE_FD(fd);
	*ret = stream;
	return 0;
}

/* Some file systems say only at the end that there was no room. */
static int commit(struct final_file *file, FILE **stream)
{
	int err = ferror(*stream) ? -EIO : 0;

	if (fflush(*stream) != 0)
		err = -errno;
	if (err == 0 && !file->is_stdout &&
	    (fchmod(fileno(*stream), MODE) < 0 || (fsync(fileno(*stream)) < 0 && errno != EINVAL)))
		err = -errno;
	if (fclose(TAKE_PTR(*stream)) != 0 && err == 0)
		err = -errno;
	if (file->is_stdout)
		return err;
	if (err == 0 && rename(file->temporary, file->path) < 0)
		err = -errno;
	if (err < 0)
		(void)unlink(file->temporary);
	return err;
}

void final_file_abandon(struct final_file *file, FILE **stream)
{
	(void)fclose(TAKE_PTR(*stream));
	if (!file->is_stdout)
		(void)unlink(file->temporary);
}

static int say(const struct final_file *file, int err, char *ret_error, size_t error_size)
{
	if (err < 0)
		(void)snprintf(ret_error, error_size, "cannot write %s %s: %s%s", file->words.what,
			       file->name, strerror(-err),
			       err == -ENOSPC ? "; free space there or name another file" : "");
	return err;
}

int final_file_open(struct final_file *file, FILE **ret, char *ret_error, size_t error_size)
{
	return say(file, open_beside(file, ret), ret_error, error_size);
}

int final_file_commit(struct final_file *file, FILE **stream, char *ret_error, size_t error_size)
{
	return say(file, commit(file, stream), ret_error, error_size);
}

int final_file_write(struct final_file *file, struct view content, char *ret_error,
		     size_t error_size)
{
	FILE *stream;
	int err = open_beside(file, &stream);

	if (err == 0) {
		(void)!fwrite(content.bytes, 1, content.size, stream);
		err = commit(file, &stream);
	}
	return say(file, err, ret_error, error_size);
}
