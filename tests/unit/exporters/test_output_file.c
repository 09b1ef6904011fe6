/* Files, pipes without a reader, pipes nobody empties, full disks. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>
#include "exporters/output_file.h"

static char folder[] = "/tmp/limpet-output-XXXXXX";
static char path[64];

static int set_up(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/out", folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	(void)unlink(path);
	(void)rmdir(folder);
	memcpy(folder + sizeof(folder) - 7, "XXXXXX", 6);
	return 0;
}

static void check_content(const char *expected)
{
	char text[100] = "";
	int fd = open(path, O_RDONLY);

	assert_true(read(fd, text, sizeof(text) - 1) >= 0);
	assert_string_equal(text, expected);
	close(fd);
}

static void appends(void **state)
{
	struct output_file *file;
	struct stat status;
	char error[256];

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(output_file_new(&file, path, error, sizeof(error)), 0);
		assert_int_equal(
			output_file_write(file, VIEW_LITERAL("one\n"), error, sizeof(error)), 0);
		assert_int_equal(
			output_file_write(file, VIEW_LITERAL("two\n"), error, sizeof(error)), 0);
		output_file_free(&file);
		assert_null(file);
		output_file_free(&file);
	}
	check_content("one\ntwo\none\ntwo\n");
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07137, 0);
}

static void cannot_open(void **state)
{
	struct output_file *file = NULL;
	char error[256];

	(void)state;
	assert_int_equal(output_file_new(&file, "/nonexistent/\033[1m", error, sizeof(error)),
			 -ENOENT);
	assert_string_equal(
		error, "cannot open /nonexistent/\\x1b[1m for writing: No such file or directory");
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(output_file_new(&file, path, error, sizeof(error)), -ENXIO);
	assert_non_null(
		strstr(error, "No such device or address; start the reader of the pipe first"));
	assert_null(file);
}

/* RLIMIT_FSIZE stands in for a full disk: the write stops in the middle. */
static void torn_record_is_ended(void **state)
{
	struct rlimit old, small;
	struct output_file *file;
	char error[256], expected[256];

	(void)state;
	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(output_file_new(&file, path, error, sizeof(error)), 0);
	small = (struct rlimit){.rlim_cur = 6, .rlim_max = old.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(
		output_file_write(file, VIEW_LITERAL("abcdefghij\n"), error, sizeof(error)),
		-EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	snprintf(expected, sizeof(expected), "cannot write to %s: File too large", path);
	assert_string_equal(error, expected);
	assert_int_equal(output_file_write(file, VIEW_LITERAL("next\n"), error, sizeof(error)), 0);
	check_content("abcdef\nnext\n");
	output_file_free(&file);
}

static void pipe_without_reader(void **state)
{
	struct output_file *file;
	char error[256], expected[256];
	int reader;

	(void)state;
	assert_true(signal(SIGPIPE, SIG_DFL) != SIG_ERR);
	assert_int_equal(mkfifo(path, 0600), 0);
	reader = open(path, O_RDONLY | O_NONBLOCK);
	assert_int_equal(output_file_new(&file, path, error, sizeof(error)), 0);
	assert_int_equal(output_file_write(file, VIEW_LITERAL("one\n"), error, sizeof(error)), 0);
	close(reader);
	assert_int_equal(output_file_write(file, VIEW_LITERAL("two\n"), error, sizeof(error)),
			 -EPIPE);
	snprintf(expected, sizeof(expected), "cannot write to %s: Broken pipe; its reader is gone",
		 path);
	assert_string_equal(error, expected);
	output_file_free(&file);
}

/* More than a pipe holds, with a reader that never reads: the call returns. */
static void pipe_that_stands_still(void **state)
{
	static char large[200000];
	struct output_file *file;
	char error[256], expected[256];
	int reader;

	(void)state;
	memset(large, 'x', sizeof(large));
	assert_int_equal(mkfifo(path, 0600), 0);
	reader = open(path, O_RDONLY | O_NONBLOCK);
	assert_int_equal(output_file_new(&file, path, error, sizeof(error)), 0);
	assert_int_equal(
		output_file_write(file, view_of(large, sizeof(large)), error, sizeof(error)),
		-ETIMEDOUT);
	snprintf(expected, sizeof(expected),
		 "cannot write to %s: Connection timed out; its reader stands still", path);
	assert_string_equal(error, expected);
	output_file_free(&file);
	close(reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(appends, set_up, tear_down),
		cmocka_unit_test_setup_teardown(cannot_open, set_up, tear_down),
		cmocka_unit_test_setup_teardown(torn_record_is_ended, set_up, tear_down),
		cmocka_unit_test_setup_teardown(pipe_without_reader, set_up, tear_down),
		cmocka_unit_test_setup_teardown(pipe_that_stands_still, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
