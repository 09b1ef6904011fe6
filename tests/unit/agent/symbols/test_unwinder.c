/* Walks of this process's own stacks, next to glibc's backtrace(): plain calls, signal handlers,
 * calls through null, threads, recursion. */
#include <execinfo.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>
#include "cmocka_test.h"
#include "own_process.h"
#include "symbols/row_cache.h"

/* On x86-64 every call does. */
#define MAY_NOT_TOUCH_THE_STACK (OWN_MACHINE == MACHINE_ARM64)

static struct own_process own;
static struct unwound_frame frames[MAX_CRASH_FRAMES];
static uint32_t frames_count;
static bool is_truncated;
static void *expected[4096];
static int expected_count;

static void walk(void)
{
	frames_count = unwinder_walk(&own.space, &own.memory, own.registers, frames,
				     MAX_CRASH_FRAMES, &is_truncated);
}

/* Looks at itself; what both see from its caller on must be the same. */
static __attribute__((noinline)) void walk_here(void)
{
	ucontext_t context;

	assert_int_equal(getcontext(&context), 0);
	own_process_copy_registers(&own, &context);
	own_process_copy_stack(&own, OWN_PAGES);
	expected_count = backtrace(expected, 4096);
	walk();
}

/* The sanitizer puts frames of its own before the ones of backtrace()'s caller. */
static int find_expected(uint64_t pc)
{
	for (int i = 0; i < expected_count; i++)
		if ((uintptr_t)expected[i] == pc)
			return i;
	return -1;
}

static void expect_as_backtrace(int most_skipped)
{
	int skipped = find_expected(frames[1].pc) - 1;

	assert_in_range(skipped, 0, most_skipped);
	assert_int_equal((int)frames_count, expected_count - skipped);
	assert_int_equal(frames[0].trust, TRUST_CONTEXT);
	assert_true(frames[0].is_exact_pc);
	for (uint32_t i = 1; i < frames_count; i++) {
		assert_int_equal(frames[i].pc, (uintptr_t)expected[i + (uint32_t)skipped]);
		assert_int_equal(frames[i].trust, TRUST_CFI);
		assert_int_equal(frames[i].repeats, 0);
		assert_int_equal(frames[i].mapping,
				 unwinder_find_mapping(&own.space, frames[i].pc));
		assert_true(i + 1 == frames_count ||
			    frames[i].cfa + MAY_NOT_TOUCH_THE_STACK > frames[i - 1].cfa);
	}
	assert_false(is_truncated);
	/* Its end is known as one. */
	for (uint32_t i = 0; i < frames_count; i++)
		assert_int_equal(frames[i].is_outermost, i + 1 == frames_count);
}

static void test_own_stack(void **state)
{
	(void)state;
	walk_here();
	expect_as_backtrace(2);
}

static int compare_and_walk(const void *a, const void *b)
{
	walk_here();
	return *(const int *)a - *(const int *)b;
}

/* Through libc, and a frame whose size only the frame pointer knows. */
static void test_through_libraries(void **state)
{
	int numbers[] = {2, 1};
	volatile char *room = __builtin_alloca((size_t)(frames_count % 7 + 1) * 100);

	(void)state;
	room[0] = 1;
	qsort(numbers, 2, sizeof(numbers[0]), compare_and_walk);
	expect_as_backtrace(2);
	assert_int_equal(numbers[0], room[0]);
}

static void *run_thread(void *unused)
{
	(void)unused;
	walk_here();
	return NULL;
}

static void test_thread(void **state)
{
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, run_thread, NULL), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	expect_as_backtrace(2);
}

static void walk_in_handler(int signal)
{
	(void)signal;
	walk_here();
}

static void install(void (*handler)(int, siginfo_t *, void *), int flags)
{
	struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags};

	assert_int_equal(sigaction(SIGSEGV, &action, NULL), 0);
	assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
}

/* The handler and what it interrupted, both. */
static void test_inside_handler(void **state)
{
	uint32_t exact = 0;

	(void)state;
	signal(SIGUSR1, walk_in_handler);
	raise(SIGUSR1);
	expect_as_backtrace(2);
	for (uint32_t i = 1; i < frames_count; i++)
		exact += frames[i].is_exact_pc;
	assert_int_equal(exact, 2);
	/* This one, the handler, the kernel's return (no call leads there), then raise() where it
	 * was interrupted. */
	assert_true(frames[2].is_exact_pc);
	assert_true(frames[3].is_exact_pc);
}

static sigjmp_buf after_fault;

/* What limpet captures when there is no handler. */
static void keep_fault(int signal, siginfo_t *details, void *context)
{
	(void)signal;
	(void)details;
	own_process_copy_registers(&own, context);
	own_process_copy_stack(&own, OWN_PAGES);
	expected_count = backtrace(expected, 4096);
	siglongjmp(after_fault, 1);
}

static __attribute__((noinline, no_sanitize("undefined", "address"))) int read_null(
	volatile int *address)
{
	return *address + 1;
}

static __attribute__((noinline, no_sanitize("undefined"))) int call_null(
	int (*volatile function)(void))
{
	return function() + 1;
}

