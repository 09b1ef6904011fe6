/*
 * Regular files of bounded size that not everybody may read; nothing under such a name may hang the
 * start. What is in them is never in a message.
 */
#include "settings/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/log.h"
#include "settings/option_table.h"
#include "settings/option_value.h"
#include "settings/settings_origins.h"

#define FILE_PREFIX       VIEW_LITERAL("file:/")
#define CREDENTIAL_PREFIX VIEW_LITERAL("credential:")
#define MAX_PATH_BYTES    1024

bool secret_file_is_named(struct view text)
{
	return view_starts_with(text, FILE_PREFIX) || view_starts_with(text, CREDENTIAL_PREFIX);
}

static int refuse(const char *path, const char *cause)
{
	char shown[MAX_PATH_BYTES];

	log_error("cannot read the secret in %s: %s",
		  log_escape(view_of_text(path), shown, sizeof(shown)), cause);
	return -EACCES;
}

/* The path that is meant. */
static int find_path(struct view text, char path[MAX_PATH_BYTES])
{
	const char *directory = getenv("CREDENTIALS_DIRECTORY");
	struct view name;
	int size;

	if (view_starts_with(text, FILE_PREFIX)) {
		name = view_skip(text, FILE_PREFIX.size - 1);
		size = snprintf(path, MAX_PATH_BYTES, "%.*s", VIEW_FORMAT(name));
		return size < MAX_PATH_BYTES ? 0 : refuse("a file", "its path is too long");
	}
	name = view_skip(text, CREDENTIAL_PREFIX.size);
	(void)snprintf(path, MAX_PATH_BYTES, "credential '%.*s'",
		       VIEW_FORMAT(view_take(name, 200)));
	if (!name.size || name.bytes[0] == '.' || view_find_byte(name, '/') >= 0)
		return refuse(path, "not the name of one");
	if (!directory || !directory[0])
		return refuse(path, "there are none; with systemd: LoadCredential=");
	size = snprintf(path, MAX_PATH_BYTES, "%s/%.*s", directory, VIEW_FORMAT(name));
	return size < MAX_PATH_BYTES ? 0 : refuse("a credential", "its path is too long");
}

static int read_secret(int fd, const char *path, struct byte_buffer *ret)
{
	char *room = byte_buffer_reserve(ret, MAX_SECRET_BYTES);
	ssize_t got = 1;
	size_t used = 0;

	while (room && got > 0 && used < MAX_SECRET_BYTES) {
		got = read(fd, room + used, MAX_SECRET_BYTES - used);
		if (got < 0 && errno != EINTR)
			return refuse(path, strerror(errno));
		used += got > 0 ? (size_t)got : 0;
	}
	if (!room || used == MAX_SECRET_BYTES)
		return refuse(path, "larger than 16 KiB");
	ret->size = used;
	return 0;
}

int secret_file_read(struct view text, struct byte_buffer *ret)
{
	_cleanup_(cleanup_close) int fd = -1;
	char path[MAX_PATH_BYTES];
	struct stat status;
	struct view trimmed;
	int err = find_path(text, path);

	if (err < 0)
		return err;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &status) < 0)
		return refuse(path, strerror(errno));
	if (!S_ISREG(status.st_mode))
		return refuse(path, "not a regular file");
	if (status.st_mode & 007)
		return refuse(path, "everybody can read it; mend with: chmod o= FILE");
	err = read_secret(fd, path, ret);
	if (err < 0)
		return err;
	trimmed = view_trim(byte_buffer_view(ret));
	while (trimmed.size && strchr("\r\n", trimmed.bytes[trimmed.size - 1]))
		trimmed.size--;
	trimmed = view_trim(trimmed);
	if (!trimmed.size)
		return refuse(path, "it is empty");
	memmove(ret->bytes, trimmed.bytes, trimmed.size);
	ret->size = trimmed.size;
	return 0;
}

/* One that was not handed over is none; a bad one is an error like any other. */
static int apply_credential(struct settings *settings, const struct option *option,
			    const char *directory)
{
	char path[MAX_PATH_BYTES], text[MAX_PATH_BYTES + 8], where[128];
	int err;

	if (snprintf(path, sizeof(path), "%s/%s", directory, option->credential) >=
	    (int)sizeof(path))
		return 0;
	if (access(path, F_OK) < 0)
		return 0;
	(void)snprintf(text, sizeof(text), "file:%s", path);
	err = option_value_set(option, settings, view_of_text(text));
	if (err == 0)
		*settings_origins_of(settings, option) =
			(struct origin){.kind = ORIGIN_CREDENTIAL, .name = option->credential};
	if (err == -EINVAL) {
		(void)snprintf(where, sizeof(where), "credential %s", option->credential);
		option_value_complain(LOG_LEVEL_ERROR, where, option, view_of_text(""));
	}
	return err < 0 && err != -ENOMEM ? -EINVAL : err;
}

int secret_file_apply_credentials(struct settings *settings, const char *directory)
{
	int result = 0;

	for (size_t i = 0; directory && directory[0] == '/' && i < option_table_count; i++) {
		int err = option_table[i].credential
				  ? apply_credential(settings, &option_table[i], directory)
				  : 0;

		result = err < 0 ? err : result;
	}
	return result;
}
