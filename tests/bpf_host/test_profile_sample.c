/* One sample: registers, pages of the stack up to its end, flags, what is lost. */
#include <sys/syscall.h>
#include "host_samples.h"

static int begin(void **state)
{
	(void)state;
	host_begin_sample(3);
	return 0;
}

static void take(void)
{
	struct sample_reason reason = {.system_call = -1};
	struct profile_sample_record *record = profile_sample_begin(&reason);

	assert_non_null(record);
	profile_sample_end(record);
}

static void assert_pages(size_t count)
{
	const struct profile_sample_record *sample = host_last_sample();

	assert_int_equal(stub_ring.count, count + 1);
	assert_int_equal(sample->pages_copied, count);
	for (size_t i = 0; i < count; i++) {
		const struct stack_page_record *page = stub_ring.records[i];

		assert_ptr_equal(stub_ring.maps[i], &profile_pages);
		assert_int_equal(stub_ring.flags[i], BPF_RB_NO_WAKEUP);
		assert_int_equal(page->header.kind, RECORD_PROFILE_PAGE);
		assert_int_equal(page->header.size, sizeof(*page));
		assert_int_equal(page->header.time_ns, sample->header.time_ns);
		assert_int_equal(page->tgid, 100);
		assert_int_equal(page->tid, 101);
		assert_int_equal(page->serial, sample->serial);
		assert_int_equal(page->address, (__u64)(uintptr_t)host_pages[2 + i]);
		assert_memory_equal(page->bytes, host_pages[2 + i], STACK_PAGE_BYTES);
	}
}

static void a_whole_sample(void **state)
{
	const struct profile_sample_record *sample;

	(void)state;
	take();
	sample = host_last_sample();
	assert_pages(3);
	assert_int_equal(sample->header.kind, RECORD_PROFILE_SAMPLE);
	assert_int_equal(sample->header.size, sizeof(*sample));
	assert_int_equal(sample->flags, 0);
	assert_int_equal(sample->tgid, 100);
	assert_int_equal(sample->tid, 101);
	assert_int_equal(sample->process_start_ns, 77);
	assert_int_equal(sample->context, 100ull << 32 | 101);
	assert_int_equal(sample->context_kind, CONTEXT_THREAD);
	assert_int_equal(sample->blocked_ns, 0);
	assert_int_equal(sample->system_call, -1);
	assert_int_equal(sample->kernel_frames_count, 0);
	assert_int_equal(sample->registers[REGISTER_PC], 0x401234);
	assert_int_equal(sample->registers[REGISTER_SP], (__u64)(uintptr_t)host_pages[2] + 100);
	assert_int_equal(sample->pages_lost, 0);
	assert_string_equal((const char *)sample->name, "host");
	assert_int_equal(host_drops(DROP_PROFILE_STACK_UNREADABLE), 0);
}

/* At this rate the tail of a sparse stack is not worth failed reads. */
static void the_first_unreadable_page_ends_it(void **state)
{
	(void)state;
	host_is_present[3] = false;
	take();
	assert_pages(1);
	assert_int_equal(host_last_sample()->flags, 0);
}

static void the_limit(void **state)
{
	(void)state;
	host_settings.sample_pages = 2;
	take();
	assert_pages(2);
	assert_int_equal(host_last_sample()->flags, SAMPLE_IS_TRUNCATED);
}

static void the_largest_limit(void **state)
{
	(void)state;
	memset(host_is_present, true, sizeof(host_is_present));
	take();
	assert_pages(MAX_SAMPLE_PAGES);
	assert_int_equal(host_last_sample()->flags, SAMPLE_IS_TRUNCATED);
}

static void exactly_the_limit(void **state)
{
	(void)state;
	host_settings.sample_pages = 3;
	take();
	assert_pages(3);
	assert_int_equal(host_last_sample()->flags, 0);
}

static void the_known_end(void **state)
{
	(void)state;
	host_mm.start_stack = (unsigned long)host_pages[3] + 8 + DUMPABLE_BY_OWNER;
	take();
	assert_pages(2);
	assert_int_equal(host_last_sample()->flags, 0);
}

static void nothing_readable(void **state)
{
	(void)state;
	host_is_present[2] = false;
	take();
	assert_pages(0);
	assert_int_equal(host_drops(DROP_PROFILE_STACK_UNREADABLE), 1);
	assert_int_equal(host_last_sample()->flags, 0);
}

