/*
 * struct rt_sigframe of the two architectures, part of the kernel's ABI: x86-64 has the return
 * address first, which the handler's return has popped, then struct ucontext; arm64 struct siginfo,
 * then struct ucontext.
 */
#include "symbols/signal_frame.h"

#define X86_64_CONTEXT 40 /* of the stack pointer: flags, link, stack of struct ucontext */

/* siginfo 128; flags, link, stack 40; signal mask with room 128; aligned to 16. */
#define ARM64_CONTEXT      (128 + 176)
#define ARM64_RECORDS      (ARM64_CONTEXT + 288) /* fault address, 31 registers, sp, pc, pstate */
#define ARM64_FPSIMD_MAGIC 0x46508001

bool signal_frame_is_return(enum machine machine, struct view code)
{
	static const char long_form[] = "\x48\xc7\xc0\x0f\x00\x00\x00\x0f\x05"; /* mov $15, %rax */
	static const char short_form[] = "\xb8\x0f\x00\x00\x00\x0f\x05";        /* mov $15, %eax */
	static const char arm64_form[] = "\x68\x11\x80\xd2\x01\x00\x00\xd4";    /* mov x8, #139 */

	if (machine == MACHINE_ARM64)
		return view_starts_with(code, view_of(arm64_form, sizeof(arm64_form) - 1));
	return view_starts_with(code, view_of(long_form, sizeof(long_form) - 1)) ||
	       view_starts_with(code, view_of(short_form, sizeof(short_form) - 1));
}

bool signal_frame_is_likely(const struct register_state *state, const struct stack_memory *memory)
{
	uint64_t magic;

	return state->machine == MACHINE_ARM64 &&
	       stack_memory_read(memory, register_state_sp(state) + ARM64_RECORDS, 4, &magic) &&
	       magic == ARM64_FPSIMD_MAGIC;
}

bool signal_frame_restore(struct register_state *state, const struct stack_memory *memory)
{
	/* As struct sigcontext has them, by DWARF number. */
	static const uint8_t x86_64_order[] = {8, 9, 10, 11, 12, 13, 14, 15, 5,
					       4, 6, 3,  1,  0,  2,  7,  16};
	bool is_arm64 = state->machine == MACHINE_ARM64;
	uint64_t at = register_state_sp(state) + (is_arm64 ? ARM64_CONTEXT + 8 : X86_64_CONTEXT);
	uint32_t count = is_arm64 ? ARM64_PC + 1 : sizeof(x86_64_order);
	struct register_state found = {.machine = state->machine};

	for (uint32_t i = 0; i < count; i++) {
		uint64_t value;

		if (!stack_memory_read(memory, at + 8 * i, 8, &value))
			return false;
		register_state_set(&found, is_arm64 ? i : x86_64_order[i], value);
	}
	*state = found;
	return true;
}
