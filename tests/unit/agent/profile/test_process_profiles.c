/* One profile per process and stretch of time; late requests still find their samples. */
#include "profile/process_profiles.h"

#include "cmocka_test.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "sample_segment.h"

#define MAX_GIVEN 8

static struct profile *dictionary, *given[MAX_GIVEN];
static struct process_profiles *profiles;
static struct resource *resource;
static uint32_t given_count, stack;

static struct resource *resource_of(void *self, uint32_t tgid)
{
	(void)self;
	return tgid == 9 ? NULL : resource;
}

static void on_profile(void *self, struct profile **profile)
{
	(void)self;
	assert_true(given_count < MAX_GIVEN);
	given[given_count++] = TAKE_PTR(*profile);
}

static int begin(void **state)
{
	struct process_profiles_sink sink = {NULL, resource_of, on_profile};
	struct crash_image image = {.path = VIEW_LITERAL("/usr/bin/shop"), .start = 0x400000};
	struct profile_frame leaf = {.function = VIEW_LITERAL("total"), .offset = 0x10};
	uint32_t frames[2];

	(void)state;
	resource = sample_resource();
	assert_int_equal(profile_new(&dictionary, NULL, 0), 0);
	(void)profile_add_image(dictionary, &(struct crash_image){.path = VIEW_LITERAL("/lib/c")});
	leaf.image = profile_add_image(dictionary, &image);
	frames[0] = profile_add_frame(dictionary, &leaf);
	frames[1] = profile_add_synthetic_frame(dictionary, "[unwind failed]");
	stack = profile_add_stack(dictionary, frames, 2);
	given_count = 0;
	return process_profiles_new(&profiles, dictionary, &sink);
}

static int end(void **state)
{
	(void)state;
	process_profiles_free(&profiles);
	for (uint32_t i = 0; i < given_count; i++)
		profile_free(&given[i]);
	profile_free(&dictionary);
	resource_release(&resource);
	return 0;
}

static struct placed_sample add(uint32_t tgid, uint64_t unix_ns, uint64_t now_ns)
{
	struct new_sample sample = {
		.tgid = tgid,
		.tid = tgid + 1,
		.frequency_hz = 99,
		.stack = stack,
		.cut = PROFILE_CUT_UNWIND,
		.name = VIEW_LITERAL("worker"),
		.sample = {.unix_ns = unix_ns, .weight_ns = 10},
	};

	return process_profiles_add(profiles, &sample, now_ns);
}

static void a_stack_is_translated(void **state)
{
	const struct profile_frame *frame;

	(void)state;
	add(1, 1000, 0);
	add(1, 1001, 0);
	add(2, 1002, 0);
	process_profiles_finish(profiles);
	assert_int_equal(given_count, 2);
	assert_int_equal(given[0]->samples_count, 2);
	assert_int_equal(given[1]->samples_count, 1);
	assert_int_equal(given[0]->frequency_hz, 99);
	assert_ptr_equal(given[0]->resource, resource);
	assert_int_equal(given[0]->threads[0].tid, 2);
	assert_view(given[0]->threads[0].name, "worker");
	assert_int_equal(given[0]->losses[PROFILE_CUT_UNWIND], 2);
	/* Its image alone. */
	assert_int_equal(given[0]->images_count, 1);
	assert_int_equal(given[0]->stacks_count, 2);
	assert_int_equal(given[0]->stacks[given[0]->samples[1].stack].depth, 2);
	frame = &given[0]->frames[given[0]->stack_frames[given[0]->stacks[1].first]];
	assert_view(frame->function, "total");
	assert_int_equal(frame->image, 0);
	assert_int_equal(frame->offset, 0x10);
	assert_view(given[0]->images[0].path, "/usr/bin/shop");
}

/* Two stacks of compiled code, called from two places: of the first nobody knew what it is, of the
 * second the compiler said it. */
