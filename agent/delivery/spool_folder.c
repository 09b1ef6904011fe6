/*
 * Everything goes through descriptors of folders, opened without following links and checked once:
 * what lies there cannot be exchanged under us. The lock is on the folder itself.
 */
#include "delivery/spool_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/sha256.h"

#define FOLDER_MODE      0700
#define FILE_MODE        0600
#define TEMPORARY        "writing.tmp" /* one writer per folder */
#define CRASH_SUFFIX     ".crash"
#define IDENTITY_DIGITS  16
#define MAX_BASE_PATH    4096
#define DIRECTORY_FLAGS  (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define MEND_PERMISSIONS "give it to the user limpet runs as, or name another place with --spool"

static const char *mend_for(int err)
{
	switch (err) {
	case -EROFS:
		return "name a directory on a writable disk with --spool";
	case -ENOSPC:
	case -EDQUOT:
		return "free some space, or name another place with --spool";
	case -ELOOP:
	case -ENOTDIR:
		return "it must be a directory and no symbolic link: name the place itself with --spool";
	case -EPERM:
	case -EACCES:
		return MEND_PERMISSIONS;
	default:
		return "name another place with --spool, or switch it off with --spool off";
	}
}

static int refuse(int err, const char *what, const char *name, char *ret_error, size_t size)
{
	(void)snprintf(ret_error, size, "cannot keep crashes in %s%s: %s; %s", what, name,
		       strerror(-err), mend_for(err));
	return err;
}

/* Every missing directory on the way, as mkdir -p. The last one is checked when it is opened. */
static int make_directories(const char *directory)
{
	char path[MAX_BASE_PATH];
	size_t size = strlen(directory);

	if (size == 0 || size >= sizeof(path))
		return size ? -ENAMETOOLONG : -EINVAL;
	memcpy(path, directory, size + 1);
	for (size_t i = 1; i <= size; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		path[i] = '\0';
		if (mkdir(path, FOLDER_MODE) < 0 && errno != EEXIST)
			return -errno;
		path[i] = i < size ? '/' : '\0';
	}
	return 0;
}

int spool_folder_open_base(int *ret_fd, const char *directory, char *ret_error, size_t error_size)
{
	_cleanup_(cleanup_close) int fd = -1;
	struct stat status;
	int err = make_directories(directory);

	if (err == 0) {
		fd = open(directory, DIRECTORY_FLAGS);
		err = fd < 0 ? -errno : 0;
	}
	if (err == 0 && fstat(fd, &status) < 0)
		err = -errno;
	if (err == 0 && status.st_uid != geteuid() && status.st_uid != 0) {
		(void)snprintf(ret_error, error_size,
			       "cannot keep crashes in %s: it belongs to another user; %s",
			       directory, MEND_PERMISSIONS);
		return -EPERM;
	}
	if (err < 0)
		return refuse(err, directory, "", ret_error, error_size);
	*ret_fd = TAKE_FD(fd);
	return 0;
}

