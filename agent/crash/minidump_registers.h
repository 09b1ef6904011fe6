/* The CONTEXT records of minidumps: registers by DWARF number as x86-64 and arm64 debuggers of the
 * other world lay them out. */
#ifndef CRASH_MINIDUMP_REGISTERS_H
#define CRASH_MINIDUMP_REGISTERS_H

#include <linux/types.h>
#include "base/byte_buffer.h"
#include "shared/record.h"

#define MINIDUMP_AMD64_BYTES 1232
#define MINIDUMP_ARM64_BYTES 912

uint32_t minidump_registers_put(struct byte_buffer *out, bool is_arm64,
				const uint64_t registers[REGISTERS_COUNT]);

uint64_t minidump_registers_stack_pointer(bool is_arm64, const uint64_t registers[REGISTERS_COUNT]);

#endif