static void make_compiled(uint32_t *ret_unnamed, uint32_t *ret_named)
{
	struct profile_frame frame = {
		.image = NO_IMAGE, .kind = PROFILE_FRAME_JIT, .offset = 0x7f00, .is_in_app = true};
	uint32_t frames[2];

	frames[0] = profile_add_frame(dictionary, &frame);
	frames[1] = profile_add_synthetic_frame(dictionary, "[before]");
	*ret_unnamed = profile_add_stack(dictionary, frames, 2);
	frame.function = VIEW_LITERAL("Interpreter");
	frame.is_in_app = false;
	frames[0] = profile_add_frame(dictionary, &frame);
	frames[1] = profile_add_synthetic_frame(dictionary, "[after]");
	*ret_named = profile_add_stack(dictionary, frames, 2);
}

static const struct profile_frame *leaf_of(const struct profile *profile, uint32_t sample)
{
	const struct profile_stack *of = &profile->stacks[profile->samples[sample].stack];

	return &profile->frames[profile->stack_frames[of->first]];
}

static void names_that_come_late(void **state)
{
	uint32_t unnamed, named;

	(void)state;
	make_compiled(&unnamed, &named);
	stack = unnamed;
	add(1, 1000, 0);
	add(2, 1001, 0); /* another process: the same address is other code */
	stack = named;
	add(1, 1002, 0);
	process_profiles_finish(profiles);
	assert_int_equal(given_count, 2);
	assert_view(leaf_of(given[0], 0)->function, "Interpreter");
	assert_false(leaf_of(given[0], 0)->is_in_app);
	assert_ptr_equal(leaf_of(given[0], 0), leaf_of(given[0], 1));
	assert_int_not_equal(given[0]->samples[0].stack, given[0]->samples[1].stack);
	assert_view(leaf_of(given[1], 0)->function, "");
	assert_true(leaf_of(given[1], 0)->is_in_app);
}

static void names_for_the_stretch_before(void **state)
{
	uint32_t unnamed, named;

	(void)state;
	make_compiled(&unnamed, &named);
	stack = unnamed;
	add(1, 1000, 0);
	process_profiles_tick(profiles, PROFILE_STRETCH_NS);
	add(1, 1001, PROFILE_STRETCH_NS);
	stack = named;
	add(1, 1002, PROFILE_STRETCH_NS);
	process_profiles_finish(profiles);
	assert_int_equal(given_count, 2);
	assert_int_equal(given[0]->samples_count, 1);
	assert_view(leaf_of(given[0], 0)->function, "Interpreter");
	assert_view(leaf_of(given[1], 0)->function, "Interpreter");
	assert_view(leaf_of(given[1], 1)->function, "Interpreter");
}

/* Of files' functions addresses are offsets: those of two files have nothing to do with each other.
 */
static void no_names_for_files(void **state)
{
	struct profile_frame frame = {.image = 0, .kind = PROFILE_FRAME_NATIVE, .offset = 0x10};
	uint32_t total = stack, index;

	(void)state;
	index = profile_add_frame(dictionary, &frame);
	stack = profile_add_stack(dictionary, &index, 1);
	add(1, 1000, 0);
	stack = total; /* at 0x10 of the other */
	add(1, 1001, 0);
	process_profiles_finish(profiles);
	assert_view(leaf_of(given[0], 0)->function, "");
	assert_view(leaf_of(given[0], 1)->function, "total");
}

static void a_stack_that_is_not(void **state)
{
	(void)state;
	stack = 77;
	add(1, 1000, 0);
	process_profiles_finish(profiles);
	assert_int_equal(given[0]->samples[0].stack, PROFILE_OVERFLOW_STACK);
	assert_int_equal(given[0]->losses[PROFILE_CUT_OVERFLOW], 1);
}