/* -EPERM: somebody else's; -EWOULDBLOCK: another limpet has it. */
static int open_one(int *ret_fd, int base_fd, const char *name)
{
	_cleanup_(cleanup_close) int fd = -1;
	struct stat status;

	fd = openat(base_fd, name, DIRECTORY_FLAGS);
	if (fd < 0 || fstat(fd, &status) < 0)
		return -errno;
	if (status.st_uid != geteuid())
		return -EPERM;
	if ((status.st_mode & 07777) != FOLDER_MODE && fchmod(fd, FOLDER_MODE) < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return -errno;
	*ret_fd = TAKE_FD(fd);
	return 0;
}

void spool_folder_name(char ret_name[MAX_SPOOL_FOLDER_NAME], const char *exporter_name,
		       const char *identity)
{
	uint8_t digest[SHA256_BYTES];
	struct sha256 sha256;
	int size;

	sha256_init(&sha256);
	sha256_add(&sha256, view_of_text(identity));
	sha256_finish(&sha256, digest);
	size = snprintf(ret_name, MAX_SPOOL_FOLDER_NAME, "%.32s-", exporter_name);
	for (int i = 0; i < IDENTITY_DIGITS / 2; i++)
		size += snprintf(ret_name + size, MAX_SPOOL_FOLDER_NAME - (size_t)size, "%02x",
				 digest[i]);
}

/* "sentry-0123456789abcdef", with "-2" for the second. */
static void number_folder(char ret_name[MAX_SPOOL_FOLDER_NAME], const char *first, int number)
{
	if (number == 1)
		(void)snprintf(ret_name, MAX_SPOOL_FOLDER_NAME, "%.60s", first);
	else
		(void)snprintf(ret_name, MAX_SPOOL_FOLDER_NAME, "%.60s-%d", first, number);
}

int spool_folder_open(int *ret_fd, char name[MAX_SPOOL_FOLDER_NAME], int base_fd, char *ret_error,
		      size_t error_size)
{
	char first[MAX_SPOOL_FOLDER_NAME];
	int err = 0;

	memcpy(first, name, sizeof(first));
	for (int number = 1; number <= MAX_SPOOL_FOLDERS; number++) {
		number_folder(name, first, number);
		if (mkdirat(base_fd, name, FOLDER_MODE) < 0 && errno != EEXIST)
			return refuse(-errno, "the spool's folder ", name, ret_error, error_size);
		err = open_one(ret_fd, base_fd, name);
		if (err == -EWOULDBLOCK)
			continue;
		if (err < 0)
			return refuse(err, "the spool's folder ", name, ret_error, error_size);
		/* The folder itself survives a power cut, too. */
		(void)fsync(base_fd);
		return 0;
	}
	(void)snprintf(ret_error, error_size,
		       "cannot keep crashes in the spool's folder %s: too many limpets use it; %s",
		       first, mend_for(-EBUSY));
	return -EBUSY;
}

int spool_folder_list(int fd, void (*visit)(void *self, const char *file_name), void *self)
{
	int own = openat(fd, ".", DIRECTORY_FLAGS);
	DIR *directory = own < 0 ? NULL : fdopendir(own);
	struct dirent *entry;

	if (!directory) {
		if (own >= 0)
			(void)close(own);
		return -errno;
	}
	while ((entry = readdir(directory)))
		if (entry->d_name[0] != '.')
			visit(self, entry->d_name);
	(void)closedir(directory);
	return 0;
}

struct move {
	int from, to;
};

static void move_file(void *self, const char *file_name)
{
	const struct move *move = self;

	if (view_ends_with(view_of_text(file_name), VIEW_LITERAL(CRASH_SUFFIX)))
		(void)renameat(move->from, file_name, move->to, file_name);
}

void spool_folder_adopt(int fd, const char *own_name, int base_fd)
{
	char first[MAX_SPOOL_FOLDER_NAME], name[MAX_SPOOL_FOLDER_NAME];
	size_t size = strlen(own_name);

	/* "-2": a single digit, unlike the hash. */
	if (size > 2 && own_name[size - 2] == '-')
		size -= 2;
	(void)snprintf(first, sizeof(first), "%.*s", (int)size, own_name);
	for (int number = 1; number <= MAX_SPOOL_FOLDERS; number++) {
		_cleanup_(cleanup_close) int other = -1;
		struct move move = {.to = fd};

		number_folder(name, first, number);
		/* An empty folder is left: another limpet may be opening it this very moment. */
		if (strcmp(name, own_name) == 0 || open_one(&other, base_fd, name) < 0)
			continue;
		move.from = other;
		(void)spool_folder_list(other, move_file, &move);
	}
	(void)fsync(fd);
}

static int write_all(int fd, struct view bytes)
{
	while (bytes.size) {
		ssize_t written = write(fd, bytes.bytes, bytes.size);

		if (written < 0 && errno != EINTR)
			return -errno;
		if (written > 0)
			bytes = view_skip(bytes, (size_t)written);
	}
	return 0;
}

static int write_temporary(int fd, struct view bytes)
{
	_cleanup_(cleanup_close) int file = -1;
	struct timespec now[2];
	int err;

	/* Left by one that was killed while it wrote; the lock is ours. */
	(void)unlinkat(fd, TEMPORARY, 0);
	file = openat(fd, TEMPORARY, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		      FILE_MODE);
	if (file < 0)
		return -errno;
	/* The order after a restart: the kernel's own times are as coarse as its tick. */
	(void)clock_gettime(CLOCK_REALTIME, &now[0]);
	now[1] = now[0];
	err = write_all(file, bytes);
	if (err == 0 && (futimens(file, now) < 0 || fsync(file) < 0))
		err = -errno;
	return err;
}

int spool_folder_write(int fd, const char *file_name, struct view bytes)
{
	int err = faccessat(fd, file_name, F_OK, AT_SYMLINK_NOFOLLOW) == 0 ? -EEXIST : 0;

	if (err == 0)
		err = write_temporary(fd, bytes);
	if (err == 0 && renameat(fd, TEMPORARY, fd, file_name) < 0)
		err = -errno;
	if (err == 0 && fsync(fd) < 0) {
		err = -errno;
		(void)unlinkat(fd, file_name, 0);
	}
	if (err < 0)
		(void)unlinkat(fd, TEMPORARY, 0);
	return err;
}

int spool_folder_read(int fd, const char *file_name, struct byte_buffer *buffer)
{
	_cleanup_(cleanup_close) int file = -1;
	struct stat status;
	char *room;

	/* Not blocking: it could be a pipe. */
	file = openat(fd, file_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (file < 0 || fstat(file, &status) < 0)
		return -errno;
	if (!S_ISREG(status.st_mode) || status.st_uid != geteuid())
		return -EINVAL;
	byte_buffer_clear(buffer);
	if ((uint64_t)status.st_size > buffer->max_bytes)
		return -EFBIG;
	while (buffer->size < (size_t)status.st_size) {
		size_t left = (size_t)status.st_size - buffer->size;
		ssize_t got;

		room = byte_buffer_reserve(buffer, left);
		if (!room)
			return -ENOMEM;
		got = read(file, room, left);
		if (got < 0 && errno != EINTR)
			return -errno;
		if (got == 0)
			break; /* cut meanwhile: the checksum tells */
		buffer->size += got > 0 ? (size_t)got : 0;
	}
	return 0;
}
