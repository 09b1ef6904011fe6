/* How a system call failed, in words: for the screen and for the last lines of a run. */
#include "model/syscall_count.h"

#include <stdio.h>
#include <string.h>

const char *syscall_count_errors(const struct syscall_count *call,
				 char ret_text[SYSCALL_ERRORS_BYTES])
{
	uint64_t others = call->errors_count;
	const char *gap = "";
	size_t used = 0;

	ret_text[0] = '\0';
	for (int i = 0; i < MAX_SYSCALL_ERRORS && call->errors[i].count; i++) {
		const struct syscall_error *error = &call->errors[i];
		const char *name = strerrorname_np(error->number);
		char number[16];

		(void)snprintf(number, sizeof(number), "%d", error->number);
		used += (size_t)snprintf(ret_text + used, SYSCALL_ERRORS_BYTES - used, "%s%s %llu",
					 gap, name ? name : number,
					 (unsigned long long)error->count);
		others -= error->count < others ? error->count : others;
		gap = ", ";
	}
	if (others)
		(void)snprintf(ret_text + used, SYSCALL_ERRORS_BYTES - used, "%sother %llu", gap,
			       (unsigned long long)others);
	return ret_text;
}
