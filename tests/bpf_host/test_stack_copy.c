/* Copying a stack: gaps, limits, ends, a full ring. The stack is an array of pages of this process,
 * of which a test says which can be read. */
#include "host_programs.h"

#define PAGES 160

static _Alignas(STACK_PAGE_BYTES) char pages[PAGES][STACK_PAGE_BYTES];
static bool is_present[PAGES];
static struct task_struct task;
static struct crash_thread_record record;

static bool is_readable(const void *from)
{
	size_t offset = (size_t)((const char *)from - pages[0]);

	return offset < sizeof(pages) && is_present[offset / STACK_PAGE_BYTES];
}

static int begin(void **state)
{
	(void)state;
	host_begin();
	stub_task = &task;
	task.thread.fsbase = 0;
	stub_is_readable = is_readable;
	memset(is_present, 0, sizeof(is_present));
	for (int i = 0; i < PAGES; i++)
		memset(pages[i], i + 1, sizeof(pages[i]));
	record =
		(struct crash_thread_record){.header.time_ns = 5, .tgid = 7, .tid = 8, .serial = 9};
	return 0;
}

static int end(void **state)
{
	(void)state;
	stub_ring_clear();
	assert_int_equal(stub_ring.reserved, 0);
	return 0;
}

/* One stack. */
static void copy(__u64 sp, __u64 limit)
{
	struct stack_request request = {.sp = sp, .limit = limit};

	assert_int_equal(stack_copy(&record, &request), 0);
}

static void copy_both(__u64 sp, __u64 other_sp, __u64 limit)
{
	struct stack_request request = {.sp = sp, .other_sp = other_sp, .limit = limit};

	assert_int_equal(stack_copy(&record, &request), 0);
}

static void present(int first, int count)
{
	memset(is_present + first, true, (size_t)count);
}

static __u64 address_of(int page)
{
	return (__u64)(uintptr_t)pages[page];
}

/* The copy went through the pages first, first + step and so on. */
static void assert_pages(int count, const int *expected)
{
	assert_int_equal(stub_ring.count, count);
	assert_int_equal(record.pages_copied, count);
	for (int i = 0; i < count; i++) {
		const struct stack_page_record *page = stub_ring.records[i];

		assert_ptr_equal(stub_ring.maps[i], &stack_pages);
		assert_int_equal(stub_ring.flags[i], BPF_RB_NO_WAKEUP);
		assert_int_equal(page->header.kind, RECORD_STACK_PAGE);
		assert_int_equal(page->header.size, sizeof(*page));
		assert_int_equal(page->header.time_ns, 5);
		assert_int_equal(page->tgid, 7);
		assert_int_equal(page->tid, 8);
		assert_int_equal(page->serial, 9);
		assert_int_equal(page->reserved, 0);
		assert_int_equal(page->address, address_of(expected[i]));
		assert_memory_equal(page->bytes, pages[expected[i]], STACK_PAGE_BYTES);
	}
	assert_int_equal(record.reserved[0], 0);
}

static void a_whole_stack(void **state)
{
	(void)state;
	present(10, 3);
	copy(address_of(10) + 4000, 32);
	assert_pages(3, (int[]){10, 11, 12});
	assert_int_equal(record.pages_unreadable, MAX_STACK_GAP + 1);
	assert_int_equal(record.flags, 0);
}

static void the_stack_pointer_in_the_guard_page(void **state)
{
	(void)state;
	present(11, 2);
	copy(address_of(10), 32);
	assert_pages(2, (int[]){11, 12});
}

static void gaps(void **state)
{
	(void)state;
	present(0, 1);
	present(1 + MAX_STACK_GAP, 1);
	present(1 + MAX_STACK_GAP + 1 + MAX_STACK_GAP + 1, 1); /* one too far */
	copy(address_of(0), 32);
	assert_pages(2, (int[]){0, 1 + MAX_STACK_GAP});
	assert_int_equal(record.pages_unreadable, MAX_STACK_GAP + MAX_STACK_GAP + 1);
	assert_int_equal(record.flags, 0);
}

static void the_limit(void **state)
{
	(void)state;
	present(0, 4);
	copy(address_of(0), 3);
	assert_pages(3, (int[]){0, 1, 2});
	assert_int_equal(record.flags, CRASH_IS_TRUNCATED);
}

static void exactly_the_limit(void **state)
{
	(void)state;
	present(0, 3);
	copy(address_of(0), 3);
	assert_pages(3, (int[]){0, 1, 2});
	assert_int_equal(record.flags, 0);
}

