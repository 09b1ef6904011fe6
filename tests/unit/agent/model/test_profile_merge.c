/* Merging: the same things stay one, the sums are the sums, whatever the order of the tables. */
#include "model/profile_merge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "sample_profile.h"

static void test_the_same_twice(void **state)
{
	struct profile *a = sample_profile_new(NULL), *b = sample_profile_new(NULL);
	uint32_t frames = a->frames_count, stacks = a->stacks_count;

	(void)state;
	b->start_unix_ns -= 1000;
	b->end_unix_ns += 1000;
	assert_int_equal(profile_merge_add(a, b), 0);
	assert_int_equal(a->frames_count, frames);
	assert_int_equal(a->stacks_count, stacks);
	assert_int_equal(a->images_count, 1);
	assert_int_equal(a->threads_count, 2);
	assert_int_equal(a->links_count, 2);
	assert_int_equal(a->samples_count, 28);
	assert_int_equal(a->on_cpu_ns, 26 * SAMPLE_PERIOD_NS);
	assert_int_equal(a->off_cpu_ns, 100000000);
	assert_int_equal(a->start_unix_ns, b->start_unix_ns);
	assert_int_equal(a->end_unix_ns, b->end_unix_ns);
	profile_free(&a);
	profile_free(&b);
}

static void test_into_another_order(void **state)
{
	struct profile *into = NULL, *from = sample_profile_new(NULL);
	struct crash_image other = {.path = view_of_text("/other")};
	const struct profile_sample *sample;
	const struct profile_stack *stack;

	(void)state;
	assert_int_equal(profile_new(&into, NULL, 0), 0);
	(void)profile_add_image(into, &other);
	(void)sampled_frame(into, "other", PROFILE_FRAME_NATIVE, 0, 5);
	(void)profile_add_thread(into, 1, 1, view_of_text("other"));
	(void)profile_add_link(into, SAMPLE_TRACE_ID, SAMPLE_TRACE_ID);
	assert_int_equal(profile_merge_add(into, from), 0);
	assert_int_equal(into->frequency_hz, 99);
	assert_int_equal(into->samples_count, from->samples_count);
	sample = &into->samples[0];
	stack = &into->stacks[sample->stack];
	assert_int_equal(stack->depth, 3);
	assert_memory_equal(into->frames[into->stack_frames[stack->first]].function.bytes, "parse",
			    5);
	assert_int_equal(into->frames[into->stack_frames[stack->first]].image, 1);
	assert_int_equal(into->threads[sample->thread].tid, 4711);
	assert_memory_equal(into->links[sample->link].trace_id, SAMPLE_TRACE_ID, 16);
	assert_int_equal(into->samples[from->samples_count - 2].link, NO_PROFILE_LINK);
	assert_true(into->samples[from->samples_count - 1].is_off_cpu);
	profile_free(&into);
	profile_free(&from);
}

static void test_losses_add_up(void **state)
{
	struct profile *a = sample_profile_new(NULL), *b = sample_profile_new(NULL);

	(void)state;
	profile_count_loss(a, PROFILE_LOST_RING, 3);
	profile_count_loss(b, PROFILE_LOST_RING, 4);
	sample_at(b, 0, PROFILE_OVERFLOW_STACK, 2, NO_PROFILE_LINK);
	assert_int_equal(b->losses[PROFILE_CUT_OVERFLOW], 2);
	b->is_incomplete = true;
	assert_int_equal(profile_merge_add(a, b), 0);
	assert_int_equal(a->losses[PROFILE_LOST_RING], 7);
	assert_int_equal(a->losses[PROFILE_CUT_OVERFLOW], 2);
	assert_true(a->is_incomplete);
	profile_free(&a);
	profile_free(&b);
}

static void test_resource_is_the_first(void **state)
{
	struct resource *resource;
	struct profile *a = sample_profile_new(NULL), *b;

	(void)state;
	assert_int_equal(resource_new(&resource), 0);
	b = sample_profile_new(resource);
	assert_int_equal(profile_merge_add(a, b), 0);
	assert_ptr_equal(a->resource, resource);
	assert_int_equal(resource->references, 3);
	profile_free(&a);
	profile_free(&b);
	resource_release(&resource);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_same_twice),
		cmocka_unit_test(test_into_another_order),
		cmocka_unit_test(test_losses_add_up),
		cmocka_unit_test(test_resource_is_the_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
