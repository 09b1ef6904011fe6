/* The file is there whole, or as it was; nothing stays beside it. */
#include "cmocka_test.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>
#include "captured_output.h"
#include "base/final_file.h"

#define WORDS ((struct final_file_words){"the report", "--html"})

static char folder[64], path[96], error[512];

static int begin(void **state)
{
	(void)state;
	(void)strcpy(folder, "/tmp/limpet-test-page-XXXXXX");
	assert_non_null(mkdtemp(folder));
	(void)sprintf(path, "%s/page.html", folder);
	return 0;
}

static int end(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(folder); /* fails when something was left */
}

static const char *content(void)
{
	static char text[64];
	FILE *file = fopen(path, "r");

	if (!file)
		return "none";
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	assert_int_equal(fclose(file), 0);
	return text;
}

static void written(void **state)
{
	struct final_file *file;
	struct stat status;

	(void)state;
	assert_int_equal(final_file_new(&file, WORDS, path, error, sizeof(error)), 0);
	assert_string_equal(content(), "none");
	assert_int_equal(final_file_write(file, VIEW_LITERAL("one"), error, sizeof(error)), 0);
	assert_string_equal(final_file_name(file), path);
	final_file_free(&file);
	assert_string_equal(content(), "one");
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0640);
}

static void never_written(void **state)
{
	struct final_file *file;

	(void)state;
	assert_int_equal(final_file_new(&file, WORDS, path, error, sizeof(error)), 0);
	final_file_free(&file);
	assert_null(file);
	assert_string_equal(content(), "none");
}

static void what_was_there_is_replaced_at_the_end(void **state)
{
	struct final_file *file;

	written(state);
	assert_int_equal(final_file_new(&file, WORDS, path, error, sizeof(error)), 0);
	assert_string_equal(content(), "one");
	assert_int_equal(final_file_write(file, VIEW_LITERAL("two"), error, sizeof(error)), 0);
	assert_string_equal(content(), "two");
	final_file_free(&file);
}

static void refused(void **state)
{
	struct final_file *file = NULL;
	char missing[128];

	(void)state;
	(void)sprintf(missing, "%s/no/a.html", folder);
	assert_int_equal(final_file_new(&file, WORDS, missing, error, sizeof(error)), -ENOENT);
	assert_non_null(strstr(error, "/no/a.html: No such file or directory; name a file"));
	assert_int_equal(final_file_new(&file, WORDS, folder, error, sizeof(error)), -EISDIR);
	assert_non_null(strstr(error, ": Is a directory; name a file"));
	assert_null(file);
}

static void the_folder_is_gone(void **state)
{
	struct final_file *file;
	char other[128];

	(void)state;
	(void)sprintf(other, "%s-other", folder);
	assert_int_equal(final_file_new(&file, WORDS, path, error, sizeof(error)), 0);
	assert_int_equal(rename(folder, other), 0);
	assert_int_equal(final_file_write(file, VIEW_LITERAL("one"), error, sizeof(error)),
			 -ENOENT);
	assert_non_null(strstr(error, "cannot write the report "));
	assert_int_equal(rename(other, folder), 0);
	final_file_free(&file);
	assert_string_equal(content(), "none");
}

static void in_pieces(void **state)
{
	struct final_file *file;
	FILE *stream;

	(void)state;
	assert_int_equal(final_file_new(&file, WORDS, path, error, sizeof(error)), 0);
	assert_int_equal(final_file_open(file, &stream, error, sizeof(error)), 0);
	assert_true(fputs("one ", stream) >= 0 && fputs("two", stream) >= 0);
	assert_string_equal(content(), "none");
	assert_int_equal(final_file_commit(file, &stream, error, sizeof(error)), 0);
	assert_null(stream);
	assert_string_equal(content(), "one two");
	final_file_free(&file);
}

static void abandoned(void **state)
{
	struct final_file *file;
	FILE *stream;

	(void)state;
	assert_int_equal(final_file_new(&file, WORDS, path, error, sizeof(error)), 0);
	assert_int_equal(final_file_open(file, &stream, error, sizeof(error)), 0);
	assert_true(fputs("half", stream) >= 0);
	final_file_abandon(file, &stream);
	assert_null(stream);
	assert_string_equal(content(), "none");
	final_file_free(&file);
}

static void to_stdout(void **state)
{
	static struct captured_output output;
	struct final_file *file;
	int err;

	(void)state;
	assert_int_equal(final_file_new(&file, WORDS, "-", error, sizeof(error)), 0);
	assert_string_equal(final_file_name(file), "stdout");
	(void)fflush(stdout);
	captured_output_begin(&output, STDOUT_FILENO);
	err = final_file_write(file, VIEW_LITERAL("one\n"), error, sizeof(error));
	assert_string_equal(captured_output_end(&output), "one\n");
	assert_int_equal(err, 0);
	final_file_free(&file);
}

static void no_room(void **state)
{
	struct final_file *file;
	FILE *stream;

	(void)state;
	assert_int_equal(final_file_new(&file, WORDS, path, error, sizeof(error)), 0);
	assert_int_equal(final_file_open(file, &stream, error, sizeof(error)), 0);
	assert_non_null(freopen("/dev/full", "w", stream));
	(void)fputs("lost", stream);
	assert_true(final_file_commit(file, &stream, error, sizeof(error)) < 0);
	assert_non_null(strstr(error, "No space left on device; free space there"));
	assert_string_equal(content(), "none");
	final_file_free(&file);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(written, begin, end),
		cmocka_unit_test_setup_teardown(never_written, begin, end),
		cmocka_unit_test_setup_teardown(what_was_there_is_replaced_at_the_end, begin, end),
		cmocka_unit_test_setup_teardown(refused, begin, end),
		cmocka_unit_test_setup_teardown(the_folder_is_gone, begin, end),
		cmocka_unit_test_setup_teardown(in_pieces, begin, end),
		cmocka_unit_test_setup_teardown(abandoned, begin, end),
		cmocka_unit_test(to_stdout),
		cmocka_unit_test_setup_teardown(no_room, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
