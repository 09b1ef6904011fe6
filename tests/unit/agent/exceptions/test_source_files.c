/* What is read and what is not: kinds of files, names, links, sizes, rights, processes that ended.
 */
#include "exceptions/source_files.h"

#include <errno.h>
#include <sys/sysmacros.h>
#include "source_folder.h"

static struct source_folder folder;
static struct source_files files;

static int begin(void **state)
{
	(void)state;
	source_folder_begin(&folder);
	return 0;
}

static int end(void **state)
{
	(void)state;
	source_folder_end(&folder);
	return 0;
}

static const struct source_file *find(const char *name)
{
	return source_files_find(&files, view_of_text(name));
}

static void open_files(void)
{
	assert_int_equal(source_files_open(&files, "/proc", &folder.scene, LANGUAGE_PYTHON, 4096),
			 0);
}

static void assert_found(const char *name, const char *first_line)
{
	struct view line;

	assert_non_null(find(name));
	assert_true(source_lines_find(&find(name)->lines, 1, &line));
	assert_view(line, first_line);
}

static void test_names(void **state)
{
	char url[160], path[160];

	(void)state;
	source_folder_text(&folder, "app.py", "one\ntwo\n");
	source_folder_text(&folder, "my app%.py", "blank\n");
	assert_int_equal(mkdir(source_folder_path(&folder, "sub"), 0755), 0);
	snprintf(path, sizeof(path), "%s/sub/../app.py", folder.path);
	snprintf(url, sizeof(url), "file://%s/my%%20app%%25.py", folder.path);
	open_files();
	assert_found(path, "one");
	assert_found("app.py", "one");
	assert_found("sub/../app.py", "one");
	assert_found(url, "blank");
	assert_ptr_equal(find("app.py"), find("app.py"));
	assert_int_equal(find("app.py")->lines.count, 2);
	assert_null(find(""));
	assert_null(find("none.py"));
	assert_null(find("<string>"));
	assert_null(find("<frozen x.py"));
	assert_null(find("file://host/app.py"));
	assert_null(find("file://app.py"));
	source_files_close(&files);
}

static void test_no_directory(void **state)
{
	(void)state;
	source_folder_text(&folder, "app.py", "one\n");
	folder.scene.directory[0] = '\0';
	open_files();
	assert_null(find("app.py"));
	assert_found(source_folder_path(&folder, "app.py"), "one");
	source_files_close(&files);
}

static void test_long_names(void **state)
{
	char name[2 * PATH_MAX];
	struct view zero = VIEW_LITERAL("app.py\0.py");

	(void)state;
	source_folder_text(&folder, "app.py", "one\n");
	open_files();
	assert_null(source_files_find(&files, zero));
	memset(name, '/', sizeof(name));
	for (size_t size = PATH_MAX - 8; size < PATH_MAX + 8; size++) {
		memcpy(name + size - 3, ".py", 3);
		assert_null(source_files_find(&files, view_of(name, size)));
		memset(name + size - 3, '/', 3);
	}
	source_files_close(&files);
	open_files();
	memset(name, 'x', sizeof(name));
	memcpy(name, "file://", 7);
	for (size_t size = PATH_MAX - 4; size < PATH_MAX + 20; size++)
		assert_null(source_files_find(&files, view_of(name, size)));
	source_files_close(&files);
}

static void test_kinds(void **state)
{
	(void)state;
	source_folder_text(&folder, "empty.py", "");
	source_folder_write(&folder, "binary.py", "a\nb\0c\n", 6);
	assert_int_equal(mkdir(source_folder_path(&folder, "folder.py"), 0755), 0);
	assert_int_equal(mkfifo(source_folder_path(&folder, "fifo.py"), 0644), 0);
	assert_int_equal(symlink("loop.py", source_folder_path(&folder, "loop.py")), 0);
	assert_int_equal(symlink("/proc/self/environ", source_folder_path(&folder, "own.py")), 0);
	assert_int_equal(symlink("/dev/zero", source_folder_path(&folder, "zero.py")), 0);
	if (mknod(source_folder_path(&folder, "null.py"), S_IFCHR | 0644, makedev(1, 3)) < 0)
		print_message("without a device: %s\n", strerror(errno));
	open_files();
	assert_null(find("empty.py"));
	assert_null(find("binary.py"));
	assert_null(find("folder.py"));
	assert_null(find("fifo.py"));
	assert_null(find("loop.py"));
	assert_null(find("own.py"));
	assert_null(find("zero.py"));
	assert_null(find("null.py"));
	source_files_close(&files);
}

