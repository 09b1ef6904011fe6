/* Where this architecture has its stack pointer and program counter among the registers of
 * shared/crash_record.h: crashes are of this machine. */
#ifndef CRASH_NATIVE_REGISTERS_H
#define CRASH_NATIVE_REGISTERS_H

#if defined(__x86_64__)
#define STACK_POINTER   7
#define PROGRAM_COUNTER 16
#else
#define STACK_POINTER   31
#define PROGRAM_COUNTER 32
#endif

#endif
