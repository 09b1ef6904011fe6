/* The numbers are DWARF's. */
#include "model/register_name.h"

static const char *const x86_names[X86_REGISTERS_COUNT] = {"rax", "rdx", "rcx", "rbx", "rsi", "rdi",
							   "rbp", "rsp", "r8",  "r9",  "r10", "r11",
							   "r12", "r13", "r14", "r15", "rip"};
static const char *const arm64_names[ARM64_REGISTERS_COUNT] = {
	"x0",  "x1",  "x2",  "x3",  "x4",  "x5",  "x6",  "x7",  "x8",  "x9",  "x10",
	"x11", "x12", "x13", "x14", "x15", "x16", "x17", "x18", "x19", "x20", "x21",
	"x22", "x23", "x24", "x25", "x26", "x27", "x28", "fp",  "lr",  "sp",  "pc"};

unsigned int register_name_count(bool is_arm64)
{
	return is_arm64 ? ARM64_REGISTERS_COUNT : X86_REGISTERS_COUNT;
}

const char *register_name(bool is_arm64, unsigned int number)
{
	if (number >= register_name_count(is_arm64))
		return "";
	return is_arm64 ? arm64_names[number] : x86_names[number];
}