static void stretches(void **state)
{
	struct profile_link link = {.trace_id = {1}, .span_id = {2}};
	struct placed_sample first, second;

	(void)state;
	first = add(1, 1000, 0);
	process_profiles_tick(profiles, PROFILE_STRETCH_NS - 1);
	second = add(1, 1001, PROFILE_STRETCH_NS - 1);
	assert_int_equal(second.number, first.number);
	process_profiles_tick(profiles, PROFILE_STRETCH_NS);
	second = add(1, 1002, PROFILE_STRETCH_NS);
	assert_int_not_equal(second.number, first.number);
	assert_int_equal(given_count, 0);
	process_profiles_link(profiles, &first, &link, false);
	process_profiles_link(profiles, &second, &link, true);
	process_profiles_tick(profiles, PROFILE_STRETCH_NS + 10 * NS_PER_S);
	assert_int_equal(given_count, 1);
	assert_int_equal(given[0]->samples_count, 2);
	assert_int_equal(given[0]->links[given[0]->samples[0].link].span_id[0], 2);
	assert_false(given[0]->samples[0].is_link_guess);
	assert_int_equal(given[0]->samples[1].link, NO_PROFILE_LINK);
	/* Too late, and no harm. */
	process_profiles_link(profiles, &first, &link, false);
	process_profiles_link(profiles, &second, NULL, true);
	process_profiles_finish(profiles);
	assert_int_equal(given_count, 2);
	assert_int_equal(given[1]->samples_count, 1);
	assert_int_equal(given[1]->links[given[1]->samples[0].link].span_id[0], 2);
	assert_true(given[1]->samples[0].is_link_guess);
}

static void what_ended_is_forgotten(void **state)
{
	(void)state;
	add(1, 1000, 0);
	process_profiles_tick(profiles, PROFILE_STRETCH_NS);
	process_profiles_tick(profiles, PROFILE_STRETCH_NS + 10 * NS_PER_S);
	assert_int_equal(given_count, 1);
	process_profiles_finish(profiles);
	assert_int_equal(given_count, 1);
}

static void look(void *self, const struct profile *profile)
{
	*(uint32_t *)self += profile->samples_count;
}

static void whoever_looks_sees_what_is_not_given_away(void **state)
{
	uint32_t count = 0;

	(void)state;
	process_profiles_look(profiles, look, &count);
	assert_int_equal(count, 0);
	add(1, 1000, 0);
	process_profiles_tick(profiles, PROFILE_STRETCH_NS);
	add(1, 1001, PROFILE_STRETCH_NS);
	add(2, 1002, PROFILE_STRETCH_NS);
	process_profiles_look(profiles, look, &count);
	assert_int_equal(count, 3);
	process_profiles_finish(profiles);
	process_profiles_look(profiles, look, &count);
	assert_int_equal(count, 3);
}

static void losses(void **state)
{
	(void)state;
	process_profiles_count_loss(profiles, 0, PROFILE_LOST_RING, 3, 0);
	add(1, 1000, 0);
	process_profiles_count_loss(profiles, 0, PROFILE_LOST_RING, 4, 0);
	process_profiles_count_loss(profiles, 2, PROFILE_LOST_UNWIND, 5, 0);
	process_profiles_finish(profiles);
	assert_int_equal(given_count, 2);
	assert_int_equal(given[0]->losses[PROFILE_LOST_RING], 7);
	assert_int_equal(given[1]->losses[PROFILE_LOST_UNWIND], 5);
	assert_int_equal(given[1]->losses[PROFILE_LOST_RING], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_stack_is_translated, begin, end),
		cmocka_unit_test_setup_teardown(names_that_come_late, begin, end),
		cmocka_unit_test_setup_teardown(names_for_the_stretch_before, begin, end),
		cmocka_unit_test_setup_teardown(no_names_for_files, begin, end),
		cmocka_unit_test_setup_teardown(a_stack_that_is_not, begin, end),
		cmocka_unit_test_setup_teardown(stretches, begin, end),
		cmocka_unit_test_setup_teardown(what_ended_is_forgotten, begin, end),
		cmocka_unit_test_setup_teardown(whoever_looks_sees_what_is_not_given_away, begin,
						end),
		cmocka_unit_test_setup_teardown(losses, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
