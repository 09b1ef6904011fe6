/* What a crash shows of its mappings: files once each, code without a file, the program itself. */
#include "crash/crash_images.h"

#include "cmocka_test.h"
#include "image_stage.h"
#include "sample_segment.h"

#define PID 4711

static struct fake_proc fake;
static struct drops drops;
static struct image_table *table;
static struct crash *crash;

static int begin(void **state)
{
	struct image_table_settings settings = {.max_mappings = 10000, .reads_files = true};
	struct resource *resource = sample_resource();

	(void)state;
	fake_proc_begin(&fake);
	settings.proc_root = fake.proc;
	assert_int_equal(image_table_new(&table, &settings, &drops), 0);
	assert_int_equal(crash_new(&crash, resource), 0);
	resource_release(&resource);
	crash->pid = PID;
	crash->process_name = VIEW_LITERAL("shop");
	return 0;
}

static int end(void **state)
{
	(void)state;
	crash_free(&crash);
	image_table_free(&table);
	fake_proc_end(&fake);
	return 0;
}

static void map_at(uint64_t start, uint64_t file_offset, const char *path, const char *build_id)
{
	struct image_record record = image_stage_record(PID, start, build_id, 0);

	record.file_offset = file_offset;
	(void)image_table_take(table, &record, view_of_text(path), NULL);
}

static void map(uint64_t start, const char *path)
{
	map_at(start, 0, path, "aaaaa");
}

static struct crash_images collect(const char *executable_path)
{
	struct crash_images images;

	crash_images_collect(&images, table, view_of_text(executable_path), crash);
	assert_int_equal(images.images_count, crash->images_count);
	return images;
}

static void nothing_is_known(void **state)
{
	struct crash_images images = collect("/usr/bin/shop");

	(void)state;
	assert_int_equal(images.mappings_count, 0);
	assert_int_equal(crash->images_count, 0);
	assert_int_equal(images.executable, NO_IMAGE);
	assert_null(crash_images_find(&images, 0));
	/* Code of nobody is the program's. */
	assert_true(crash_images_is_in_app(&images, crash, NO_IMAGE));
}

static void files_and_other_code(void **state)
{
	struct crash_images images;

	(void)state;
	map(0x400000, "/usr/bin/shop");
	map(0x10000000, "//anon");
	map_at(0x7f0000000000, 0x26000, "/usr/lib/libc.so.6", "bbbbb");
	map(0x7ffc00000000, "[vdso]");
	images = collect("/usr/bin/shop");
	assert_int_equal(images.mappings_count, 4);
	assert_int_equal(images.images_count, 3);
	assert_int_equal(images.executable, 0);
	assert_view(crash->images[0].path, "/usr/bin/shop");
	assert_int_equal(crash->images[0].start, 0x400000);
	assert_int_equal(crash->images[0].size, 0x1000);
	assert_int_equal(crash->images[0].build_id_size, 5);
	assert_memory_equal(crash->images[0].build_id, "aaaaa", 5);
	assert_view(images.images[1].path, "/usr/lib/libc.so.6");
	assert_memory_equal(images.images[1].build_id, "bbbbb", 5);
	assert_int_equal(images.images[1].build_id_size, 5);
	assert_int_equal(images.images[1].fd, -1); /* not on this stage */
	assert_true(images.images[0].key != images.images[1].key);
	assert_int_equal(images.mappings[0].image, 0);
	assert_int_equal(images.mappings[1].image, NO_IMAGE);
	assert_int_equal(images.mappings[2].image, 1);
	assert_int_equal(images.mappings[2].file_offset, 0x26000);
	assert_int_equal(images.mappings[3].image, 2);
	assert_true(crash_images_is_in_app(&images, crash, 0));
	assert_false(crash_images_is_in_app(&images, crash, 1));
	assert_false(crash_images_is_in_app(&images, crash, 2));
}

static void an_address_finds_its_mapping(void **state)
{
	struct crash_images images;

	(void)state;
	map(0x400000, "/usr/bin/shop");
	map(0x401000, "/usr/lib/a.so");
	map(0x500000, "/usr/lib/b.so");
	images = collect("");
	assert_null(crash_images_find(&images, 0x3fffff));
	assert_int_equal(crash_images_find(&images, 0x400000)->image, 0);
	assert_int_equal(crash_images_find(&images, 0x400fff)->image, 0);
	assert_int_equal(crash_images_find(&images, 0x401000)->image, 1);
	assert_null(crash_images_find(&images, 0x402000));
	assert_int_equal(crash_images_find(&images, 0x500fff)->image, 2);
	assert_null(crash_images_find(&images, 0x501000));
	assert_null(crash_images_find(&images, UINT64_MAX));
}

