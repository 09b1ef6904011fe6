/*
 * What the kernel puts on a stack when it calls a signal handler: the registers of the code it
 * interrupted. Needed where the code that the handler returns to has no unwind table (musl, Go, the
 * vdso).
 */
#ifndef SYMBOLS_SIGNAL_FRAME_H
#define SYMBOLS_SIGNAL_FRAME_H

#include "symbols/register_state.h"
#include "symbols/stack_memory.h"

#define SIGNAL_RETURN_BYTES 9

/* code: what stands at the address that a handler returns to. */
bool signal_frame_is_return(enum machine machine, struct view code);

/* For code that cannot be read: whether the stack looks like it. arm64 only. */
bool signal_frame_is_likely(const struct register_state *state, const struct stack_memory *memory);

/* The interrupted registers, from the frame at the stack pointer. False: not copied; the state is
 * as it was. */
bool signal_frame_restore(struct register_state *state, const struct stack_memory *memory);

#endif