static void test_fault(void **state)
{
	(void)state;
	install(keep_fault, 0);
	if (sigsetjmp(after_fault, 1) == 0)
		(void)read_null(NULL);
	walk();
	/* The handler and the kernel's return come before. */
	expect_as_backtrace(4);
	assert_int_equal(frames[0].pc, (uintptr_t)expected[find_expected(frames[1].pc) - 1]);
}

static void test_call_through_null(void **state)
{
	(void)state;
	install(keep_fault, 0);
	if (sigsetjmp(after_fault, 1) == 0)
		(void)call_null(NULL);
	walk();
	assert_int_equal(frames[0].pc, 0);
	assert_int_equal(frames[0].mapping, UINT32_MAX);
	assert_true(frames_count > 5);
	assert_true(frames[1].pc > (uintptr_t)call_null &&
		    frames[1].pc < (uintptr_t)call_null + 200);
	assert_int_equal(frames[1].trust, TRUST_CFI);
	assert_false(frames[1].is_exact_pc);
	assert_true(frames[2].pc > (uintptr_t)test_call_through_null);
	assert_true(frames[2].pc < (uintptr_t)test_call_through_null + 500);
	assert_false(is_truncated);
}

/* A handler on a stack of its own: the interrupted one is elsewhere, below it. */
static void test_signal_stack(void **state)
{
	const size_t size = 64 * 1024;
	char *room = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	stack_t stack = {.ss_sp = room, .ss_size = size}, off = {.ss_flags = SS_DISABLE};
	struct sigaction action = {.sa_handler = walk_in_handler, .sa_flags = SA_ONSTACK};

	(void)state;
	assert_int_equal(sigaltstack(&stack, NULL), 0);
	assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
	raise(SIGUSR1);
	/* The other stack was not copied: it ends at what was interrupted there. */
	assert_true(is_truncated);
	assert_int_equal(frames_count, 4);
	for (int i = 1; i < 4; i++)
		assert_int_equal(frames[i].pc,
				 (uintptr_t)expected[find_expected(frames[1].pc) - 1 + i]);
	assert_true(frames[3].is_exact_pc);
	assert_int_equal(sigaltstack(&off, NULL), 0);
	munmap(room, size);
}

static __attribute__((noinline)) int recurse(int depth)
{
	volatile int left = depth;

	if (left == 0)
		walk_here();
	else
		(void)recurse(left - 1);
	return left;
}

static void test_recursion(void **state)
{
	uint64_t total = 0;
	int skipped;

	(void)state;
	(void)recurse(500);
	skipped = find_expected(frames[1].pc) - 1;
	assert_false(is_truncated);
	assert_true(frames_count < 60);
	for (uint32_t i = 0; i < frames_count; i++)
		total += 1 + frames[i].repeats;
	assert_int_equal(total, expected_count - skipped);
	for (uint32_t i = 1; i < 10; i++) {
		assert_int_equal(frames[i].pc, (uintptr_t)expected[(int)i + skipped]);
		assert_int_equal(frames[frames_count - i].pc,
				 (uintptr_t)expected[expected_count - (int)i]);
	}
}

static void test_what_was_not_copied(void **state)
{
	uint32_t whole;

	(void)state;
	(void)recurse(500);
	own.memory.count = 2;
	walk();
	assert_true(is_truncated);
	assert_true(frames_count > 3);
	whole = frames_count;
	assert_true(find_expected(frames[1].pc) > 0);
	own.memory.count = 0;
	walk();
	assert_true(is_truncated);
	assert_int_equal(frames_count, 1);
	assert_true(whole > frames_count);
}

/* A profiler's samples share what was found: the same frames. */
static void test_with_rows_of_earlier_walks(void **state)
{
	static struct cached_row rows[64];
	static struct row_cache cache = {rows, 64};

	(void)state;
	own.space.rows = &cache;
	for (int i = 0; i < 3; i++) {
		walk_here();
		expect_as_backtrace(1);
	}
	own.space.rows = NULL;
}

static void test_bound(void **state)
{
	(void)state;
	walk_here();
	frames_count =
		unwinder_walk(&own.space, &own.memory, own.registers, frames, 3, &is_truncated);
	assert_int_equal(frames_count, 3);
	assert_true(is_truncated);
}

static int open_own(void **state)
{
	(void)state;
	own_process_open(&own);
	return 0;
}

static int close_own(void **state)
{
	(void)state;
	own_process_close(&own);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_stack),
		cmocka_unit_test(test_through_libraries),
		cmocka_unit_test(test_thread),
		cmocka_unit_test(test_inside_handler),
		cmocka_unit_test(test_fault),
		cmocka_unit_test(test_call_through_null),
		cmocka_unit_test(test_signal_stack),
		cmocka_unit_test(test_recursion),
		cmocka_unit_test(test_what_was_not_copied),
		cmocka_unit_test(test_with_rows_of_earlier_walks),
		cmocka_unit_test(test_bound),
	};

	return cmocka_run_group_tests(tests, open_own, close_own);
}
