/* Names of system calls of this machine's 64-bit ABI. Pure. */
#ifndef CRASH_SYSCALL_NAME_H
#define CRASH_SYSCALL_NAME_H

/* Static; "unknown system call" for those without a row. */
const char *syscall_name_of(unsigned int number);

/* NULL for those without a row. */
const char *syscall_name_find(unsigned int number);

#endif
