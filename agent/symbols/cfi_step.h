/* From one frame to its caller by a row of rules. */
#ifndef SYMBOLS_CFI_STEP_H
#define SYMBOLS_CFI_STEP_H

#include "symbols/cfi_program.h"
#include "symbols/dwarf_expression.h"

enum step_result {
	STEP_DONE, /* the state is the caller's */
	STEP_NONE, /* it does not work this way; the state is as it was */
	STEP_END,  /* there is no caller */
	STEP_LOST, /* it would take memory that was not copied */
};

struct cfi_step {
	const struct cfi_row *row;
	const struct stack_memory *memory;
	uint64_t return_register;
	uint64_t bias;
	bool is_exact_pc; /* the return address may still be in its register (arm64) */
};

/* *ret_cfa is set unless the result is STEP_NONE. */
enum step_result cfi_step_run(const struct cfi_step *step, struct register_state *state,
			      uint64_t *ret_cfa);

/* The canonical frame address alone. */
bool cfi_step_cfa(const struct cfi_step *step, const struct register_state *state,
		  uint64_t *ret_cfa);

/* arm64 signs return addresses in the bits that no address of a program has. */
uint64_t cfi_step_strip(enum machine machine, uint64_t address);

#endif
