/* One image for one file however it is found, none for another that claims its name; descriptors
 * counted. */
#include "cmocka_test.h"
#include "image_stage.h"
#include "process/image_store.h"

static struct fake_proc fake;
static struct image_store *store;
static uint64_t spaces[100];

static int begin(void **state)
{
	(void)state;
	fake_proc_begin(&fake);
	image_stage_add(&fake, 41);
	image_stage_add(&fake, 42);
	memset(spaces, 0, sizeof(spaces));
	assert_int_equal(image_store_new(&store, 10, true), 0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	assert_int_equal(image_store_count(store), 0);
	assert_int_equal(image_store_files_count(store), 0);
	image_store_free(&store);
	fake_proc_end(&fake);
	return 0;
}

static struct image *take(pid_t tgid, const char *path, const char *build_id, uint64_t inode)
{
	struct image_file_places places = {.proc_root = fake.proc, .tgid = tgid};
	struct image_record record = image_stage_record(tgid, 0x1000, build_id, inode);

	return image_store_take(store, &places, &record, view_of_text(path), &spaces[tgid]);
}

static void release(struct image *image)
{
	image_store_release(store, image);
}

static void test_once(void **state)
{
	uint64_t inode = image_stage_write(&fake, "proc/42/root/lib/x", "aaaaa");
	struct image *first = take(42, "/lib/x", "aaaaa", 0),
		     *second = take(42, "/lib/x", "aaaaa", 0);
	struct image *third = take(42, "/lib/x", NULL, inode);

	(void)state;
	assert_non_null(first);
	assert_ptr_equal(first, second);
	assert_view(first->path, "/lib/x");
	assert_int_equal(first->file.build_id_size, 5);
	assert_true(first->file.fd >= 0);
	/* By /proc first seen: the same file, so the same image, and known by both from then on. */
	assert_ptr_equal(first, third);
	assert_int_equal(first->keys_count, 2);
	assert_int_equal(first->references, 3);
	assert_int_equal(image_store_count(store), 1);
	assert_int_equal(image_store_files_count(store), 1);
	release(first);
	release(first);
	release(first);
}

static void test_proc_first(void **state)
{
	uint64_t inode = image_stage_write(&fake, "proc/42/root/lib/x", "aaaaa");
	struct image *first = take(42, "/lib/x", NULL, inode),
		     *second = take(42, "/lib/x", "aaaaa", 0);

	(void)state;
	assert_ptr_equal(first, second);
	assert_int_equal(first->file.build_id_size, 5);
	release(first);
	release(first);
}

/* The same path and build-id in two containers: two files, and what is learned of one is not told
 * of the other. */
static void test_two_roots(void **state)
{
	struct image *first, *second;

	(void)state;
	(void)image_stage_write(&fake, "proc/41/root/lib/x", "aaaaa");
	(void)image_stage_write(&fake, "proc/42/root/lib/x", "aaaaa");
	first = take(41, "/lib/x", "aaaaa", 0);
	second = take(42, "/lib/x", "aaaaa", 0);
	assert_int_not_equal(spaces[41], spaces[42]);
	assert_ptr_not_equal(first, second);
	assert_int_not_equal(first->key, second->key);
	release(first);
	release(second);
}

static void test_not_found_then_found(void **state)
{
	struct image *first = take(42, "/lib/x", "aaaaa", 0), *second;

	(void)state;
	assert_int_equal(first->file.fd, -1);
	assert_int_equal(first->file.build_id_size, 5);
	(void)image_stage_write(&fake, "proc/42/root/lib/x", "aaaaa");
	second = take(42, "/lib/x", "aaaaa", 0);
	assert_ptr_equal(first, second);
	assert_true(first->file.fd >= 0);
	release(first);
	release(second);
}

static void test_deleted(void **state)
{
	struct image *image = take(42, "/lib/x (deleted)", "aaaaa", 0);

	(void)state;
	assert_view(image->path, "/lib/x");
	assert_true(image->is_deleted);
	release(image);
}

static void test_vdso_is_everybodys(void **state)
{
	struct image *first = take(41, "[vdso]", NULL, 0), *second = take(42, "[vdso]", NULL, 0);

	(void)state;
	assert_ptr_equal(first, second);
	assert_true(first->file.fd >= 0);
	assert_true(first->file.has_layout);
	release(first);
	release(second);
}

static void test_what_is_a_file(void **state)
{
	static const char *const files[] = {"/bin/sh", "[vdso]", "/memfd:x (deleted)", "/dev/zero"};
	static const char *const others[] = {"",
					     "/",
					     "//anon",
					     "//toolong",
					     "[anon:x]",
					     "[heap]",
					     "anon_inode:[perf_event]",
					     "/dev/zero (deleted)",
					     "/SYSV00000000 (deleted)",
					     "/anon_hugepage (deleted)"};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		assert_true(image_store_is_file(view_of_text(files[i])));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(image_store_is_file(view_of_text(others[i])));
}

static void test_full(void **state)
{
	struct image *images[10];
	char path[32];

	(void)state;
	for (int i = 0; i < 10; i++) {
		snprintf(path, sizeof(path), "/lib/%d", i);
		images[i] = take(42, path, "aaaaa", 0);
		assert_non_null(images[i]);
	}
	assert_null(take(42, "/lib/more", "aaaaa", 0));
	for (int i = 0; i < 10; i++)
		release(images[i]);
}

static void test_descriptors_are_capped(void **state)
{
	struct image_file_places places = {.proc_root = fake.proc, .tgid = 42};
	struct image_store *small;
	struct image *images[12];
	char path[64];

	(void)state;
	assert_int_equal(image_store_new(&small, 5000, true), 0);
	for (int i = 0; i < 12; i++) {
		struct image_record record = image_stage_record(42, 0x1000, "aaaaa", 0);
		uint64_t space = 0;

		snprintf(path, sizeof(path), "proc/42/root/lib/%d", i);
		(void)image_stage_write(&fake, path, "aaaaa");
		snprintf(path, sizeof(path), "/lib/%d", i);
		if (i == 6)
			image_store_set_max_files(small, 6);
		images[i] = image_store_take(small, &places, &record, view_of_text(path), &space);
		assert_int_equal(images[i]->file.fd >= 0, i < 6);
		assert_int_equal(images[i]->is_open_refused, i >= 6);
	}
	assert_int_equal(image_store_files_count(small), 6);
	assert_true(image_store_open(small, images[11], &places, 0x1000, 0x2000) >= 0);
	assert_int_equal(image_store_files_count(small), 7);
	for (int i = 0; i < 12; i++)
		image_store_release(small, images[i]);
	assert_int_equal(image_store_files_count(small), 0);
	image_store_free(&small);
}

static void test_replay_reads_nothing(void **state)
{
	struct image_file_places places = {.proc_root = fake.proc, .tgid = 42};
	struct image_record record = image_stage_record(42, 0x1000, "aaaaa", 0);
	struct image_store *replay;
	struct image *image;
	uint64_t space = 0;

	(void)state;
	(void)image_stage_write(&fake, "proc/42/root/lib/x", "aaaaa");
	assert_int_equal(image_store_new(&replay, 10, false), 0);
	image = image_store_take(replay, &places, &record, VIEW_LITERAL("/lib/x"), &space);
	assert_int_equal(image->file.fd, -1);
	assert_int_equal(image_store_open(replay, image, &places, 0x1000, 0x2000), -1);
	assert_int_equal(space, 0);
	image_store_release(replay, image);
	image_store_free(&replay);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_once, begin, end),
		cmocka_unit_test_setup_teardown(test_proc_first, begin, end),
		cmocka_unit_test_setup_teardown(test_two_roots, begin, end),
		cmocka_unit_test_setup_teardown(test_not_found_then_found, begin, end),
		cmocka_unit_test_setup_teardown(test_deleted, begin, end),
		cmocka_unit_test_setup_teardown(test_vdso_is_everybodys, begin, end),
		cmocka_unit_test(test_what_is_a_file),
		cmocka_unit_test_setup_teardown(test_full, begin, end),
		cmocka_unit_test_setup_teardown(test_descriptors_are_capped, begin, end),
		cmocka_unit_test_setup_teardown(test_replay_reads_nothing, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
