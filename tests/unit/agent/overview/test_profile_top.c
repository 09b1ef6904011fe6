/* Shares of functions: by their own samples, by those of what they call, recursion once. */
#include "cmocka_test.h"

#include "overview/profile_top.h"

static struct profile *profile;
static struct profile_top top;
static struct top_function rows[8];

static uint32_t frame(const char *name, enum profile_frame_kind kind)
{
	struct profile_frame frame = {
		.function = view_of_text(name), .image = NO_IMAGE, .kind = kind, .offset = 0x12};

	return profile_add_frame(profile, &frame);
}

static void sample(uint32_t stack, uint32_t thread, uint32_t count, bool is_off_cpu)
{
	for (uint32_t i = 0; i < count; i++) {
		struct profile_sample added = {.unix_ns = 1000 + i,
					       .weight_ns = 10,
					       .thread = thread,
					       .stack = stack,
					       .is_off_cpu = is_off_cpu};

		assert_true(profile_add_sample(profile, &added));
	}
}

static int begin(void **state)
{
	uint32_t main_frame, work, leaf, system, thread;

	(void)state;
	assert_int_equal(profile_new(&profile, NULL, 99), 0);
	main_frame = frame("main", PROFILE_FRAME_NATIVE);
	work = frame("work", PROFILE_FRAME_NATIVE);
	leaf = frame("", PROFILE_FRAME_NATIVE);
	system = frame("vfs_read", PROFILE_FRAME_KERNEL);
	thread = profile_add_thread(profile, 7, 7, VIEW_LITERAL("main"));
	sample(profile_add_stack(profile, (uint32_t[]){work, work, main_frame}, 3), thread, 70,
	       false);
	sample(profile_add_stack(profile, (uint32_t[]){leaf, work, main_frame}, 3), thread, 20,
	       false);
	sample(profile_add_stack(profile, (uint32_t[]){system, main_frame}, 2), thread, 10, false);
	sample(profile_add_stack(profile, (uint32_t[]){main_frame}, 1), thread, 500, true);
	return profile_top_init(&top);
}

static int end(void **state)
{
	(void)state;
	profile_top_done(&top);
	profile_free(&profile);
	return 0;
}

static void is_row(uint32_t at, const char *name, const char *module, uint64_t self, uint64_t total)
{
	assert_string_equal(rows[at].name, name);
	assert_string_equal(rows[at].module, module);
	assert_int_equal(rows[at].self_count, self);
	assert_int_equal(rows[at].total_count, total);
}

static void shares(void **state)
{
	(void)state;
	assert_int_equal(profile_top_add(&top, profile), 0);
	assert_int_equal(top.samples_count, 100);
	assert_int_equal(profile_top_rows(&top, rows, 8), 4);
	is_row(0, "work", "", 70, 90);
	assert_int_equal(rows[1].self_count, 20);
	is_row(2, "vfs_read", "[kernel]", 10, 10);
	is_row(3, "main", "", 0, 100);
	assert_int_equal(profile_top_rows(&top, rows, 1), 1);
	/* A second process with the same program. */
	assert_int_equal(profile_top_add(&top, profile), 0);
	assert_int_equal(top.samples_count, 200);
	(void)profile_top_rows(&top, rows, 8);
	is_row(0, "work", "", 140, 180);
}

static void nothing(void **state)
{
	struct profile_top none;
	struct profile *empty;

	(void)state;
	assert_int_equal(profile_top_init(&none), 0);
	assert_int_equal(profile_new(&empty, NULL, 99), 0);
	assert_int_equal(profile_top_add(&none, empty), 0);
	assert_int_equal(profile_top_rows(&none, rows, 8), 0);
	profile_free(&empty);
	profile_top_done(&none);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(shares, begin, end),
		cmocka_unit_test_setup_teardown(nothing, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
