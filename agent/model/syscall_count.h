/* What was counted of one system call of the traced processes. Times are from its begin to its end,
 * waiting included. */
#ifndef MODEL_SYSCALL_COUNT_H
#define MODEL_SYSCALL_COUNT_H

#include <stddef.h>
#include <stdint.h>

#define MAX_SYSCALL_COUNTS 512
#define MAX_SYSCALL_ERRORS 4 /* errnos that are told apart, the most frequent ones */

struct syscall_error {
	int number; /* errno, above 0 */
	uint64_t count;
};

struct syscall_count {
	long number;      /* of the system call */
	const char *name; /* static; NULL: not known here */
	uint64_t count;
	uint64_t errors_count;
	uint64_t total_ns, max_ns;
	struct syscall_error errors[MAX_SYSCALL_ERRORS]; /* most frequent first; count 0: no more */
};

#define SYSCALL_ERRORS_BYTES 192

/* "EPIPE 9, EAGAIN 3, other 2"; "" when none has failed. */
const char *syscall_count_errors(const struct syscall_count *call,
				 char ret_text[SYSCALL_ERRORS_BYTES]);

#endif
