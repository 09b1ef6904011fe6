/* The profile: everything is there once, what is full is counted, names cannot grow it. */
#include "model/profile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static struct profile *new_profile(void)
{
	struct profile *profile = NULL;

	assert_int_equal(profile_new(&profile, NULL, 99), 0);
	return profile;
}

static uint32_t add_function(struct profile *profile, const char *name)
{
	char copy[64]; /* gone before it is asked for again: the profile has its own */
	struct profile_frame frame = {.image = NO_IMAGE, .line = 7};

	(void)snprintf(copy, sizeof(copy), "%s", name);
	frame.function = view_of_text(copy);
	return profile_add_frame(profile, &frame);
}

static void test_begins_with_overflow(void **state)
{
	struct profile *profile = new_profile();

	(void)state;
	assert_int_equal(profile->frames_count, 1);
	assert_int_equal(profile->frames[0].kind, PROFILE_FRAME_SYNTHETIC);
	assert_memory_equal(profile->frames[0].function.bytes, "[overflow]", 10);
	assert_int_equal(profile->stacks_count, 1);
	assert_int_equal(profile->stacks[0].depth, 1);
	assert_int_equal(profile->stack_frames[0], PROFILE_OVERFLOW_FRAME);
	assert_int_equal(profile->links_count, 1);
	assert_int_equal(profile->frequency_hz, 99);
	profile_free(&profile);
	assert_null(profile);
	profile_free(&profile);
}

static void test_frames_once(void **state)
{
	struct profile *profile = new_profile();
	uint32_t first = add_function(profile, "run"), second = add_function(profile, "stop");
	struct profile_frame other = profile->frames[first];

	(void)state;
	assert_int_not_equal(first, second);
	assert_int_equal(add_function(profile, "run"), first);
	assert_int_equal(profile_add_frame(profile, &other), first);
	other.line = 8;
	assert_int_equal(profile_add_frame(profile, &other), second + 1);
	other.kind = PROFILE_FRAME_JIT;
	assert_int_equal(profile_add_frame(profile, &other), second + 2);
	other.is_in_app = true;
	assert_int_equal(profile_add_frame(profile, &other), second + 3);
	other.file = view_of_text("a.c");
	assert_int_equal(profile_add_frame(profile, &other), second + 4);
	other.offset = 16;
	assert_int_equal(profile_add_frame(profile, &other), second + 5);
	assert_int_equal(profile->frames_count, 8);
	other.image = 3; /* nobody added it */
	assert_int_equal(profile_add_frame(profile, &other), second + 5);
	assert_int_equal(profile_add_synthetic_frame(profile, "[overflow]"), 0);
	profile_free(&profile);
}

/* It is found by its name from then on, and by what it was before no more. */
static void test_a_name_that_comes_late(void **state)
{
	struct profile *profile = new_profile();
	struct profile_frame unnamed = {.image = NO_IMAGE, .kind = PROFILE_FRAME_JIT, .offset = 9};
	struct profile_frame named = unnamed;
	uint32_t first = profile_add_frame(profile, &unnamed), second;

	(void)state;
	named.function = view_of_text("burn");
	named.is_in_app = true;
	profile_name_frame(profile, first, &named);
	assert_memory_equal(profile->frames[first].function.bytes, "burn", 4);
	assert_true(profile->frames[first].is_in_app);
	assert_int_equal(profile->frames[first].offset, 9);
	assert_int_equal(profile_add_frame(profile, &named), first);
	second = profile_add_frame(profile, &unnamed);
	assert_int_equal(second, first + 1);
	assert_int_equal(profile->frames[second].function.size, 0);
	/* Two of the same name then, of which the first is found. */
	profile_name_frame(profile, second, &named);
	assert_int_equal(profile->frames[second].function.size, 4);
	assert_int_equal(profile_add_frame(profile, &named), first);
	assert_int_equal(profile->frames_count, second + 1);
	/* What had no room is not one of them. */
	profile_name_frame(profile, PROFILE_OVERFLOW_FRAME, &named);
	assert_memory_equal(profile->frames[0].function.bytes, "[overflow]", 10);
	profile_free(&profile);
}

