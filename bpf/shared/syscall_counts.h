/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* What is counted of system calls: keys and values of the maps that the agent reads. */
#ifndef SHARED_SYSCALL_COUNTS_H
#define SHARED_SYSCALL_COUNTS_H

#define MAX_COUNTED_SYSCALLS 512  /* more than any machine has */
#define MAX_COUNTED_ERRORS   1024 /* pairs of a system call and an errno */

/* By the number of the system call. */
struct syscall_totals {
	__u64 count;
	__u64 errors;
	__u64 total_ns; /* of those whose begin was seen */
	__u64 max_ns;
};

struct syscall_error_key {
	__u32 number;
	__u32 error; /* errno, above 0 */
};

_Static_assert(sizeof(struct syscall_totals) == 32, "layout shared with the kernel side");
_Static_assert(sizeof(struct syscall_error_key) == 8, "layout shared with the kernel side");

#endif
