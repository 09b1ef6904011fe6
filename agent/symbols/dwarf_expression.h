/*
 * A stack machine for the expressions in unwind tables (DWARF 5 section 2.5): the PLT, signal
 * frames, hand-written assembly. Total: steps and stack are bounded, memory is what was copied.
 */
#ifndef SYMBOLS_DWARF_EXPRESSION_H
#define SYMBOLS_DWARF_EXPRESSION_H

#include "symbols/register_state.h"
#include "symbols/stack_memory.h"

struct expression_context {
	const struct register_state *registers;
	const struct stack_memory *memory;
	uint64_t bias; /* what an address as linked lacks to one of the process */
};

/* first: pushed before it begins (the CFA), NULL: nothing is. False: it cannot be evaluated. */
bool dwarf_expression_evaluate(struct view expression, const struct expression_context *context,
			       const uint64_t *first, uint64_t *ret);

#endif