static void test_stacks_once(void **state)
{
	struct profile *profile = new_profile();
	uint32_t a = add_function(profile, "a"), b = add_function(profile, "b");
	uint32_t ab[] = {a, b}, ba[] = {b, a}, wrong[] = {a, 99};
	uint32_t first = profile_add_stack(profile, ab, 2);

	(void)state;
	assert_int_equal(first, 1);
	assert_int_equal(profile_add_stack(profile, ba, 2), 2);
	assert_int_equal(profile_add_stack(profile, ab, 1), 3);
	assert_int_equal(profile_add_stack(profile, ab, 2), first);
	assert_int_equal(profile->stacks[first].depth, 2);
	assert_int_equal(profile->stack_frames[profile->stacks[first].first], a);
	assert_int_equal(profile_add_stack(profile, wrong, 2), PROFILE_OVERFLOW_STACK);
	assert_int_equal(profile_add_stack(profile, ab, 0), PROFILE_OVERFLOW_STACK);
	profile_free(&profile);
}

static void test_deep_stack_keeps_leaf_side(void **state)
{
	struct profile *profile = new_profile();
	uint32_t frames[1000], id;
	const struct profile_stack *stack;

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "f%u", i);
		frames[i] = add_function(profile, name);
	}
	id = profile_add_stack(profile, frames, 1000);
	stack = &profile->stacks[id];
	assert_int_equal(stack->depth, MAX_PROFILE_DEPTH);
	assert_int_equal(profile->stack_frames[stack->first], frames[0]);
	assert_int_equal(profile->stack_frames[stack->first + MAX_PROFILE_DEPTH - 2],
			 frames[MAX_PROFILE_DEPTH - 2]);
	assert_int_equal(profile->stack_frames[stack->first + MAX_PROFILE_DEPTH - 1],
			 profile_add_synthetic_frame(profile, "[truncated]"));
	/* Exactly as deep as may be: whole. */
	id = profile_add_stack(profile, frames, MAX_PROFILE_DEPTH);
	stack = &profile->stacks[id];
	assert_int_equal(profile->stack_frames[stack->first + MAX_PROFILE_DEPTH - 1],
			 frames[MAX_PROFILE_DEPTH - 1]);
	profile_free(&profile);
}

static void test_full_is_overflow(void **state)
{
	struct profile *profile = new_profile();
	uint32_t a = add_function(profile, "a"), last = 0;
	uint32_t thread = profile_add_thread(profile, 1, 1, view_of_text("t"));
	struct profile_sample sample = {.unix_ns = 1, .weight_ns = 5, .thread = thread};

	(void)state;
	for (uint32_t i = 0; i < MAX_PROFILE_FRAMES; i++) {
		struct profile_frame frame = {.offset = i, .image = NO_IMAGE};

		last = profile_add_frame(profile, &frame);
	}
	assert_int_equal(last, PROFILE_OVERFLOW_FRAME);
	assert_int_equal(profile->frames_count, MAX_PROFILE_FRAMES);
	for (uint32_t i = 0; i < MAX_PROFILE_STACKS; i++) {
		uint32_t pair[] = {i, a};

		last = profile_add_stack(profile, pair, 2);
	}
	assert_int_equal(last, PROFILE_OVERFLOW_STACK);
	assert_int_equal(profile->stacks_count, MAX_PROFILE_STACKS);
	sample.stack = last;
	assert_true(profile_add_sample(profile, &sample));
	assert_int_equal(profile->losses[PROFILE_CUT_OVERFLOW], 1);
	assert_int_equal(profile->on_cpu_ns, 5);
	profile_free(&profile);
}

static void test_images_and_threads(void **state)
{
	struct profile *profile = new_profile();
	struct crash_image image = {.path = view_of_text("/lib/libc.so.6"),
				    .start = 0x1000,
				    .build_id = {1, 2, 3},
				    .build_id_size = 3};
	uint32_t thread;

	(void)state;
	assert_int_equal(profile_add_image(profile, &image), 0);
	image.start = 0x9000; /* another process has it elsewhere */
	assert_int_equal(profile_add_image(profile, &image), 0);
	assert_int_equal(profile->images[0].start, 0x1000);
	image.build_id[2] = 4;
	assert_int_equal(profile_add_image(profile, &image), 1);
	image.build_id_size = 255;
	assert_int_equal(profile_add_image(profile, &image), 2);
	assert_int_equal(profile->images[2].build_id_size, MAX_BUILD_ID_BYTES);

	thread = profile_add_thread(profile, 10, 11, (struct view){0});
	assert_int_equal(profile_add_thread(profile, 10, 11, view_of_text("worker")), thread);
	assert_int_equal(profile_add_thread(profile, 10, 11, view_of_text("later")), thread);
	assert_memory_equal(profile->threads[thread].name.bytes, "later", 5);
	assert_int_equal(profile_add_thread(profile, 10, 11, (struct view){0}), thread);
	assert_memory_equal(profile->threads[thread].name.bytes, "later", 5);
	assert_int_equal(profile_add_thread(profile, 12, 11, view_of_text("worker")), thread + 1);
	profile_free(&profile);
}