static void the_attempts(void **state)
{
	(void)state;
	for (int i = 0; i < PAGES; i += 2)
		present(i, 1);
	copy(address_of(0), MAX_STACK_PAGES);
	assert_int_equal(record.pages_copied, MAX_STACK_ATTEMPTS / 2);
	assert_int_equal(record.pages_unreadable, MAX_STACK_ATTEMPTS / 2);
	assert_int_equal(record.flags, CRASH_IS_TRUNCATED);
}

static void the_known_ends(void **state)
{
	(void)state;
	present(0, PAGES);
	record.stack_start = address_of(2) + 8; /* the environment comes behind it */
	copy(address_of(0), 32);
	assert_pages(3, (int[]){0, 1, 2});
	assert_int_equal(record.flags, 0);
}

static void the_control_block_ends_a_thread(void **state)
{
	(void)state;
	present(0, PAGES);
	record.stack_start = address_of(100);
	task.thread.fsbase = address_of(1) + 0x700;
	copy(address_of(0) + 8, 32);
	assert_pages(2, (int[]){0, 1});
	assert_int_equal(record.flags, 0);
}

static void an_end_below_is_none(void **state)
{
	(void)state;
	present(0, 7);
	record.stack_start = address_of(1);
	task.thread.fsbase = address_of(2);
	copy(address_of(3), 32);
	assert_pages(4, (int[]){3, 4, 5, 6});
}

static void a_full_ring(void **state)
{
	(void)state;
	present(0, 5);
	stub_ring.full_map = &stack_pages;
	copy(address_of(0), 4);
	assert_pages(0, NULL);
	assert_int_equal(record.pages_lost, 4);
	assert_int_equal(record.flags, CRASH_IS_TRUNCATED);
	assert_int_equal(host_drops(DROP_STACK_RING_FULL), 4);
}

static void two_stacks(void **state)
{
	(void)state;
	present(0, 2); /* the handler's, then a gap */
	present(100, 3);
	copy_both(address_of(0), address_of(100) + 8, 32);
	assert_pages(5, (int[]){0, 1, 100, 101, 102});
	assert_int_equal(record.flags, 0);
}

/* The handler's stack lies in memory that goes on: half of the pages are kept for the other. */
static void the_other_stack_has_its_half(void **state)
{
	(void)state;
	present(0, 20);
	present(100, 20);
	copy_both(address_of(0), address_of(100), 8);
	assert_pages(8, (int[]){0, 1, 2, 3, 100, 101, 102, 103});
	assert_int_equal(record.flags, CRASH_IS_TRUNCATED);
}

static void the_other_stack_is_the_same(void **state)
{
	(void)state;
	present(0, 20);
	copy_both(address_of(0), address_of(1) + 8, 8);
	assert_pages(8, (int[]){0, 1, 2, 3, 4, 5, 6, 7});
	assert_int_equal(record.flags, CRASH_IS_TRUNCATED);
}

static void the_same_stack_ends_once(void **state)
{
	(void)state;
	present(0, 3);
	copy_both(address_of(0), address_of(1), 8);
	assert_pages(3, (int[]){0, 1, 2});
	assert_int_equal(record.flags, 0);
	assert_int_equal(record.pages_unreadable, MAX_STACK_GAP + 1);
}

/* A stack pointer that is none must not wrap around or loop. */
static void hostile_stack_pointers(void **state)
{
	static const __u64 values[] = {
		0, 1, 4095, ~0ull, ~0ull - 4096, 1ull << 63, 0x00007ffffffff000};

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		record.pages_unreadable = 0;
		copy(values[i], 32);
		assert_pages(0, NULL);
		assert_true(record.pages_unreadable <= MAX_STACK_GAP + 1);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_whole_stack, begin, end),
		cmocka_unit_test_setup_teardown(the_stack_pointer_in_the_guard_page, begin, end),
		cmocka_unit_test_setup_teardown(gaps, begin, end),
		cmocka_unit_test_setup_teardown(the_limit, begin, end),
		cmocka_unit_test_setup_teardown(exactly_the_limit, begin, end),
		cmocka_unit_test_setup_teardown(the_attempts, begin, end),
		cmocka_unit_test_setup_teardown(the_known_ends, begin, end),
		cmocka_unit_test_setup_teardown(the_control_block_ends_a_thread, begin, end),
		cmocka_unit_test_setup_teardown(an_end_below_is_none, begin, end),
		cmocka_unit_test_setup_teardown(a_full_ring, begin, end),
		cmocka_unit_test_setup_teardown(two_stacks, begin, end),
		cmocka_unit_test_setup_teardown(the_other_stack_has_its_half, begin, end),
		cmocka_unit_test_setup_teardown(the_other_stack_is_the_same, begin, end),
		cmocka_unit_test_setup_teardown(the_same_stack_ends_once, begin, end),
		cmocka_unit_test_setup_teardown(hostile_stack_pointers, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