/* A link called like source leads to source, or nowhere. */
static void test_links(void **state)
{
	(void)state;
	source_folder_text(&folder, "app.py", "one\n");
	source_folder_text(&folder, "shadow", "root:x\n");
	source_folder_text(&folder, ".env", "KEY=1\n");
	source_folder_text(&folder, "tool", "#!/usr/bin/python3\n");
	source_folder_text(&folder, "words", "no script\n");
	assert_int_equal(symlink("app.py", source_folder_path(&folder, "good.py")), 0);
	assert_int_equal(symlink("shadow", source_folder_path(&folder, "bad.py")), 0);
	assert_int_equal(symlink(".env", source_folder_path(&folder, "env.py")), 0);
	open_files();
	assert_found("good.py", "one");
	assert_null(find("bad.py"));
	assert_null(find("env.py"));
	assert_null(find("shadow"));
	assert_null(find(".env"));
	assert_found("tool", "#!/usr/bin/python3");
	assert_null(find("words"));
	source_files_close(&files);
}

static void test_sizes(void **state)
{
	char *text = calloc(1, 4097);

	(void)state;
	memset(text, 'x', 4097);
	source_folder_write(&folder, "most.py", text, 4096);
	source_folder_write(&folder, "more.py", text, 4097);
	open_files();
	assert_non_null(find("most.py"));
	assert_null(find("more.py"));
	files.bytes_left = 10;
	source_folder_write(&folder, "other.py", text, 11);
	source_folder_write(&folder, "last.py", text, 10);
	assert_null(find("other.py"));
	assert_non_null(find("last.py"));
	assert_int_equal(files.bytes_left, 0);
	source_files_close(&files);
	free(text);
}

static void test_count(void **state)
{
	char names[MAX_SOURCE_FILES + 1][16];

	(void)state;
	open_files();
	for (int i = 0; i <= MAX_SOURCE_FILES; i++) {
		snprintf(names[i], sizeof(names[i]), "f%d.py", i);
		source_folder_text(&folder, names[i], "x\n");
		assert_true((find(names[i]) != NULL) == (i < MAX_SOURCE_FILES));
	}
	assert_non_null(find("f0.py"));
	source_files_close(&files);
}

/* What the agent may read and the process may not. */
static void test_rights(void **state)
{
	(void)state;
	source_folder_text(&folder, "secret.py", "password = 1\n");
	source_folder_text(&folder, "shared.py", "one\n");
	assert_int_equal(chmod(source_folder_path(&folder, "secret.py"), 0600), 0);
	assert_int_equal(mkdir(source_folder_path(&folder, "closed"), 0700), 0);
	source_folder_text(&folder, "closed/app.py", "one\n");
	open_files();
	assert_found("secret.py", "password = 1");
	source_files_close(&files);
	if (!source_folder_be_nobody(&folder)) {
		print_message("SKIP: not root: no process of another user\n");
		skip();
	}
	open_files();
	assert_false(files.is_gone);
	assert_null(find("secret.py"));
	assert_null(find("closed/app.py"));
	assert_found("shared.py", "one");
	source_files_close(&files);
	/* The same when it is gone: what it was is remembered. */
	source_folder_end_child(&folder);
	open_files();
	assert_true(files.is_gone);
	assert_null(find("secret.py"));
	assert_null(find("closed/app.py"));
	assert_found("shared.py", "one");
	source_files_close(&files);
	folder.scene.is_in_our_root = false;
	assert_int_equal(source_files_open(&files, "/proc", &folder.scene, LANGUAGE_PYTHON, 4096),
			 -ENOENT);
	assert_int_equal(geteuid(), 0);
}

/* Another process has the number now. */
static void test_reused_number(void **state)
{
	(void)state;
	source_folder_text(&folder, "app.py", "one\n");
	folder.scene.start_boottime_ns += 1000000000;
	open_files();
	assert_true(files.is_gone);
	assert_found("app.py", "one");
	source_files_close(&files);
	folder.scene.identity.is_known = false;
	assert_int_equal(source_files_open(&files, "/proc", &folder.scene, LANGUAGE_PYTHON, 4096),
			 -EPERM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_names, begin, end),
		cmocka_unit_test_setup_teardown(test_no_directory, begin, end),
		cmocka_unit_test_setup_teardown(test_long_names, begin, end),
		cmocka_unit_test_setup_teardown(test_kinds, begin, end),
		cmocka_unit_test_setup_teardown(test_links, begin, end),
		cmocka_unit_test_setup_teardown(test_sizes, begin, end),
		cmocka_unit_test_setup_teardown(test_count, begin, end),
		cmocka_unit_test_setup_teardown(test_rights, begin, end),
		cmocka_unit_test_setup_teardown(test_reused_number, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
