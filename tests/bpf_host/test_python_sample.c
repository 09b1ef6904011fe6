/* Frames of Python: one's own thread among others, frames with and without those that stand for a
 * call from C, bounds, and memory that is something else. */
#include "host_samples.h"

#define FRAMES 100

static struct python_runtime runtime;
static struct profile_sample_record record;

/* As one of them could be laid out. */
static struct {
	__u64 unused, interpreter;
} python;
static struct {
	__u64 unused[2], threads;
} interpreter;
static struct thread {
	__u64 next, id, frame;
} threads[100];
static struct {
	__u64 unused, frame;
} holder;
static struct frame {
	__u64 code, back;
	__u8 padding[6], entry, unused;
} frames[FRAMES];

static __u64 address_of(const void *object)
{
	return (__u64)(uintptr_t)object;
}

static void set_runtime(void)
{
	__u32 tgid = 100;

	bpf_map_update_elem(&python_runtimes, &tgid, &runtime, BPF_ANY);
}

static int begin(void **state)
{
	(void)state;
	host_begin_sample(1);
	stub_is_readable = NULL;
	memset(frames, 0, sizeof(frames));
	memset(threads, 0, sizeof(threads));
	memset(&record, 0, sizeof(record));
	record.tgid = 100;
	host_task.thread.fsbase = 0x7777;
	python.interpreter = address_of(&interpreter);
	interpreter.threads = address_of(&threads[0]);
	threads[0] = (struct thread){address_of(&threads[1]), 0x6666, 0};
	threads[1] = (struct thread){0, 0x7777, address_of(&frames[0])};
	for (__u64 i = 0; i < 3; i++)
		frames[i] = (struct frame){.code = 0x1000 + 16 * i,
					   .back = i < 2 ? address_of(&frames[i + 1]) : 0};
	runtime = (struct python_runtime){
		.address = address_of(&python),
		.interpreter = 8,
		.threads = 16,
		.thread_next = 0,
		.thread_id = 8,
		.thread_frame = 16,
		.frame_in = NO_PYTHON_HOLDER,
		.frame_code = 0,
		.frame_back = 8,
	};
	set_runtime();
	return 0;
}

static void assert_frames(int count, const __u64 *expected)
{
	python_sample_frames(&record);
	assert_int_equal(record.python_frames_count, count);
	for (int i = 0; i < count; i++)
		assert_int_equal(record.python_frames[i], expected[i]);
}

static void c_calls_each(void **state)
{
	(void)state;
	assert_frames(3, (__u64[]){0x1001, 0x1011, 0x1021});
}

static void some_are_called_by_python(void **state)
{
	(void)state;
	runtime.frame_entry = 22;
	runtime.entry_value = 1;
	set_runtime();
	frames[1].entry = frames[2].entry = 1;
	assert_frames(3, (__u64[]){0x1000, 0x1011, 0x1021});
}

static void frames_that_stand_for_a_call(void **state)
{
	(void)state;
	runtime.frame_entry = 22;
	runtime.entry_value = 3;
	runtime.has_shims = 1;
	set_runtime();
	frames[1].entry = 3;
	frames[2].entry = 1; /* a generator's */
	assert_frames(3, (__u64[]){0x1000, 1, 0x1020});
}

static void a_frame_in_a_holder(void **state)
{
	(void)state;
	holder.frame = threads[1].frame;
	threads[1].frame = address_of(&holder);
	runtime.frame_in = 8;
	set_runtime();
	assert_frames(3, (__u64[]){0x1001, 0x1011, 0x1021});
	holder.frame = 0;
	record.python_frames_count = 0;
	assert_frames(0, NULL);
}

static void a_thread_that_is_not_pythons(void **state)
{
	(void)state;
	threads[1].id = 0x8888;
	assert_frames(0, NULL);
}

static void bounds(void **state)
{
	(void)state;
	for (int i = 0; i < FRAMES; i++)
		frames[i].back = address_of(&frames[(i + 1) % FRAMES]); /* a ring */
	python_sample_frames(&record);
	assert_int_equal(record.python_frames_count, MAX_PYTHON_SAMPLES);
	for (int i = 0; i < 99; i++)
		threads[i] = (struct thread){address_of(&threads[i + 1]), 0x6666, 0};
	threads[MAX_PYTHON_THREADS].id = 0x7777;
	record.python_frames_count = 0;
	assert_frames(0, NULL);
}

static void no_python(void **state)
{
	(void)state;
	record.tgid = 101;
	assert_frames(0, NULL);
	record.tgid = 100;
	python.interpreter = 0;
	interpreter.threads = 0;
	stub_reads_until_failure = 0;
	assert_frames(0, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(c_calls_each, begin, host_end_sample),
		cmocka_unit_test_setup_teardown(some_are_called_by_python, begin, host_end_sample),
		cmocka_unit_test_setup_teardown(frames_that_stand_for_a_call, begin,
						host_end_sample),
		cmocka_unit_test_setup_teardown(a_frame_in_a_holder, begin, host_end_sample),
		cmocka_unit_test_setup_teardown(a_thread_that_is_not_pythons, begin,
						host_end_sample),
		cmocka_unit_test_setup_teardown(bounds, begin, host_end_sample),
		cmocka_unit_test_setup_teardown(no_python, begin, host_end_sample),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
