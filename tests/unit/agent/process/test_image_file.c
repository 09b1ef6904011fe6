/* The right file or none: by build-id, by inode, in the process's root, its parent's, through the
 * mapping's link. */
#include "cmocka_test.h"
#include <errno.h>
#include "image_stage.h"
#include "process/image_file.h"

static struct fake_proc fake;
static struct image_file_places places;

static int begin(void **state)
{
	(void)state;
	fake_proc_begin(&fake);
	image_stage_add(&fake, 42);
	image_stage_add(&fake, 41);
	places = (struct image_file_places){.proc_root = fake.proc, .tgid = 42};
	return 0;
}

static int end(void **state)
{
	(void)state;
	fake_proc_end(&fake);
	return 0;
}

static int open_record(const struct image_record *record, const char *path, bool is_deleted,
		       char ret_build_id[6])
{
	unsigned int before = image_stage_open_files();
	struct image_file file = {.fd = -1};
	int err = image_file_open(&places, record, view_of_text(path), is_deleted, &file);

	assert_int_equal(image_stage_open_files(), before + (err == 0));
	if (err == 0) {
		snprintf(ret_build_id, 6, "%.*s", file.build_id_size, (char *)file.build_id);
		assert_false(file.has_layout);
	}
	image_file_done(&file);
	return err;
}

static void test_by_build_id(void **state)
{
	struct image_record record = image_stage_record(42, 0x1000, "aaaaa", 0);
	char found[6];

	(void)state;
	assert_int_equal(open_record(&record, "/lib/x", false, found), -ENOENT);
	(void)image_stage_write(&fake, "proc/42/root/lib/x", "bbbbb");
	assert_int_equal(open_record(&record, "/lib/x", false, found), -ENOENT);
	(void)image_stage_write(&fake, "proc/42/root/lib/x", "aaaaa");
	assert_int_equal(open_record(&record, "/lib/x", false, found), 0);
	assert_string_equal(found, "aaaaa");
}

static void test_by_inode(void **state)
{
	uint64_t inode = image_stage_write(&fake, "proc/42/root/lib/x", "aaaaa");
	struct image_record record = image_stage_record(42, 0x1000, NULL, inode + 1);
	char found[6];

	(void)state;
	assert_int_equal(open_record(&record, "/lib/x", false, found), -ENOENT);
	record.inode = inode;
	assert_int_equal(open_record(&record, "/lib/x", false, found), 0);
	assert_string_equal(found, "aaaaa");
}

static void test_parent(void **state)
{
	struct image_record record = image_stage_record(42, 0x1000, "aaaaa", 0);
	char found[6];

	(void)state;
	(void)image_stage_write(&fake, "proc/41/root/lib/x", "aaaaa");
	assert_int_equal(open_record(&record, "/lib/x", false, found), -ENOENT);
	places.parent = 41;
	assert_int_equal(open_record(&record, "/lib/x", false, found), 0);
}

static void test_link_of_the_mapping(void **state)
{
	struct image_record record = image_stage_record(42, 0x1000, NULL, 1);
	char found[6], target[256], path[256];

	(void)state;
	(void)image_stage_write(&fake, "old", "ooooo");
	(void)image_stage_write(&fake, "proc/42/root/lib/x", "nnnnn");
	snprintf(target, sizeof(target), "%s/old", fake.root);
	snprintf(path, sizeof(path), "%s/42/map_files/1000-2000", fake.proc);
	assert_int_equal(symlink(target, path), 0);
	assert_int_equal(open_record(&record, "/lib/x", false, found), 0);
	assert_string_equal(found, "ooooo");
	assert_int_equal(open_record(&record, "/lib/x", true, found), 0);
	assert_string_equal(found, "ooooo");
	record = image_stage_record(42, 0x1000, "nnnnn", 0); /* another one lies there by now */
	assert_int_equal(open_record(&record, "/lib/x", true, found), 0);
	assert_string_equal(found, "nnnnn");
}

/* A link in a container leads into the container. */
static void test_links_stay_inside(void **state)
{
	struct image_record record = image_stage_record(42, 0x1000, "aaaaa", 0);
	char found[6], path[256];

	(void)state;
	(void)image_stage_write(&fake, "outside", "aaaaa");
	snprintf(path, sizeof(path), "%s/42/root/lib/x", fake.proc);
	assert_int_equal(symlink("../../../../outside", path), 0);
	assert_int_equal(open_record(&record, "/lib/x", false, found), -ENOENT);
	(void)image_stage_write(&fake, "proc/42/root/outside", "aaaaa");
	assert_int_equal(open_record(&record, "/lib/x", false, found), 0);
	assert_int_equal(open_record(&record, "/../../lib/x", false, found), 0);
}

static void test_not_a_plain_file(void **state)
{
	struct image_record record = image_stage_record(42, 0x1000, "aaaaa", 0);
	char found[6], path[256];

	(void)state;
	snprintf(path, sizeof(path), "%s/42/root/lib/pipe", fake.proc);
	assert_int_equal(mkfifo(path, 0644), 0);
	assert_int_equal(open_record(&record, "/lib/pipe", false, found), -ENOENT);
	assert_int_equal(open_record(&record, "/lib", false, found), -ENOENT);
	assert_int_equal(open_record(&record, "lib/x", false, found), -ENOENT);
	assert_int_equal(open_record(&record, "", false, found), -ENOENT);
}

static void test_identity(void **state)
{
	struct image_file first, again, second;
	char path[256];
	int fd;

	(void)state;
	(void)image_stage_write(&fake, "a", "aaaaa");
	(void)image_stage_write(&fake, "b", "aaaaa");
	snprintf(path, sizeof(path), "%s/a", fake.root);
	assert_int_equal(image_file_examine(open(path, O_RDONLY | O_CLOEXEC), &first), 0);
	assert_int_equal(image_file_examine(open(path, O_RDONLY | O_CLOEXEC), &again), 0);
	snprintf(path, sizeof(path), "%s/b", fake.root);
	assert_int_equal(image_file_examine(open(path, O_RDONLY | O_CLOEXEC), &second), 0);
	assert_int_equal(first.identity, again.identity);
	assert_int_not_equal(first.identity, second.identity);
	image_file_done(&first);
	image_file_done(&again);
	image_file_done(&second);
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_int_equal(image_file_examine(fd, &first), -EINVAL);
	close(fd);
}

static void test_vdso(void **state)
{
	struct image_file file;

	(void)state;
	assert_int_equal(image_file_open_vdso(&file), 0);
	assert_true(file.build_id_size > 0);
	assert_true(file.has_layout);
	assert_int_equal(file.layout.low, 0);
	image_file_done(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_by_build_id, begin, end),
		cmocka_unit_test_setup_teardown(test_by_inode, begin, end),
		cmocka_unit_test_setup_teardown(test_parent, begin, end),
		cmocka_unit_test_setup_teardown(test_link_of_the_mapping, begin, end),
		cmocka_unit_test_setup_teardown(test_links_stay_inside, begin, end),
		cmocka_unit_test_setup_teardown(test_not_a_plain_file, begin, end),
		cmocka_unit_test_setup_teardown(test_identity, begin, end),
		cmocka_unit_test(test_vdso),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
