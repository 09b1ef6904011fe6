/* Signal frames that this kernel really made, of this process's own faults; then with bytes missing
 * or wrong. */
#include "crash/handled_fault.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include "cmocka_test.h"

#define PAGES_COUNT 6
#define PAGE_MASK   ((uint64_t)STACK_PAGE_BYTES - 1)

#if defined(__x86_64__)
#define STACK_POINTER  7
#define PC_OF(context) ((uint64_t)(context)->uc_mcontext.gregs[REG_RIP])
#define SP_OF(context) ((uint64_t)(context)->uc_mcontext.gregs[REG_RSP])
#else
#define STACK_POINTER  31
#define PC_OF(context) ((uint64_t)(context)->uc_mcontext.pc)
#define SP_OF(context) ((uint64_t)(context)->uc_mcontext.sp)
#endif

static sigjmp_buf back;
static struct raw_page pages[PAGES_COUNT];
static struct raw_page *page_list[PAGES_COUNT];
static struct raw_thread thread;
static uint64_t fault_pc, fault_sp;

/* What the kernel side copies: whole pages from where the stack stands, here from the frame on. */
__attribute__((no_sanitize_address)) static void keep_stack(int number, siginfo_t *details,
							    void *context)
{
	uint64_t first = (uint64_t)(uintptr_t)details & ~PAGE_MASK;
	const volatile uint8_t *from;

	(void)number;
	if ((uint64_t)(uintptr_t)context < first)
		first -= STACK_PAGE_BYTES;
	for (uint32_t i = 0; i < PAGES_COUNT; i++) {
		pages[i].address = first + i * STACK_PAGE_BYTES;
		from = (const volatile uint8_t *)(uintptr_t)pages[i].address;
		for (uint32_t k = 0; k < STACK_PAGE_BYTES; k++)
			pages[i].bytes[k] = from[k];
		page_list[i] = &pages[i];
	}
	thread = (struct raw_thread){.pages = page_list, .pages_count = PAGES_COUNT};
	fault_pc = PC_OF((ucontext_t *)context);
	fault_sp = SP_OF((ucontext_t *)context);
	siglongjmp(back, 1);
}

static void catch (int number)
{
	struct sigaction action = {.sa_sigaction = keep_stack, .sa_flags = SA_SIGINFO};

	assert_int_equal(sigaction(number, &action, NULL), 0);
}

static void fault_at(volatile int *place)
{
	/* Room above: the copied pages are all there. */
	volatile char room[(PAGES_COUNT + 1) * STACK_PAGE_BYTES];

	room[0] = room[sizeof(room) - 1] = 1;
	if (sigsetjmp(back, 1) == 0)
		*place = room[0];
}

static void test_fault(void **state)
{
	void *forbidden =
		mmap(NULL, STACK_PAGE_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct handled_fault fault;

	(void)state;
	catch (SIGSEGV);
	fault_at((volatile int *)forbidden + 4);
	assert_true(handled_fault_find(&thread, fault_pc, &fault));
	assert_int_equal(fault.signal, SIGSEGV);
	assert_int_equal(fault.code, SEGV_ACCERR);
	assert_int_equal(fault.address, (uint64_t)(uintptr_t)forbidden + 16);
	assert_int_equal(fault.registers[STACK_POINTER], fault_sp);
	assert_int_equal(fault.registers[STACK_POINTER == 7 ? 16 : 32], fault_pc);
	assert_false(handled_fault_find(&thread, fault_pc + 1, &fault));
	(void)munmap(forbidden, STACK_PAGE_BYTES);
	signal(SIGSEGV, SIG_DFL);
}

/* Interrupted, but by nothing it did wrong itself. */
static void test_no_fault(void **state)
{
	volatile char room[(PAGES_COUNT + 1) * STACK_PAGE_BYTES];
	struct handled_fault fault = {.signal = 77};

	(void)state;
	room[0] = room[sizeof(room) - 1] = 1;
	catch (SIGSEGV);
	if (sigsetjmp(back, 1) == 0)
		raise(SIGSEGV);
	assert_false(handled_fault_find(&thread, fault_pc, &fault));
	assert_int_equal(fault.signal, 77 * room[0]);
	signal(SIGSEGV, SIG_DFL);
}

/* Whatever is not there, or is the same number everywhere. */
static void test_hostile(void **state)
{
	void *forbidden =
		mmap(NULL, STACK_PAGE_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct handled_fault fault;
	bool is_found = false;

	(void)state;
	catch (SIGSEGV);
	fault_at(forbidden);
	signal(SIGSEGV, SIG_DFL);
	for (uint32_t count = 0; count <= PAGES_COUNT; count++) {
		bool was_found = is_found;

		thread.pages_count = count;
		is_found = handled_fault_find(&thread, fault_pc, &fault);
		assert_true(is_found || !was_found);
	}
	assert_true(is_found);
	for (uint32_t i = 0; i < PAGES_COUNT; i++)
		for (uint32_t k = 0; k < STACK_PAGE_BYTES; k += 8)
			memcpy(pages[i].bytes + k, &fault_pc, 8);
	assert_false(handled_fault_find(&thread, fault_pc, &fault));
	memset(pages, 0, sizeof(pages));
	assert_false(handled_fault_find(&thread, 0, &fault));
	(void)munmap(forbidden, STACK_PAGE_BYTES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fault),
		cmocka_unit_test(test_no_fault),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
