/* The file that somebody keeps: all of it, to its owner alone, and never over another one. */
#include "screen_golden.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "screen/screen_save.h"

static void whole(void **state)
{
	struct byte_buffer text;

	(void)state;
	sample_screen_begin();
	byte_buffer_init(&text, MAX_GOLDEN_BYTES);
	screen_save_append(&sample_snapshot, true, &text);
	assert_golden("saved", "160", byte_buffer_view(&text));
	byte_buffer_done(&text);
	sample_screen_end();
}

static void file(void **state)
{
	char folder[] = "/tmp/limpet-screen-save-XXXXXX", path[SCREEN_PATH_BYTES], back[4096];
	struct stat status;

	(void)state;
	sample_screen_begin();
	assert_non_null(getcwd(back, sizeof(back)));
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(screen_save(&sample_snapshot, true, path), 0);
	assert_string_equal(path, "limpet-20260105-100112.txt");
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_true(status.st_size > 1000);
	assert_int_equal(screen_save(&sample_snapshot, true, path), -EEXIST);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/tmp/limpet-screen-save-elsewhere", path), 0);
	assert_int_equal(screen_save(&sample_snapshot, true, path), -EEXIST);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(chdir(back), 0);
	assert_int_equal(rmdir(folder), 0);
	sample_screen_end();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
