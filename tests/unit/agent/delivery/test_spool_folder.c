/* Folders and files of the spool: private, locked, whole or not there, and refused with a reason.
 */
#include "delivery/spool_folder.h"

#include <errno.h>
#include "cmocka_test.h"
#include "spool_fixture.h"

#define PLACE_DIGITS "d2861870f96b34d7"

static char error[512];

static int open_folder(struct spool_place *place, int *ret_fd, char *ret_name)
{
	error[0] = '\0';
	spool_folder_name(ret_name, "sentry", "http://there/1");
	return spool_folder_open(ret_fd, ret_name, place->base_fd, error, sizeof(error));
}

static unsigned mode_of(const char *path)
{
	struct stat status;

	assert_int_equal(lstat(path, &status), 0);
	return status.st_mode & 07777;
}

static void made_private(void **state)
{
	struct spool_place place;
	char path[256], name[MAX_SPOOL_FOLDER_NAME], again[MAX_SPOOL_FOLDER_NAME];
	int base, fd;

	(void)state;
	spool_place_begin(&place);
	(void)snprintf(path, sizeof(path), "%s/var/lib/limpet", place.directory);
	assert_int_equal(spool_folder_open_base(&base, path, error, sizeof(error)), 0);
	assert_int_equal(mode_of(path), 0700);
	(void)close(base);
	assert_int_equal(open_folder(&place, &fd, name), 0);
	/* printf 'http://there/1' | sha256sum */
	assert_string_equal(name, "sentry-" PLACE_DIGITS);
	(void)snprintf(path, sizeof(path), "%s/%s", place.directory, name);
	assert_int_equal(mode_of(path), 0700);
	(void)close(fd);
	/* Somebody opened it to all: closed again. */
	assert_int_equal(chmod(path, 0755), 0);
	assert_int_equal(open_folder(&place, &fd, again), 0);
	assert_string_equal(again, name);
	assert_int_equal(mode_of(path), 0700);
	(void)close(fd);
	spool_place_end(&place);
}