static void test_samples(void **state)
{
	struct profile *profile = new_profile();
	uint32_t a = add_function(profile, "a");
	uint32_t stack = profile_add_stack(profile, &a, 1);
	uint32_t thread = profile_add_thread(profile, 1, 1, view_of_text("main"));
	uint32_t link = profile_add_link(profile, (const uint8_t *)"0123456789abcdef",
					 (const uint8_t *)"01234567");
	struct profile_sample on = {
		.unix_ns = 500, .weight_ns = 10, .thread = thread, .stack = stack, .link = link};
	struct profile_sample off = {.unix_ns = 400,
				     .weight_ns = 300,
				     .thread = thread,
				     .stack = stack,
				     .is_off_cpu = true};
	struct profile_sample nobody = {.unix_ns = 1, .thread = thread + 1};

	(void)state;
	assert_int_equal(link, 1);
	assert_int_equal(profile_add_link(profile, (const uint8_t *)"0123456789abcdef",
					  (const uint8_t *)"01234567"),
			 1);
	assert_true(profile_add_sample(profile, &on));
	assert_true(profile_add_sample(profile, &off));
	assert_false(profile_add_sample(profile, &nobody));
	assert_int_equal(profile->losses[PROFILE_LOST_SAMPLES], 1);
	assert_int_equal(profile->samples_count, 2);
	assert_int_equal(profile->on_cpu_ns, 10);
	assert_int_equal(profile->off_cpu_ns, 300);
	assert_int_equal(profile->start_unix_ns, 400);
	assert_int_equal(profile->end_unix_ns, 700);
	on.link = 77; /* nobody added it */
	assert_true(profile_add_sample(profile, &on));
	assert_int_equal(profile->samples[2].link, NO_PROFILE_LINK);
	profile_free(&profile);
}

static void test_bytes_are_those_it_has(void **state)
{
	struct profile *profile = new_profile();
	struct profile_sample sample = {.weight_ns = 1};
	size_t empty = profile_bytes(profile), before;

	(void)state;
	assert_in_range(empty, sizeof(*profile), 65536);
	sample.thread = profile_add_thread(profile, 1, 1, VIEW_LITERAL("shop"));
	before = profile_bytes(profile);
	assert_true(before >= empty + sizeof(struct profile_thread));
	for (int i = 0; i < 10000; i++)
		assert_true(profile_add_sample(profile, &sample));
	assert_int_equal(profile_bytes(profile) - before,
			 profile->samples_capacity * sizeof(sample));
	profile_free(&profile);
}

static void test_long_names_are_cut(void **state)
{
	static char name[5000];
	struct profile *profile = new_profile();
	struct profile_frame frame = {.function = view_of(name, sizeof(name)), .image = NO_IMAGE};
	uint32_t id;

	(void)state;
	memset(name, 'x', sizeof(name));
	memcpy(name + MAX_PROFILE_NAME_BYTES - 1, "\xc3\xa9", 2); /* a character on the edge */
	id = profile_add_frame(profile, &frame);
	assert_int_equal(profile->frames[id].function.size, MAX_PROFILE_NAME_BYTES - 1);
	memset(name, 0x80, sizeof(name)); /* no UTF-8 at all */
	id = profile_add_frame(profile, &frame);
	assert_in_range(profile->frames[id].function.size, MAX_PROFILE_NAME_BYTES - 4,
			MAX_PROFILE_NAME_BYTES);
	profile_free(&profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_begins_with_overflow),
		cmocka_unit_test(test_frames_once),
		cmocka_unit_test(test_a_name_that_comes_late),
		cmocka_unit_test(test_stacks_once),
		cmocka_unit_test(test_deep_stack_keeps_leaf_side),
		cmocka_unit_test(test_full_is_overflow),
		cmocka_unit_test(test_images_and_threads),
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_bytes_are_those_it_has),
		cmocka_unit_test(test_long_names_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
