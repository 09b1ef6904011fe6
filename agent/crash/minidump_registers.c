/*
 * Registers in a minidump. What was not captured (vector registers, segments, debug registers) is
 * zero, and the flags say that only the control and integer parts are valid.
 */
#include "crash/minidump_registers.h"

#include <stddef.h>

#define AMD64_FLAGS        (0x00100000 | 1 | 2) /* CONTEXT_AMD64, control, integer */
#define ARM64_FLAGS        (0x00400000 | 1 | 2)
#define USER_CODE_SEGMENT  0x33
#define USER_STACK_SEGMENT 0x2b

struct amd64_context {
	uint64_t home[6];
	uint32_t flags;
	uint32_t mxcsr;
	uint16_t cs, ds, es, fs, gs, ss;
	uint32_t eflags;
	uint64_t debug[6];
	uint64_t integers[16]; /* in the order of the machine's encoding: rax rcx rdx rbx rsp … */
	uint64_t rip;
	uint8_t rest[512 + 26 * 16 + 6 * 8];
};

struct arm64_context {
	uint32_t flags;
	uint32_t cpsr;
	uint64_t integers[31]; /* x0-x28, the frame pointer, the link register */
	uint64_t sp;
	uint64_t pc;
	uint8_t rest[32 * 16 + 2 * 4 + 8 * 4 + 8 * 8 + 2 * 4 + 2 * 8];
};

_Static_assert(sizeof(struct amd64_context) == MINIDUMP_AMD64_BYTES, "minidump layout");
_Static_assert(offsetof(struct amd64_context, eflags) == 0x44, "minidump layout");
_Static_assert(offsetof(struct amd64_context, integers) == 0x78, "minidump layout");
_Static_assert(offsetof(struct amd64_context, rip) == 0xf8, "minidump layout");
_Static_assert(sizeof(struct arm64_context) == MINIDUMP_ARM64_BYTES, "minidump layout");
_Static_assert(offsetof(struct arm64_context, pc) == 0x108, "minidump layout");

static void fill_amd64(struct amd64_context *context, const uint64_t registers[REGISTERS_COUNT])
{
	/* DWARF: rax rdx rcx rbx rsi rdi rbp rsp; the machine: rax rcx rdx rbx rsp rbp rsi rdi */
	static const uint8_t by_encoding[] = {0, 2, 1, 3, 7, 6, 4, 5};

	context->flags = AMD64_FLAGS;
	context->cs = USER_CODE_SEGMENT;
	context->ss = USER_STACK_SEGMENT;
	context->eflags = (uint32_t)registers[17];
	for (int i = 0; i < 8; i++)
		context->integers[i] = registers[by_encoding[i]];
	for (int i = 8; i < 16; i++)
		context->integers[i] = registers[i];
	context->rip = registers[16];
}

static void fill_arm64(struct arm64_context *context, const uint64_t registers[REGISTERS_COUNT])
{
	context->flags = ARM64_FLAGS;
	context->cpsr = (uint32_t)registers[33];
	memcpy(context->integers, registers, sizeof(context->integers));
	context->sp = registers[31];
	context->pc = registers[32];
}

uint32_t minidump_registers_put(struct byte_buffer *out, bool is_arm64,
				const uint64_t registers[REGISTERS_COUNT])
{
	struct amd64_context amd64 = {.flags = 0};
	struct arm64_context arm64 = {.flags = 0};

	if (is_arm64) {
		fill_arm64(&arm64, registers);
		byte_buffer_append(out, view_of(&arm64, sizeof(arm64)));
		return sizeof(arm64);
	}
	fill_amd64(&amd64, registers);
	byte_buffer_append(out, view_of(&amd64, sizeof(amd64)));
	return sizeof(amd64);
}

uint64_t minidump_registers_stack_pointer(bool is_arm64, const uint64_t registers[REGISTERS_COUNT])
{
	return registers[is_arm64 ? 31 : 7];
}
