/* Code objects of this process's own memory as frames, looked at once; and in a stack they stand
 * where the interpreter's function was. */
#include "profile/python_frames.h"

#include <unistd.h>
#include "cmocka_test.h"
#include "process/python_version.h"

#define MINOR 11

static _Alignas(16) char codes[3][512], names[3][512], file[512];
static struct stack_builder *stacks;
static struct python_frames *frames;
static struct sample sample;

static void put(char *object, size_t offset, uint64_t word)
{
	memcpy(object + offset, &word, sizeof(word));
}

static void put_text(char *object, const char *text)
{
	memset(object, 0, 512);
	put(object, 16, strlen(text));
	put(object, 32, PYTHON_TEXT_IS_COMPACT | PYTHON_TEXT_IS_ASCII | 1 << 2);
	memcpy(object + python_version_layout(MINOR)->text_ascii, text, strlen(text));
}

static void put_code(int number, const char *name)
{
	const struct python_layout *layout = python_version_layout(MINOR);
	uint32_t line = 10 + (uint32_t)number;

	memset(codes[number], 0, sizeof(codes[number]));
	put_text(names[number], name);
	put(codes[number], layout->code_name + 8, (uintptr_t)names[number]);
	put(codes[number], layout->code_file, (uintptr_t)file);
	memcpy(codes[number] + layout->code_first_line, &line, sizeof(line));
}

static int begin(void **state)
{
	(void)state;
	put_text(file, "/srv/shop.py");
	put_code(0, "Cart.total");
	put_code(1, "handle");
	put_code(2, "<module>");
	memset(&sample, 0, sizeof(sample));
	sample.record.tgid = (uint32_t)getpid();
	sample.record.system_call = -1;
	sample.record.python_frames_count = 3;
	for (int i = 0; i < 3; i++)
		sample.record.python_frames[i] = (uintptr_t)codes[i];
	sample.record.python_frames[1] |= PYTHON_FRAME_IS_ENTRY;
	sample.record.python_frames[2] |= PYTHON_FRAME_IS_ENTRY;
	if (stack_builder_new(&stacks, NULL, NULL, NULL) < 0)
		return -1;
	return python_frames_new(&frames, stacks);
}

static int end(void **state)
{
	(void)state;
	python_frames_free(&frames);
	assert_null(frames);
	stack_builder_free(&stacks);
	return 0;
}

static const struct profile_frame *frame_at(uint32_t index)
{
	const struct profile *dictionary = stack_builder_dictionary(stacks);

	assert_true(index < dictionary->frames_count);
	return &dictionary->frames[index];
}

static void each_is_looked_at_once(void **state)
{
	const struct profile_frame *frame;
	uint32_t total;

	(void)state;
	python_frames_resolve(frames, &sample); /* nobody said that it is a Python */
	assert_int_equal(sample.python_count, 0);
	python_frames_set_process(frames, (uint32_t)getpid(), MINOR);
	python_frames_resolve(frames, &sample);
	assert_int_equal(sample.python_count, 3);
	frame = frame_at(sample.python[0].frame);
	assert_view(frame->function, "Cart.total");
	assert_view(frame->file, "/srv/shop.py");
	assert_int_equal(frame->line, 10);
	assert_int_equal(frame->kind, PROFILE_FRAME_INTERPRETED);
	assert_true(frame->is_in_app);
	assert_false(sample.python[0].is_entry);
	assert_true(sample.python[1].is_entry);
	total = sample.python[0].frame;
	put_code(0, "another");
	python_frames_resolve(frames, &sample);
	assert_int_equal(sample.python[0].frame, total);
	/* Another program in the process. */
	python_frames_set_process(frames, (uint32_t)getpid(), MINOR);
	python_frames_resolve(frames, &sample);
	assert_view(frame_at(sample.python[0].frame)->function, "another");
	python_frames_set_process(frames, (uint32_t)getpid(), 0);
	sample.python_count = 0;
	python_frames_resolve(frames, &sample);
	assert_int_equal(sample.python_count, 0);
}

static void what_is_no_code_object(void **state)
{
	(void)state;
	python_frames_set_process(frames, (uint32_t)getpid(), MINOR);
	sample.record.python_frames[0] = PYTHON_FRAME_IS_ENTRY; /* it stands for a call */
	sample.record.python_frames[1] = 0x1000;
	python_frames_resolve(frames, &sample);
	assert_int_equal(sample.python[0].frame, NO_PYTHON_FRAME);
	assert_true(sample.python[0].is_entry);
	assert_int_equal(sample.python[1].frame, NO_PYTHON_FRAME);
	assert_view(frame_at(sample.python[2].frame)->function, "<module>");
}

/* Native frames, leaf first. */
static void assert_stack(int natives_count, const char *const *natives, int count,
			 const char *const *expected)
{
	static struct crash_frame native[8];
	struct crash_images images = {0};
	struct unwound_sample unwound = {.frames = native,
					 .frames_count = (uint32_t)natives_count,
					 .is_complete = true,
					 .images = &images};
	const struct profile *dictionary = stack_builder_dictionary(stacks);
	const struct profile_stack *stack;
	struct built_stack built;

	for (int i = 0; i < natives_count; i++)
		native[i] = (struct crash_frame){.pc = 0x1000 + (uint64_t)i,
						 .image = NO_IMAGE,
						 .function = view_of_text(natives[i])};
	built = stack_builder_add(stacks, &sample, &unwound);
	stack = &dictionary->stacks[built.stack];
	assert_int_equal(stack->depth, count);
	for (int i = 0; i < count; i++)
		assert_view(
			frame_at(dictionary->stack_frames[stack->first + (uint32_t)i])->function,
			expected[i]);
}

#define EVAL "_PyEval_EvalFrameDefault"

static void in_a_stack(void **state)
{
	(void)state;
	python_frames_set_process(frames, (uint32_t)getpid(), MINOR);
	python_frames_resolve(frames, &sample);
	assert_stack(5, (const char *[]){"long_add", EVAL, "slot_call", EVAL ".cold", "main"}, 6,
		     (const char *[]){"long_add", "Cart.total", "handle", "slot_call", "<module>",
				      "main"});
	/* More calls of the interpreter than frames are known: those are shown as they are. */
	assert_stack(4, (const char *[]){EVAL, EVAL, EVAL, "main"}, 5,
		     (const char *[]){"Cart.total", "handle", "<module>", EVAL, "main"});
	sample.python[2].frame = NO_PYTHON_FRAME;
	assert_stack(3, (const char *[]){EVAL, EVAL, "main"}, 4,
		     (const char *[]){"Cart.total", "handle", EVAL, "main"});
	sample.python_count = 0;
	assert_stack(2, (const char *[]){EVAL, "main"}, 2, (const char *[]){EVAL, "main"});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_is_looked_at_once, begin, end),
		cmocka_unit_test_setup_teardown(what_is_no_code_object, begin, end),
		cmocka_unit_test_setup_teardown(in_a_stack, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
