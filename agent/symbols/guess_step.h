/*
 * From one frame to its caller without an unwind table: by the frame pointer, by the first
 * instructions of a function, by looking for return addresses. Each can be wrong; what it found
 * must look like a stack.
 */
#ifndef SYMBOLS_GUESS_STEP_H
#define SYMBOLS_GUESS_STEP_H

#include "symbols/cfi_step.h"
#include "symbols/code_space.h"

struct guess_step {
	const struct unwind_space *space;
	const struct stack_memory *memory;
	const struct code_place *place; /* of the pc */
	bool is_exact_pc;               /* else it is where a call returns to */
};

/* A function that has not made its frame yet, or has just taken it down; exact pc only. */
enum step_result guess_step_entry(const struct guess_step *step, struct register_state *state,
				  uint64_t *ret_cfa);

/* The pc is no code: something called there. */
enum step_result guess_step_bad_call(const struct guess_step *step, struct register_state *state,
				     uint64_t *ret_cfa);

/* Go says how much stack each instruction has left: exact, also where there is no frame. */
enum step_result guess_step_go(const struct guess_step *step, struct register_state *state,
			       uint64_t *ret_cfa);

/* Whether the code around is made with frame pointers. True when it cannot be read. */
bool guess_step_has_frame_pointer(const struct guess_step *step, enum machine machine);

enum step_result guess_step_frame_pointer(const struct guess_step *step,
					  struct register_state *state, uint64_t *ret_cfa);

enum step_result guess_step_scan(const struct guess_step *step, struct register_state *state,
				 uint64_t *ret_cfa);

#endif
