/* Names and words of a profile. */
#include "model/profile_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

static void assert_text(struct view v, const char *text)
{
	assert_int_equal(v.size, strlen(text));
	assert_memory_equal(v.bytes, text, v.size);
}

static void test_frame_names(void **state)
{
	struct crash_image image = {.path = view_of_text("/usr/lib/libfoo.so.1"), .start = 0x7000};
	char room[PROFILE_NAME_ROOM];
	struct profile *profile = NULL;
	struct profile_frame frame = {.function = view_of_text("a;b"), .offset = 0x1f};

	(void)state;
	assert_int_equal(profile_new(&profile, NULL, 99), 0);
	frame.image = profile_add_image(profile, &image);
	assert_text(profile_text_frame(profile, &frame, room), "a;b");
	assert_int_equal(profile_text_address(profile, &frame), 0x701f);
	frame.function = (struct view){0};
	frame.symbol = view_of_text("_Zfoo");
	assert_text(profile_text_frame(profile, &frame, room), "_Zfoo");
	frame.symbol = (struct view){0};
	assert_text(profile_text_frame(profile, &frame, room), "libfoo.so.1+0x1f");
	frame.image = NO_IMAGE;
	assert_text(profile_text_frame(profile, &frame, room), "[unknown]+0x1f");
	assert_int_equal(profile_text_address(profile, &frame), 0x1f);
	frame.kind = PROFILE_FRAME_JIT;
	assert_text(profile_text_frame(profile, &frame, room), "[jit]+0x1f");
	frame.kind = PROFILE_FRAME_KERNEL;
	assert_text(profile_text_frame(profile, &frame, room), "[kernel]+0x1f");
	profile_free(&profile);
}

static void test_longest_name_fits(void **state)
{
	static char path[MAX_PROFILE_NAME_BYTES];
	char room[PROFILE_NAME_ROOM];
	struct crash_image image = {.path = view_of(path, sizeof(path))};
	struct profile *profile = NULL;
	struct profile_frame frame = {.offset = UINT64_MAX};

	(void)state;
	memset(path, 'p', sizeof(path));
	assert_int_equal(profile_new(&profile, NULL, 99), 0);
	frame.image = profile_add_image(profile, &image);
	assert_int_equal(profile_text_frame(profile, &frame, room).size, sizeof(path) + 19);
	profile_free(&profile);
}

static void test_thread_names(void **state)
{
	struct profile_thread thread = {.pid = 3, .tid = 4, .name = view_of_text("io")};
	char room[PROFILE_NAME_ROOM];

	(void)state;
	assert_text(profile_text_thread(&thread, room), "io");
	thread.name = (struct view){0};
	assert_text(profile_text_thread(&thread, room), "4");
}

static void test_losses(void **state)
{
	struct profile *profile = NULL;

	(void)state;
	assert_int_equal(profile_new(&profile, NULL, 99), 0);
	assert_false(profile_text_is_lossy(profile));
	for (int i = 0; i < PROFILE_LOSSES_COUNT; i++) {
		assert_non_null(profile_text_loss((enum profile_loss)i));
		assert_non_null(profile_text_loss_words((enum profile_loss)i));
		profile_count_loss(profile, (enum profile_loss)i, 1ull << i);
	}
	assert_int_equal(profile_text_lost(profile), 7);
	assert_int_equal(profile_text_cut(profile), 120);
	profile->samples_count = 133; /* 7 of 140 are just 5 % */
	assert_false(profile_text_is_lossy(profile));
	profile->samples_count = 132;
	assert_true(profile_text_is_lossy(profile));
	profile->samples_count = 0;
	for (int i = 0; i < PROFILE_FRAME_KINDS_COUNT; i++)
		assert_non_null(profile_text_kind((enum profile_frame_kind)i));
	profile_free(&profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frame_names),
		cmocka_unit_test(test_longest_name_fits),
		cmocka_unit_test(test_thread_names),
		cmocka_unit_test(test_losses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