/* Its registers are those of a program that is no more. */
static void it_executes_another_program(void **state)
{
	(void)state;
	host_is_present[2] = false;
	host_registers()->orig_ax = SYS_execve;
	take();
	assert_pages(0);
	assert_int_equal(host_drops(DROP_PROFILE_STACK_UNREADABLE), 0);
	assert_int_equal(host_last_sample()->flags, SAMPLE_HAS_NO_STACK);
}

static void the_ring_of_pages_is_full(void **state)
{
	(void)state;
	stub_ring.full_map = &profile_pages;
	take();
	assert_pages(0);
	assert_int_equal(host_last_sample()->pages_lost, 1);
	assert_int_equal(host_drops(DROP_PROFILE_PAGES_FULL), 1);
	assert_int_equal(host_drops(DROP_PROFILE_STACK_UNREADABLE), 0);
}

static void the_ring_of_samples_is_full(void **state)
{
	struct sample_reason reason = {.system_call = -1};

	(void)state;
	stub_ring.full_map = &profile_samples;
	assert_null(profile_sample_begin(&reason));
	assert_int_equal(stub_ring.count, 0);
	assert_int_equal(host_drops(DROP_PROFILE_RING_FULL), 1);
}

static void of_what_only_its_owner_may_see_nothing_is_copied(void **state)
{
	const struct profile_sample_record *sample;

	(void)state;
	host_mm.start_stack = 2;
	take();
	sample = host_last_sample();
	assert_pages(0);
	assert_int_equal(sample->flags, SAMPLE_IS_NOT_DUMPABLE);
	for (int i = 0; i < REGISTERS_COUNT; i++)
		assert_int_equal(sample->registers[i], i == REGISTER_PC ? 0x401234 : 0);
}

static void at_its_end_it_has_no_memory(void **state)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	(void)state;
	task->mm = NULL;
	take();
	assert_pages(0);
	assert_int_equal(host_last_sample()->flags, SAMPLE_HAS_NO_STACK);
	assert_int_equal(host_last_sample()->registers[REGISTER_PC], 0x401234);
	assert_int_equal(host_drops(DROP_PROFILE_STACK_UNREADABLE), 0);
}

static void a_32_bit_program(void **state)
{
	(void)state;
	host_registers()->cs = USER_CODE_32BIT;
	take();
	assert_pages(0);
	assert_int_equal(host_last_sample()->flags, SAMPLE_IS_COMPAT);
	assert_int_equal(host_last_sample()->registers[REGISTER_PC], 0x401234);
}

static void a_worker_of_the_kernel_has_no_user_side(void **state)
{
	struct sample_reason reason = {.system_call = -1};

	(void)state;
	host_registers()->ip = 0;
	assert_null(profile_sample_begin(&reason));
	assert_int_equal(stub_ring.count, 0);
	assert_int_equal(host_drops(DROP_PROFILE_RING_FULL), 0);
}

static void the_agent_is_woken_when_many_wait(void **state)
{
	(void)state;
	take();
	assert_int_equal(stub_ring.flags[stub_ring.count - 1], BPF_RB_NO_WAKEUP);
	stub_ring.available = 1000;
	take();
	assert_int_equal(stub_ring.flags[stub_ring.count - 1], BPF_RB_FORCE_WAKEUP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_whole_sample, begin, host_end_sample),
		cmocka_unit_test_setup_teardown(the_first_unreadable_page_ends_it, begin,
						host_end_sample),
		cmocka_unit_test_setup_teardown(the_limit, begin, host_end_sample),
		cmocka_unit_test_setup_teardown(the_largest_limit, begin, host_end_sample),
		cmocka_unit_test_setup_teardown(exactly_the_limit, begin, host_end_sample),
		cmocka_unit_test_setup_teardown(the_known_end, begin, host_end_sample),
		cmocka_unit_test_setup_teardown(nothing_readable, begin, host_end_sample),
		cmocka_unit_test_setup_teardown(it_executes_another_program, begin,
						host_end_sample),
		cmocka_unit_test_setup_teardown(the_ring_of_pages_is_full, begin, host_end_sample),
		cmocka_unit_test_setup_teardown(the_ring_of_samples_is_full, begin,
						host_end_sample),
		cmocka_unit_test_setup_teardown(of_what_only_its_owner_may_see_nothing_is_copied,
						begin, host_end_sample),
		cmocka_unit_test_setup_teardown(at_its_end_it_has_no_memory, begin,
						host_end_sample),
		cmocka_unit_test_setup_teardown(a_32_bit_program, begin, host_end_sample),
		cmocka_unit_test_setup_teardown(a_worker_of_the_kernel_has_no_user_side, begin,
						host_end_sample),
		cmocka_unit_test_setup_teardown(the_agent_is_woken_when_many_wait, begin,
						host_end_sample),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
