/*
 * The C library keeps two signals for itself, which sigaction() refuses: posix_spawn() (make, for
 * one) leaves them ignored in what it starts, and the first pthread_create() takes one of them, so
 * that exec would not hand it on. Raw system calls see them.
 */
#include "base/inherited_signals.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#define KERNEL_MASK_BYTES 8

/* As the kernel has it (include/uapi/asm-generic/signal.h); those with another order have the same
 * size, and only the handler is looked at. */
struct kernel_action {
	uintptr_t handler;
	unsigned long flags;
	uintptr_t restorer;
	uint64_t mask;
};

static const int taken[] = {SIGPIPE, 32, 33};
#define TAKEN_COUNT (sizeof(taken) / sizeof(taken[0]))
static bool was_ignored[TAKEN_COUNT], is_noted;

void inherited_signals_note(void)
{
	for (size_t i = 0; i < TAKEN_COUNT; i++) {
		struct kernel_action action = {0};

		(void)syscall(SYS_rt_sigaction, taken[i], NULL, &action, KERNEL_MASK_BYTES);
		was_ignored[i] = action.handler == (uintptr_t)SIG_IGN;
	}
	is_noted = true;
}

void inherited_signals_restore(void)
{
	for (size_t i = 0; is_noted && i < TAKEN_COUNT; i++) {
		struct kernel_action action = {
			.handler = (uintptr_t)(was_ignored[i] ? SIG_IGN : SIG_DFL)};

		(void)syscall(SYS_rt_sigaction, taken[i], &action, NULL, KERNEL_MASK_BYTES);
	}
}
