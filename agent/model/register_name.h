/* What the registers of shared/crash_record.h are called. */
#ifndef MODEL_REGISTER_NAME_H
#define MODEL_REGISTER_NAME_H

#include <stdbool.h>

#define ARM64_REGISTERS_COUNT 33
#define X86_REGISTERS_COUNT   17

#if defined(__aarch64__)
#define NATIVE_IS_ARM64 true
#else
#define NATIVE_IS_ARM64 false
#endif

unsigned int register_name_count(bool is_arm64);

/* "rip", "x19"; number: below the count. */
const char *register_name(bool is_arm64, unsigned int number);

#endif
