/* What the kernel leaves on a stack for a signal handler: as the kernel's and libc's own headers
 * lay it out, for this machine, and by offset for the other one. */
#include <ucontext.h>
#include "cmocka_test.h"
#include "symbols/signal_frame.h"

static uint8_t bytes[2][STACK_PAGE_BYTES];
static const struct stack_page pages[] = {
	{.address = 0x7000, .bytes = bytes[0]},
	{.address = 0x8000, .bytes = bytes[1]},
};
static const struct stack_memory memory = {.pages = pages, .count = 2};

static void put(uint64_t address, uint64_t value)
{
	memcpy(bytes[(address - 0x7000) / STACK_PAGE_BYTES] + address % STACK_PAGE_BYTES, &value,
	       8);
}

static void test_return_code(void **state)
{
	(void)state;
	assert_true(signal_frame_is_return(MACHINE_X86_64,
					   VIEW_LITERAL("\x48\xc7\xc0\x0f\x00\x00\x00\x0f\x05")));
	assert_true(signal_frame_is_return(MACHINE_X86_64,
					   VIEW_LITERAL("\xb8\x0f\x00\x00\x00\x0f\x05\xcc")));
	assert_true(signal_frame_is_return(MACHINE_ARM64,
					   VIEW_LITERAL("\x68\x11\x80\xd2\x01\x00\x00\xd4\x00")));
	assert_false(signal_frame_is_return(MACHINE_ARM64,
					    VIEW_LITERAL("\x48\xc7\xc0\x0f\x00\x00\x00\x0f\x05")));
	assert_false(signal_frame_is_return(MACHINE_X86_64,
					    VIEW_LITERAL("\x48\xc7\xc0\x0e\x00\x00\x00\x0f\x05")));
	assert_false(signal_frame_is_return(MACHINE_X86_64, VIEW_LITERAL("\xb8\x0f\x00\x00")));
	assert_false(signal_frame_is_return(MACHINE_X86_64, VIEW_LITERAL("")));
}

#ifdef __x86_64__
static void test_x86_64(void **state)
{
	static const int order[] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI,
				    REG_RBP, REG_RSP, REG_R8,  REG_R9,  REG_R10, REG_R11,
				    REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP};
	struct register_state registers = {.machine = MACHINE_X86_64};
	ucontext_t context = {.uc_flags = 7};
	uint64_t value;

	(void)state;
	for (int i = 0; i < 17; i++)
		context.uc_mcontext.gregs[order[i]] = 1000 + i;
	memcpy(bytes[0] + 0x100, &context, sizeof(context));
	register_state_set(&registers, X86_64_RSP, 0x7100);
	assert_true(signal_frame_restore(&registers, &memory));
	for (uint64_t i = 0; i < 17; i++) {
		assert_true(register_state_get(&registers, i, &value));
		assert_int_equal(value, 1000 + i);
	}
	assert_false(register_state_get(&registers, 17, &value));
	registers = (struct register_state){.machine = MACHINE_X86_64};
	register_state_set(&registers, X86_64_RSP, 0x8fe0);
	assert_false(signal_frame_restore(&registers, &memory));
	assert_int_equal(register_state_sp(&registers), 0x8fe0);
	assert_false(signal_frame_is_likely(&registers, &memory));
}
#endif

/* Linux 6.1, arch/arm64: 128 bytes of siginfo, 168 before uc_mcontext, which is aligned to 16;
 * there fault_address, regs[31], sp, pc, pstate; then the records from the next 16 on. */
static void test_arm64(void **state)
{
	struct register_state registers = {.machine = MACHINE_ARM64};
	uint64_t value;

	(void)state;
	for (uint64_t i = 0; i < 34; i++)
		put(0x7f00 + 128 + 176 + 8 + 8 * i, 2000 + i);
	put(0x7f00 + 128 + 176 + 288, 0x0000021046508001);
	register_state_set(&registers, ARM64_SP, 0x7f00);
	assert_true(signal_frame_is_likely(&registers, &memory));
	assert_true(signal_frame_restore(&registers, &memory));
	for (uint64_t i = 0; i <= ARM64_PC; i++) {
		assert_true(register_state_get(&registers, i, &value));
		assert_int_equal(value, 2000 + i);
	}
	assert_int_equal(register_state_pc(&registers), 2032);
	assert_int_equal(register_state_sp(&registers), 2031);
	register_state_set(&registers, ARM64_SP, 0x7f10);
	assert_false(signal_frame_is_likely(&registers, &memory));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_return_code),
#ifdef __x86_64__
		cmocka_unit_test(test_x86_64),
#endif
		cmocka_unit_test(test_arm64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