static void a_directory_that_cannot_be_used(void **state)
{
	struct spool_place place;
	char path[256];
	int fd = -1;

	(void)state;
	spool_place_begin(&place);
	(void)snprintf(path, sizeof(path), "%s/link", place.directory);
	assert_int_equal(symlink("/tmp", path), 0);
	assert_true(spool_folder_open_base(&fd, path, error, sizeof(error)) < 0);
	assert_non_null(strstr(error, path));
	assert_non_null(strstr(error, "no symbolic link"));
	(void)snprintf(path, sizeof(path), "%s/file", place.directory);
	(void)close(open(path, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(spool_folder_open_base(&fd, path, error, sizeof(error)), -ENOTDIR);
	assert_non_null(strstr(error, "--spool"));
	assert_int_equal(spool_folder_open_base(&fd, "", error, sizeof(error)), -EINVAL);
	assert_int_equal(fd, -1);
	spool_place_end(&place);
}

/* Root may do anything: the test becomes nobody for it. */
static void without_permission(void **state)
{
	struct spool_place place;
	char path[256], name[MAX_SPOOL_FOLDER_NAME];
	int fd = -1;

	(void)state;
	if (geteuid() != 0)
		skip();
	spool_place_begin(&place);
	(void)snprintf(path, sizeof(path), "%s/below", place.directory);
	assert_int_equal(seteuid(65534), 0);
	assert_int_equal(spool_folder_open_base(&fd, path, error, sizeof(error)), -EACCES);
	assert_non_null(strstr(error, path));
	assert_non_null(strstr(error, "Permission denied; give it to the user limpet runs as"));
	assert_int_equal(seteuid(0), 0);
	/* A directory and a folder of somebody else's are not trusted, even by root. */
	assert_int_equal(open_folder(&place, &fd, name), 0);
	(void)close(fd);
	fd = -1;
	(void)snprintf(path, sizeof(path), "%s/%s", place.directory, name);
	assert_int_equal(chown(path, 65534, 65534), 0);
	assert_int_equal(open_folder(&place, &fd, name), -EPERM);
	assert_non_null(strstr(error, name));
	assert_int_equal(chown(place.directory, 65534, 65534), 0);
	assert_int_equal(spool_folder_open_base(&fd, place.directory, error, sizeof(error)),
			 -EPERM);
	assert_non_null(strstr(error, "belongs to another user"));
	assert_int_equal(fd, -1);
	spool_place_end(&place);
}

static void a_link_in_place_of_the_folder(void **state)
{
	struct spool_place place;
	char name[MAX_SPOOL_FOLDER_NAME];
	int fd = -1;

	(void)state;
	spool_place_begin(&place);
	assert_int_equal(symlinkat("/tmp", place.base_fd, "sentry-" PLACE_DIGITS), 0);
	assert_true(open_folder(&place, &fd, name) < 0);
	assert_int_equal(fd, -1);
	assert_non_null(strstr(error, "sentry-" PLACE_DIGITS));
	spool_place_end(&place);
}

/* Each living limpet has a folder of its own; what a dead one left is taken over. */
static void one_folder_each(void **state)
{
	struct spool_place place;
	char first[MAX_SPOOL_FOLDER_NAME], second[MAX_SPOOL_FOLDER_NAME];
	char other[MAX_SPOOL_FOLDER_NAME];
	int one, two, fds[MAX_SPOOL_FOLDERS];

	(void)state;
	spool_place_begin(&place);
	assert_int_equal(open_folder(&place, &one, first), 0);
	assert_int_equal(open_folder(&place, &two, second), 0);
	assert_string_equal(second, "sentry-" PLACE_DIGITS "-2");
	assert_int_equal(spool_folder_write(two, "a.crash", VIEW_LITERAL("left")), 0);
	assert_int_equal(spool_folder_write(two, "a.corrupt", VIEW_LITERAL("not")), 0);
	spool_folder_adopt(one, first, place.base_fd);
	assert_int_equal(faccessat(one, "a.crash", F_OK, 0), -1);
	(void)close(two); /* dies */
	spool_folder_adopt(one, first, place.base_fd);
	assert_int_equal(faccessat(one, "a.crash", F_OK, 0), 0);
	assert_int_equal(faccessat(one, "a.corrupt", F_OK, 0), -1);
	for (int i = 1; i < MAX_SPOOL_FOLDERS; i++)
		assert_int_equal(open_folder(&place, &fds[i], other), 0);
	assert_int_equal(open_folder(&place, &two, other), -EBUSY);
	for (int i = 1; i < MAX_SPOOL_FOLDERS; i++)
		(void)close(fds[i]);
	(void)close(one);
	/* The second adopts what the first left, too. */
	assert_int_equal(open_folder(&place, &two, other), 0);
	assert_string_equal(other, first);
	assert_int_equal(open_folder(&place, &one, other), 0);
	(void)close(two);
	spool_folder_adopt(one, other, place.base_fd);
	assert_int_equal(faccessat(one, "a.crash", F_OK, 0), 0);
	(void)close(one);
	spool_place_end(&place);
}

static void written_whole_or_not_at_all(void **state)
{
	struct spool_place place;
	struct byte_buffer buffer;
	char name[MAX_SPOOL_FOLDER_NAME], path[256], bytes[4000];
	int fd;

	(void)state;
	spool_place_begin(&place);
	assert_int_equal(open_folder(&place, &fd, name), 0);
	memset(bytes, 'x', sizeof(bytes));
	/* What one that was killed left. */
	(void)close(openat(fd, "writing.tmp", O_CREAT | O_WRONLY, 0600));
	assert_int_equal(spool_folder_write(fd, "a.crash", view_of(bytes, sizeof(bytes))), 0);
	(void)snprintf(path, sizeof(path), "%s/%s/a.crash", place.directory, name);
	assert_int_equal(mode_of(path), 0600);
	assert_int_equal(spool_folder_write(fd, "a.crash", VIEW_LITERAL("other")), -EEXIST);
	limit_files(2000);
	assert_int_equal(spool_folder_write(fd, "b.crash", view_of(bytes, sizeof(bytes))), -EFBIG);
	limit_files(RLIM_INFINITY);
	assert_int_equal(faccessat(fd, "b.crash", F_OK, 0), -1);
	assert_int_equal(faccessat(fd, "writing.tmp", F_OK, 0), -1);
	byte_buffer_init(&buffer, sizeof(bytes));
	assert_int_equal(spool_folder_read(fd, "a.crash", &buffer), 0);
	assert_int_equal(buffer.size, sizeof(bytes));
	assert_memory_equal(buffer.bytes, bytes, sizeof(bytes));
	byte_buffer_done(&buffer);
	(void)close(fd);
	spool_place_end(&place);
}

static void only_files_of_ours_are_read(void **state)
{
	struct spool_place place;
	struct byte_buffer buffer;
	char name[MAX_SPOOL_FOLDER_NAME];
	int fd;

	(void)state;
	spool_place_begin(&place);
	assert_int_equal(open_folder(&place, &fd, name), 0);
	byte_buffer_init(&buffer, 10);
	assert_int_equal(spool_folder_read(fd, "none", &buffer), -ENOENT);
	assert_int_equal(symlinkat("/etc/passwd", fd, "link"), 0);
	assert_int_equal(spool_folder_read(fd, "link", &buffer), -ELOOP);
	assert_int_equal(mkfifoat(fd, "pipe", 0600), 0);
	assert_int_equal(spool_folder_read(fd, "pipe", &buffer), -EINVAL);
	assert_int_equal(spool_folder_write(fd, "big", VIEW_LITERAL("12345678901")), 0);
	assert_int_equal(spool_folder_read(fd, "big", &buffer), -EFBIG);
	assert_int_equal(spool_folder_write(fd, "empty", (struct view){0}), 0);
	assert_int_equal(spool_folder_read(fd, "empty", &buffer), 0);
	assert_int_equal(buffer.size, 0);
	byte_buffer_done(&buffer);
	(void)close(fd);
	spool_place_end(&place);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_private),
		cmocka_unit_test(a_directory_that_cannot_be_used),
		cmocka_unit_test(without_permission),
		cmocka_unit_test(a_link_in_place_of_the_folder),
		cmocka_unit_test(one_folder_each),
		cmocka_unit_test(written_whole_or_not_at_all),
		cmocka_unit_test(only_files_of_ours_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
