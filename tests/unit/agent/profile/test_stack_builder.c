/* From a sample to a stack: whose frames, in which order, what is said of one that is not whole;
 * and the same dictionary from its records. */
#include "profile/stack_builder.h"

#include <unistd.h>
#include "cmocka_test.h"
#include "profile/recorded_profile.h"

#define MAX_TOLD 1024

static char kallsyms[] = "/tmp/limpet-kallsyms-XXXXXX";
static struct stack_builder *builder, *again;
static struct crash_images images;
static struct crash_image places[1];
static struct job_mapping mappings[2];
static struct sample sample;
static struct crash_frame frames[MAX_CRASH_FRAMES];
static struct unwound_sample unwound;
static uint32_t told;

static void on_record(void *self, struct view record)
{
	_Alignas(8) char copy[MAX_PROFILE_RECORD_BYTES];

	(void)self;
	told++;
	memcpy(copy, record.bytes, record.size);
	assert_true(stack_builder_take_record(again, view_of(copy, record.size)));
}

static int begin(void **state)
{
	(void)state;
	places[0] = (struct crash_image){.path = VIEW_LITERAL("/usr/bin/shop"), .start = 0x400000};
	mappings[0] = (struct job_mapping){0x401000, 0x402000, 0x1000, 0};
	mappings[1] = (struct job_mapping){0x70000000, 0x70001000, 0, NO_IMAGE};
	images = (struct crash_images){
		.mappings = mappings, .mappings_count = 2, .places = places, .images_count = 1};
	memset(&sample, 0, sizeof(sample));
	sample.record.system_call = -1;
	memset(frames, 0, sizeof(frames));
	unwound = (struct unwound_sample){.frames = frames, .images = &images, .is_complete = true};
	told = 0;
	if (stack_builder_new(&again, NULL, NULL, NULL) < 0)
		return -1;
	return stack_builder_new(&builder, kallsyms, on_record, NULL);
}

static int end(void **state)
{
	(void)state;
	stack_builder_free(&builder);
	stack_builder_free(&again);
	return 0;
}

static int write_kallsyms(void **state)
{
	int fd = mkstemp(kallsyms);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	(void)state;
	if (!file)
		return -1;
	(void)fputs("ffffffff81000000 T do_read\nffffffff81001000 T do_syscall\n", file);
	return fclose(file);
}

static int remove_kallsyms(void **state)
{
	(void)state;
	return unlink(kallsyms);
}

static void push(uint64_t pc, const char *function, uint32_t image)
{
	frames[unwound.frames_count] = (struct crash_frame){
		.pc = pc,
		.function = view_of_text(function),
		.image = image,
		.is_exact_pc = unwound.frames_count == 0,
		.is_in_app = image != NO_IMAGE,
	};
	unwound.frames_count++;
}

static const struct profile_frame *frame_at(const struct stack_builder *of, uint32_t stack,
					    uint32_t depth)
{
	const struct profile *dictionary = stack_builder_dictionary(of);

	return &dictionary
			->frames[dictionary->stack_frames[dictionary->stacks[stack].first + depth]];
}

/* Names, leaf first, of what both dictionaries have. */
static void assert_stack(struct built_stack built, int count, const char *const *names)
{
	for (int side = 0; side < 2; side++) {
		const struct stack_builder *of = side ? again : builder;
		const struct profile *dictionary = stack_builder_dictionary(of);

		assert_true(built.stack < dictionary->stacks_count);
		assert_int_equal(dictionary->stacks[built.stack].depth, count);
		for (int i = 0; i < count; i++)
			assert_view(frame_at(of, built.stack, (uint32_t)i)->function, names[i]);
	}
}

static void a_program(void **state)
{
	const struct profile_frame *frame;
	struct built_stack built;
	uint32_t before;

	(void)state;
	push(0x401010, "total", 0);
	push(0x401100, "main", 0);
	built = stack_builder_add(builder, &sample, &unwound);
	assert_int_equal(built.loss, 0);
	assert_stack(built, 2, (const char *[]){"total", "main"});
	frame = frame_at(builder, built.stack, 0);
	assert_int_equal(frame->kind, PROFILE_FRAME_NATIVE);
	assert_int_equal(frame->offset, 0x1010);
	assert_true(frame->is_in_app);
	/* The call, not where it returns to. */
	assert_int_equal(frame_at(builder, built.stack, 1)->offset, 0x10ff);
	assert_int_equal(told, 4); /* image, frames, stack */
	before = told;
	assert_int_equal(stack_builder_add(builder, &sample, &unwound).stack, built.stack);
	assert_int_equal(told, before);
}

static void compiled_code(void **state)
{
	struct built_stack built;

	(void)state;
	push(0x70000010, "LazyCompile:~total", NO_IMAGE);
	push(0x70000100, "", NO_IMAGE);
	push(0x10, "", NO_IMAGE); /* nowhere */
	built = stack_builder_add(builder, &sample, &unwound);
	assert_stack(built, 3, (const char *[]){"LazyCompile:~total", "", ""});
	assert_int_equal(frame_at(builder, built.stack, 0)->kind, PROFILE_FRAME_JIT);
	assert_int_equal(frame_at(builder, built.stack, 1)->kind, PROFILE_FRAME_JIT);
	assert_int_equal(frame_at(builder, built.stack, 1)->offset, 0x700000ff);
	assert_int_equal(frame_at(builder, built.stack, 2)->kind, PROFILE_FRAME_NATIVE);
	assert_int_equal(frame_at(builder, built.stack, 2)->image, NO_IMAGE);
}

