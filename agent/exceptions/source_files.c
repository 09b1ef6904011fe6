/* Whoever is gone left its files behind only where it saw the same ones as we do. */
#include "exceptions/source_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "exceptions/source_names.h"
#include "process/elf_notes.h"
#include "process/image_file.h"

#define MAX_BINARY_LOOK 1024

int source_files_open(struct source_files *files, const char *proc_root,
		      const struct process_scene *scene, enum exception_language language,
		      uint64_t max_file_bytes)
{
	struct process_identity identity = scene->identity;
	int err;

	*files = (struct source_files){.proc_root = proc_root,
				       .scene = scene,
				       .language = language,
				       .max_file_bytes = max_file_bytes,
				       .bytes_left = MAX_SOURCE_FILES_BYTES};
	files->is_gone = !process_scene_is_there(scene, proc_root);
	if (files->is_gone && !scene->is_in_our_root)
		return -ENOENT;
	/* It may be less than it was. */
	if (!files->is_gone)
		process_identity_read(proc_root, scene->tgid, &identity);
	files->files = calloc(MAX_SOURCE_FILES, sizeof(*files->files));
	if (!files->files)
		return -ENOMEM;
	err = process_identity_take(&identity, &files->own);
	if (err < 0)
		source_files_close(files);
	return err;
}

void source_files_close(struct source_files *files)
{
	process_identity_return(&files->own);
	for (uint32_t i = 0; i < files->count; i++)
		free(files->files[i].bytes);
	free(files->files);
	files->files = NULL;
	files->count = 0;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "file:///srv/my%20shop/app.mjs". */
static size_t decode_url(struct view url, char *ret, size_t size)
{
	struct view rest = view_skip(url, sizeof("file://") - 1);
	size_t used = 0;

	while (rest.size && used < size) {
		int high = rest.size > 2 ? hex_value(rest.bytes[1]) : -1;
		int low = rest.size > 2 ? hex_value(rest.bytes[2]) : -1;
		bool is_escape = rest.bytes[0] == '%' && high >= 0 && low >= 0;

		ret[used++] = is_escape ? (char)(high * 16 + low) : rest.bytes[0];
		rest = view_skip(rest, is_escape ? 3 : 1);
	}
	return rest.size ? size : used;
}

/* An absolute path, as the process sees it. */
static bool write_path(const struct process_scene *scene, struct view name, char path[PATH_MAX])
{
	size_t used = 0;

	if (view_starts_with(name, VIEW_LITERAL("file://"))) {
		used = decode_url(name, path, PATH_MAX - 1);
	} else {
		if (name.size && name.bytes[0] != '/') {
			used = strlen(scene->directory);
			if (used == 0 || used + 2 > PATH_MAX)
				return false;
			memcpy(path, scene->directory, used);
			path[used++] = '/';
		}
		if (name.size == 0 || name.size >= PATH_MAX - used)
			return false;
		memcpy(path + used, name.bytes, name.size);
		used += name.size;
	}
	path[used] = '\0';
	return used > 0 && used < PATH_MAX - 1 && path[0] == '/' && strlen(path) == used;
}

static enum source_name judge_opened(enum exception_language language, int fd)
{
	char link[64], target[PATH_MAX];
	ssize_t size;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	size = readlink(link, target, sizeof(target));
	return size <= 0 ? SOURCE_NONE
			 : source_names_judge(language, view_of(target, (size_t)size));
}

/* What it is called must be source, and what a link of that name leads to. */
static int open_source(const struct source_files *files, struct view name, bool *ret_is_script)
{
	_cleanup_(cleanup_close) int fd = -1;
	char path[PATH_MAX];
	enum source_name named, opened;

	if (!write_path(files->scene, name, path))
		return -ENOENT;
	named = source_names_judge(files->language, view_of_text(path));
	if (named == SOURCE_NONE)
		return -ENOENT;
	fd = files->is_gone
		     ? image_file_open_in_ours(path, 0)
		     : image_file_open_in_root(files->proc_root, files->scene->tgid, path, 0);
	if (fd < 0)
		return fd;
	opened = judge_opened(files->language, fd);
	if (opened == SOURCE_NONE || !elf_notes_is_readable_file(fd))
		return -ENOENT;
	*ret_is_script = named == SOURCE_SCRIPT || opened == SOURCE_SCRIPT;
	return TAKE_FD(fd);
}

static size_t read_bytes(int fd, char *bytes, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t got = pread(fd, bytes + done, size - done, (off_t)done);

		if (got <= 0)
			break;
		done += (size_t)got;
	}
	return done;
}

static bool is_source(struct view text, bool is_script)
{
	return text.size && view_find_byte(view_take(text, MAX_BINARY_LOOK), '\0') < 0 &&
	       (!is_script || view_starts_with(text, VIEW_LITERAL("#!")));
}

static void read_file(struct source_files *files, struct source_file *file)
{
	bool is_script = false;
	_cleanup_(cleanup_close) int fd = open_source(files, file->name, &is_script);
	struct stat status;
	struct view text;

	if (fd < 0 || fstat(fd, &status) < 0 || status.st_size <= 0 ||
	    (uint64_t)status.st_size > files->max_file_bytes ||
	    (uint64_t)status.st_size > files->bytes_left)
		return;
	file->bytes = malloc((size_t)status.st_size);
	if (!file->bytes)
		return;
	text = view_of(file->bytes, read_bytes(fd, file->bytes, (size_t)status.st_size));
	files->bytes_left -= (size_t)status.st_size;
	if (!is_source(text, is_script)) {
		free(file->bytes);
		file->bytes = NULL;
		return;
	}
	file->changed_unix_ns =
		(uint64_t)status.st_ctim.tv_sec * NS_PER_S + (uint64_t)status.st_ctim.tv_nsec;
	source_lines_index(&file->lines, text);
}

const struct source_file *source_files_find(struct source_files *files, struct view name)
{
	struct source_file *file;

	for (uint32_t i = 0; i < files->count; i++)
		if (view_equals(files->files[i].name, name))
			return files->files[i].bytes ? &files->files[i] : NULL;
	if (name.size == 0 || files->count == MAX_SOURCE_FILES)
		return NULL;
	file = &files->files[files->count++];
	file->name = name;
	read_file(files, file);
	return file->bytes ? file : NULL;
}