/* Without the file nobody knows where it begins: each piece is shown for itself. */
static void a_file_in_pieces(void **state)
{
	struct crash_images images;

	(void)state;
	map_at(0x400000, 0, "/usr/bin/shop", "aaaaa");
	map_at(0x403000, 0x3000, "/usr/bin/shop", "aaaaa");
	images = collect("/usr/bin/shop");
	assert_int_equal(images.mappings_count, 2);
	assert_int_equal(images.images_count, 2);
	assert_int_equal(images.images[0].key, images.images[1].key);
	assert_int_equal(crash->images[1].start, 0x403000);
	assert_int_equal(crash->images[1].size, 0x1000);
	assert_int_equal(images.executable, 0);
}

static void files_are_opened(void **state)
{
	struct crash_images images;

	(void)state;
	image_stage_add(&fake, PID);
	(void)image_stage_write(&fake, "proc/4711/root/lib/x.so", "xxxxx");
	map_at(0x400000, 0, "/lib/x.so", "xxxxx");
	images = collect("");
	assert_int_equal(images.images_count, 1);
	assert_true(images.images[0].fd >= 0);
}

static void which_one_is_the_program(void **state)
{
	struct crash_images images;

	(void)state;
	map(0x400000, "/opt/a-very-long-program-name");
	map(0x500000, "/usr/lib/shop");
	map(0x600000, "/usr/lib/postgresql/bin/postgres");
	/* By its path, wherever that is: it is never the system's. */
	images = collect("/usr/lib/postgresql/bin/postgres");
	assert_int_equal(images.executable, 2);
	assert_true(crash_images_is_in_app(&images, crash, 2));
	/* By the task's name, which is cut to 15 bytes. */
	images = collect("");
	assert_int_equal(images.executable, 1);
	crash->process_name = VIEW_LITERAL("a-very-long-pro");
	images = collect("/not/there");
	assert_int_equal(images.executable, 0);
	crash->process_name = VIEW_LITERAL("a-very");
	images = collect("");
	assert_int_equal(images.executable, NO_IMAGE);
	crash->process_name = (struct view){0};
	images = collect("");
	assert_int_equal(images.executable, NO_IMAGE);
}

static void places_of_the_system(void **state)
{
	static const struct {
		const char *path;
		bool is_in_app;
	} rows[] = {
		{"/lib/ld.so", false},         {"/lib64/ld.so", false},
		{"/usr/lib/x.so", false},      {"/usr/lib64/x.so", false},
		{"/usr/local/lib/x.so", true}, {"/opt/lib/x.so", true},
		{"/usr/libexec/x", false},     {"/srv/me/lib/x.so", true},
		{"/app/usr/lib/x.so", true},   {"/lib32/x.so", false},
	};
	struct crash_images images;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		map(0x400000 + i * 0x10000, rows[i].path);
	images = collect("");
	assert_int_equal(images.images_count, sizeof(rows) / sizeof(rows[0]));
	for (uint32_t i = 0; i < images.images_count; i++)
		assert_int_equal(crash_images_is_in_app(&images, crash, i), rows[i].is_in_app);
}

static void more_than_a_crash_can_show(void **state)
{
	struct crash_images images;
	char path[64];

	(void)state;
	for (uint64_t i = 0; i < MAX_CRASH_IMAGES + 10; i++) {
		(void)snprintf(path, sizeof(path), "/lib/%u.so", (unsigned int)i);
		map(0x400000 + i * 0x10000, path);
	}
	images = collect("");
	assert_int_equal(images.mappings_count, MAX_CRASH_IMAGES + 10);
	assert_int_equal(images.images_count, MAX_CRASH_IMAGES);
	assert_int_equal(images.mappings[MAX_CRASH_IMAGES - 1].image, MAX_CRASH_IMAGES - 1);
	assert_int_equal(images.mappings[MAX_CRASH_IMAGES].image, NO_IMAGE);
}

/* No memory: a crash without images, not half of them. */
static void without_memory(void **state)
{
	struct crash_images images;

	(void)state;
	map(0x400000, "/usr/bin/shop");
	arena_done(&crash->arena);
	arena_init(&crash->arena, 64);
	images = collect("/usr/bin/shop");
	assert_int_equal(images.mappings_count, 0);
	assert_int_equal(images.executable, NO_IMAGE);
	assert_null(crash_images_find(&images, 0x400000));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_known),
		TEST(files_and_other_code),
		TEST(an_address_finds_its_mapping),
		TEST(a_file_in_pieces),
		TEST(files_are_opened),
		TEST(which_one_is_the_program),
		TEST(places_of_the_system),
		TEST(more_than_a_crash_can_show),
		TEST(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