static void the_kernel(void **state)
{
	struct built_stack built;

	(void)state;
	push(0x401010, "read", 0);
	sample.record.flags = SAMPLE_IN_KERNEL;
	sample.record.kernel_frames_count = 3;
	sample.record.kernel_frames[0] = 0xffffffff81000010;
	sample.record.kernel_frames[1] = 0xffffffff81002000;
	sample.record.kernel_frames[2] = 0x1000; /* below all functions */
	built = stack_builder_add(builder, &sample, &unwound);
	assert_stack(built, 4, (const char *[]){"do_read", "do_syscall", "[kernel]", "read"});
	assert_int_equal(frame_at(builder, built.stack, 0)->kind, PROFILE_FRAME_KERNEL);
	/* Where in it, is not told: addresses of the kernel are secrets. */
	assert_int_equal(frame_at(builder, built.stack, 0)->offset, 0);
	sample.record.kernel_frames_count = 0;
	built = stack_builder_add(builder, &sample, &unwound);
	assert_stack(built, 2, (const char *[]){"[kernel]", "read"});
}

static void a_wait(void **state)
{
	struct built_stack built;

	(void)state;
	push(0x401010, "main", 0);
	sample.record.flags = SAMPLE_IS_OFF_CPU;
	built = stack_builder_add(builder, &sample, &unwound);
	assert_stack(built, 2, (const char *[]){"[fault or stop]", "main"});
#if defined(__x86_64__)
	sample.record.system_call = 202;
	built = stack_builder_add(builder, &sample, &unwound);
	assert_stack(built, 2, (const char *[]){"futex", "main"});
	assert_int_equal(frame_at(builder, built.stack, 0)->kind, PROFILE_FRAME_KERNEL);
#endif
}

static void not_whole(void **state)
{
	struct built_stack built;

	(void)state;
	push(0x401010, "total", 0);
	unwound.is_complete = false;
	built = stack_builder_add(builder, &sample, &unwound);
	assert_stack(built, 2, (const char *[]){"total", "[unwind failed]"});
	assert_int_equal(built.loss, PROFILE_CUT_UNWIND);
	unwound.is_truncated = true;
	built = stack_builder_add(builder, &sample, &unwound);
	assert_stack(built, 2, (const char *[]){"total", "[truncated]"});
	assert_int_equal(built.loss, PROFILE_CUT_DEPTH);
	unwound.is_truncated = false;
	sample.record.pages_lost = 1;
	built = stack_builder_add(builder, &sample, &unwound);
	assert_int_equal(built.loss, PROFILE_CUT_DEPTH);
	/* Whole all the same. */
	unwound.is_complete = true;
	built = stack_builder_add(builder, &sample, &unwound);
	assert_int_equal(built.loss, 0);
}

static void folded_recursion_is_as_it_was(void **state)
{
	struct built_stack built;

	(void)state;
	push(0x401010, "leaf", 0);
	push(0x401100, "even", 0);
	push(0x401200, "odd", 0);
	push(0x401300, "main", 0);
	frames[1].repeats = frames[2].repeats = 2;
	built = stack_builder_add(builder, &sample, &unwound);
	assert_stack(built, 8,
		     (const char *[]){"leaf", "even", "odd", "even", "odd", "even", "odd", "main"});
}

static void deeper_than_the_limit(void **state)
{
	struct built_stack built;
	const char *names[MAX_PROFILE_DEPTH];

	(void)state;
	push(0x401010, "leaf", 0);
	push(0x401100, "descend", 0);
	push(0x401300, "main", 0);
	frames[1].repeats = 1000000000;
	names[0] = "leaf";
	for (int i = 1; i < MAX_PROFILE_DEPTH - 1; i++)
		names[i] = "descend";
	names[MAX_PROFILE_DEPTH - 1] = "[truncated]";
	built = stack_builder_add(builder, &sample, &unwound);
	assert_int_equal(built.loss, PROFILE_CUT_DEPTH);
	assert_stack(built, MAX_PROFILE_DEPTH, names);
}

static void records_of_nothing(void **state)
{
	struct byte_buffer record;
	struct profile_frame frame = {.image = 5};
	uint32_t frames_of[1] = {99};

	(void)state;
	byte_buffer_init(&record, MAX_PROFILE_RECORD_BYTES);
	assert_int_equal(recorded_profile_write_frame(&record, &frame, 1), 0);
	assert_false(stack_builder_take_record(again, byte_buffer_view(&record)));
	byte_buffer_clear(&record);
	assert_int_equal(recorded_profile_write_stack(&record, frames_of, 1, 1), 0);
	assert_false(stack_builder_take_record(again, byte_buffer_view(&record)));
	assert_int_equal(stack_builder_dictionary(again)->stacks_count, 1);
	byte_buffer_done(&record);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_program, begin, end),
		cmocka_unit_test_setup_teardown(compiled_code, begin, end),
		cmocka_unit_test_setup_teardown(the_kernel, begin, end),
		cmocka_unit_test_setup_teardown(a_wait, begin, end),
		cmocka_unit_test_setup_teardown(not_whole, begin, end),
		cmocka_unit_test_setup_teardown(folded_recursion_is_as_it_was, begin, end),
		cmocka_unit_test_setup_teardown(deeper_than_the_limit, begin, end),
		cmocka_unit_test_setup_teardown(records_of_nothing, begin, end),
	};

	return cmocka_run_group_tests(tests, write_kallsyms, remove_kallsyms);
}
