/* Folded stacks: golden lines, sums, and names that would make lines of their own. */
#include "exporters/profile/folded.h"

#include "written_profile.h"

static void assert_written(struct profile *profile, const char *lines)
{
	struct view text = written_profile(folded_write, profile, false);

	assert_string_equal(text.bytes, lines);
	free((void *)text.bytes);
}

static void test_golden(void **state)
{
	(void)state;
	assert_written(sample_profile_new(NULL), "main;[off-CPU];main;handle;futex_wait_[k] 5\n"
						 "main;main;LazyCompile:*f_[j] 1\n"
						 "main;main;app+0x1f4 3\n"
						 "main;main;handle;parse 7\n"
						 "main;main;handle;parse;ksys_read_[k] 2\n");
}

static void test_nothing(void **state)
{
	struct profile *profile = NULL;

	(void)state;
	assert_int_equal(profile_new(&profile, NULL, 99), 0);
	assert_written(profile, "");
}

static void test_process_without_a_first_thread(void **state)
{
	struct profile *profile = NULL;
	uint32_t frame, stack;

	(void)state;
	assert_int_equal(profile_new(&profile, NULL, 99), 0);
	frame = sampled_frame(profile, "f", PROFILE_FRAME_NATIVE, NO_IMAGE, 0);
	stack = profile_add_stack(profile, &frame, 1);
	sample_at(profile, profile_add_thread(profile, 5, 6, (struct view){0}), stack, 1, 0);
	sample_at(profile, profile_add_thread(profile, 7, 8, view_of_text("io")), stack, 2, 0);
	/* Too short a wait to have been sampled even once. */
	sample_wait(profile, 0, stack, SAMPLE_PERIOD_NS / 2 - 1, 0);
	assert_written(profile, "[unknown];f 1\nio;f 2\n");
}

static void test_hostile_names(void **state)
{
	(void)state;
	assert_written(hostile_profile_new(NULL), "</script><b>&\"':x  [31m\xef\xbf\xbd ;"
						  "</script><b>&\"':x  [31m\xef\xbf\xbd 2_[j];"
						  "</script><b>&\"':x  [31m\xef\xbf\xbd  5\n");
}

/* The same function at two places is one box; its lines are one. */
static void test_places_in_one_function(void **state)
{
	struct profile *profile = NULL;
	uint32_t a, b, thread;

	(void)state;
	assert_int_equal(profile_new(&profile, NULL, 99), 0);
	a = sampled_frame(profile, "f", PROFILE_FRAME_NATIVE, NO_IMAGE, 1);
	b = sampled_frame(profile, "f", PROFILE_FRAME_NATIVE, NO_IMAGE, 2);
	thread = profile_add_thread(profile, 1, 1, view_of_text("p"));
	sample_at(profile, thread, profile_add_stack(profile, &a, 1), 1, 0);
	sample_at(profile, thread, profile_add_stack(profile, &b, 1), 1, 0);
	assert_written(profile, "p;f 2\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_process_without_a_first_thread),
		cmocka_unit_test(test_hostile_names),
		cmocka_unit_test(test_places_in_one_function),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
