/* Recursion in lists of frames: what stays, what is counted, nothing is lost. */
#include "cmocka_test.h"
#include "symbols/frame_fold.h"

static struct unwound_frame frames[MAX_CRASH_FRAMES];

static struct frame_fold begin(uint32_t max_frames)
{
	return (struct frame_fold){.frames = frames, .max_frames = max_frames};
}

static bool append(struct frame_fold *fold, uint64_t pc)
{
	struct unwound_frame frame = {.pc = pc, .is_exact_pc = fold->count == 0};

	return frame_fold_append(fold, &frame);
}

static uint64_t total(const struct frame_fold *fold)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < fold->count; i++)
		sum += 1 + fold->frames[i].repeats;
	return sum;
}

static void test_nothing_repeats(void **state)
{
	struct frame_fold fold = begin(MAX_CRASH_FRAMES);

	(void)state;
	for (uint64_t i = 0; i < MAX_CRASH_FRAMES; i++)
		assert_true(append(&fold, i * i));
	assert_false(append(&fold, 5));
	assert_int_equal(fold.count, MAX_CRASH_FRAMES);
	assert_int_equal(total(&fold), MAX_CRASH_FRAMES);
}

static void test_one_function(void **state)
{
	struct frame_fold fold = begin(MAX_CRASH_FRAMES);

	(void)state;
	assert_true(append(&fold, 1));
	for (int i = 0; i < 10000; i++)
		assert_true(append(&fold, 2));
	assert_true(append(&fold, 3));
	assert_int_equal(total(&fold), 10002);
	assert_int_equal(fold.count, 1 + 16 + 8 + 1);
	assert_int_equal(frames[16].pc, 2);
	assert_int_equal(frames[16].repeats, 10000 - 24);
	assert_int_equal(frames[15].repeats, 0);
	assert_int_equal(frames[17].repeats, 0);
	assert_int_equal(frames[25].pc, 3);
}

static void test_few(void **state)
{
	struct frame_fold fold = begin(MAX_CRASH_FRAMES);

	(void)state;
	for (int i = 0; i < 25; i++)
		assert_true(append(&fold, 2));
	assert_int_equal(fold.count, 25); /* the first is exact: one too few are the same */
	assert_true(append(&fold, 2));
	assert_int_equal(fold.count, 25);
	assert_int_equal(frames[16].repeats, 1);
}

static void test_three_in_turn(void **state)
{
	struct frame_fold fold = begin(MAX_CRASH_FRAMES);

	(void)state;
	assert_true(append(&fold, 1));
	for (uint64_t i = 0; i < 3000; i++)
		assert_true(append(&fold, 10 + i % 3));
	assert_true(append(&fold, 99));
	assert_int_equal(total(&fold), 3002);
	assert_int_equal(fold.count, 1 + 18 + 9 + 1);
	for (uint32_t i = 16; i < 19; i++)
		assert_int_equal(frames[i].repeats, 1000 - 9);
	for (uint32_t i = 1; i < 28; i++)
		assert_int_equal(frames[i].pc, 10 + (i - 1) % 3);
	assert_int_equal(frames[28].pc, 99);
}

/* One recursion inside another. */
static void test_nested(void **state)
{
	struct frame_fold fold = begin(MAX_CRASH_FRAMES);

	(void)state;
	for (int i = 0; i < 50; i++) {
		assert_true(append(&fold, 1));
		for (int j = 0; j < 40; j++)
			assert_true(append(&fold, 2));
	}
	assert_int_equal(total(&fold), 50 * 41);
	assert_true(fold.count < 100);
}

static void test_no_room(void **state)
{
	struct frame_fold fold = begin(1);

	(void)state;
	assert_true(append(&fold, 1));
	assert_false(append(&fold, 1));
	fold = begin(0);
	assert_false(append(&fold, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_repeats),
		cmocka_unit_test(test_one_function),
		cmocka_unit_test(test_few),
		cmocka_unit_test(test_three_in_turn),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
