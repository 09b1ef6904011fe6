/*
 * struct rt_sigframe, part of the kernel's ABI. x86-64: struct ucontext with the registers in the
 * order of struct sigcontext, then struct siginfo. arm64: struct siginfo, then struct ucontext. The
 * saved stack pointer and program counter stand side by side in both.
 */
#include "crash/handled_fault.h"

#include <signal.h>
#include <string.h>
#include "crash/native_registers.h"

#define WORD 8

#if defined(__x86_64__)
#define PC_IN_CONTEXT      168
#define SEGMENTS           184 /* cs, gs, fs, ss */
#define SIGINFO_IN_CONTEXT 304
#define USER_CODE          0x33
#define USER_STACK         0x2b
#else
#define REGISTERS      184 /* of struct ucontext: after the fault address of struct sigcontext */
#define PC_IN_CONTEXT  (REGISTERS + PROGRAM_COUNTER * WORD)
#define SIGINFO_BEFORE 128
#define RECORDS        464
#define FPSIMD_MAGIC   0x46508001
#endif

static bool read_word(const struct raw_thread *thread, uint64_t address, uint64_t *ret)
{
	if (address % WORD)
		return false;
	for (uint32_t i = 0; i < thread->pages_count; i++) {
		const struct raw_page *page = thread->pages[i];

		if (address >= page->address && address - page->address < STACK_PAGE_BYTES) {
			memcpy(ret, page->bytes + (address - page->address), sizeof(*ret));
			return true;
		}
	}
	return false;
}

#if defined(__x86_64__)

static uint64_t siginfo_of(uint64_t context)
{
	return context + SIGINFO_IN_CONTEXT;
}

static bool is_context(const struct raw_thread *thread, uint64_t context)
{
	uint64_t link, segments;

	return read_word(thread, context + WORD, &link) && link == 0 &&
	       read_word(thread, context + SEGMENTS, &segments) &&
	       (segments & 0xffff) == USER_CODE && segments >> 48 == USER_STACK;
}

static bool read_registers(const struct raw_thread *thread, uint64_t context,
			   uint64_t registers[REGISTERS_COUNT])
{
	/* As struct sigcontext has them, by DWARF number; 17: the flags. */
	static const uint8_t order[] = {8, 9, 10, 11, 12, 13, 14, 15, 5,
					4, 6, 3,  1,  0,  2,  7,  16, 17};

	for (size_t i = 0; i < sizeof(order); i++)
		if (!read_word(thread, context + 5 * WORD + i * WORD, &registers[order[i]]))
			return false;
	return true;
}

#else

static uint64_t siginfo_of(uint64_t context)
{
	return context - SIGINFO_BEFORE;
}

static bool is_context(const struct raw_thread *thread, uint64_t context)
{
	uint64_t link, magic;

	return read_word(thread, context + WORD, &link) && link == 0 &&
	       read_word(thread, context + RECORDS, &magic) && (uint32_t)magic == FPSIMD_MAGIC;
}

static bool read_registers(const struct raw_thread *thread, uint64_t context,
			   uint64_t registers[REGISTERS_COUNT])
{
	for (uint32_t i = 0; i < REGISTERS_COUNT; i++)
		if (!read_word(thread, context + REGISTERS + i * WORD, &registers[i]))
			return false;
	return true;
}

#endif

static bool is_fault(int signal, int code)
{
	return code > 0 && (signal == SIGSEGV || signal == SIGBUS || signal == SIGFPE ||
			    signal == SIGILL || signal == SIGTRAP);
}

static bool read_frame(const struct raw_thread *thread, uint64_t context, struct handled_fault *ret)
{
	struct handled_fault found = {.signal = 0};
	uint64_t first, second;

	if (!is_context(thread, context) || !read_registers(thread, context, found.registers) ||
	    !read_word(thread, siginfo_of(context), &first) ||
	    !read_word(thread, siginfo_of(context) + WORD, &second) ||
	    !read_word(thread, siginfo_of(context) + 2 * WORD, &found.address))
		return false;
	found.signal = (int)(uint32_t)first;
	found.code = (int)(uint32_t)second;
	if (!is_fault(found.signal, found.code))
		return false;
	*ret = found;
	return true;
}

bool handled_fault_find(const struct raw_thread *thread, uint64_t pc, struct handled_fault *ret)
{
	for (uint32_t i = 0; i < thread->pages_count; i++) {
		const struct raw_page *page = thread->pages[i];

		for (uint32_t at = 0; at < STACK_PAGE_BYTES; at += WORD) {
			uint64_t word;

			memcpy(&word, page->bytes + at, sizeof(word));
			if (word == pc && page->address + at >= PC_IN_CONTEXT &&
			    read_frame(thread, page->address + at - PC_IN_CONTEXT, ret))
				return true;
		}
	}
	return false;
}
