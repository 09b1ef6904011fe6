/* Fingerprints: none where the server can group by names; else the same for the same crash wherever
 * its files were loaded. */
#include "crash/crash_grouping.h"

#include "cmocka_test.h"

static struct {
	struct resource *resource;
	struct crash *crash;
	struct crash_thread thread;
	struct crash_frame frames[5];
	struct crash_image images[2];
} f;

static int begin(void **state)
{
	(void)state;
	memset(&f, 0, sizeof(f));
	if (resource_new(&f.resource) < 0 || crash_new(&f.crash, f.resource) < 0)
		return -1;
	f.images[0] = (struct crash_image){.path = VIEW_LITERAL("/opt/shop/bin/shop"),
					   .start = 0x555500000000,
					   .size = 0x10000};
	f.images[1] = (struct crash_image){.path = VIEW_LITERAL("/usr/lib/libc.so.6"),
					   .start = 0x7f0000000000,
					   .size = 0x10000};
	for (uint32_t i = 0; i < 5; i++)
		f.frames[i] = (struct crash_frame){
			.pc = 0x555500000100 + i, .image = 0, .is_in_app = true};
	f.frames[0] = (struct crash_frame){
		.pc = 0x7f0000000abc, .image = 1, .function = VIEW_LITERAL("abort")};
	f.thread = (struct crash_thread){.frames = f.frames, .frames_count = 5, .is_crashed = true};
	f.crash->kind = CRASH_SIGNAL;
	f.crash->type = VIEW_LITERAL("SIGABRT");
	f.crash->threads = &f.thread;
	f.crash->threads_count = 1;
	f.crash->images = f.images;
	f.crash->images_count = 2;
	f.crash->process_name = VIEW_LITERAL("shop-worker");
	return 0;
}

static int end(void **state)
{
	(void)state;
	crash_free(&f.crash);
	resource_release(&f.resource);
	return 0;
}

static void expect_parts(uint32_t executable, const char *const *wanted, uint32_t count)
{
	f.crash->fingerprint = NULL;
	f.crash->fingerprint_count = 0;
	crash_grouping_set(f.crash, executable);
	assert_int_equal(f.crash->fingerprint_count, count);
	for (uint32_t i = 0; i < count; i++)
		assert_view(f.crash->fingerprint[i], wanted[i]);
}
#define EXPECT(executable, ...)                                                                    \
	expect_parts(executable, (const char *const[]){__VA_ARGS__},                               \
		     sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void test_names_are_better(void **state)
{
	(void)state;
	f.frames[4].function = VIEW_LITERAL("main");
	expect_parts(0, NULL, 0);
	/* A name in a library is not the program's own. */
	f.frames[4].function = (struct view){0};
	EXPECT(0, "SIGABRT", "shop", "shop+0x101", "shop+0x102", "shop+0x103");
}

static void test_the_load_address_does_not_matter(void **state)
{
	(void)state;
	f.images[0].start += 0x1000000;
	for (uint32_t i = 1; i < 5; i++)
		f.frames[i].pc += 0x1000000;
	EXPECT(0, "SIGABRT", "shop", "shop+0x101", "shop+0x102", "shop+0x103");
}

static void test_the_program(void **state)
{
	(void)state;
	f.images[0].build_id_size = 3;
	memcpy(f.images[0].build_id, "\x0a\xff\x10", 3);
	EXPECT(0, "SIGABRT", "0aff10", "shop+0x101", "shop+0x102", "shop+0x103");
	EXPECT(NO_IMAGE, "SIGABRT", "shop-worker", "shop+0x101", "shop+0x102", "shop+0x103");
}

static void test_only_libraries(void **state)
{
	(void)state;
	f.thread.frames_count = 1;
	EXPECT(0, "SIGABRT", "shop", "abort");
	f.frames[0].function = (struct view){0};
	EXPECT(0, "SIGABRT", "shop", "libc.so.6+0xabc");
	f.frames[0].image = NO_IMAGE;
	EXPECT(0, "SIGABRT", "shop", "jit");
}

static void test_without_a_stack(void **state)
{
	(void)state;
	f.crash->threads_count = 0;
	f.crash->crashed_thread = 0;
	EXPECT(0, "SIGABRT", "shop");
	f.crash->kind = CRASH_EXIT;
	f.crash->exit_status = 3;
	EXPECT(0, "exit 3", "shop");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_names_are_better), TEST(test_the_load_address_does_not_matter),
		TEST(test_the_program),      TEST(test_only_libraries),
		TEST(test_without_a_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
