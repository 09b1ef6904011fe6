/*
 * How long an instruction of x86-64 is, and where it goes on: for code made by Go's compiler, whose
 * functions are walked through from end to end (go_code.h). Intel SDM, volume 2, 2.1 to 2.3 and
 * appendix A. What Go does not make (x87, EVEX, string input, far jumps, system instructions) is
 * refused: a guess would put a probe into the middle of an instruction.
 */
#ifndef PROCESS_X86_INSTRUCTION_H
#define PROCESS_X86_INSTRUCTION_H

#include <stdbool.h>
#include <stdint.h>
#include "base/view.h"

enum x86_flow {
	X86_GOES_ON, /* calls, too */
	X86_RETURNS,
	X86_BRANCHES, /* goes on, or at target */
	X86_JUMPS,    /* to target */
	X86_JUMPS_INDIRECTLY,
	X86_TRAPS, /* int3: padding */
};

struct x86_instruction {
	uint32_t size;
	enum x86_flow flow;
	int64_t target; /* from the instruction's beginning */
};

/* The instruction that the code begins with; false: not wholly there, or not one of these. */
bool x86_instruction_read(struct view code, struct x86_instruction *ret);

#endif
