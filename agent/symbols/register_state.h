/* The registers of one frame while a stack is walked: those that are known, by DWARF number. */
#ifndef SYMBOLS_REGISTER_STATE_H
#define SYMBOLS_REGISTER_STATE_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdint.h>
#include "shared/record.h"
#include "symbols/elf_image.h"

#define X86_64_RBX 3
#define X86_64_RBP 6
#define X86_64_RSP 7
#define X86_64_RIP 16
#define ARM64_FP   29
#define ARM64_LR   30
#define ARM64_SP   31
#define ARM64_PC   32

struct register_state {
	enum machine machine;
	uint64_t values[REGISTERS_COUNT];
	uint64_t known; /* bit mask by number */
};

static inline uint32_t register_state_sp_number(enum machine machine)
{
	return machine == MACHINE_ARM64 ? ARM64_SP : X86_64_RSP;
}

static inline uint32_t register_state_fp_number(enum machine machine)
{
	return machine == MACHINE_ARM64 ? ARM64_FP : X86_64_RBP;
}

static inline uint32_t register_state_pc_number(enum machine machine)
{
	return machine == MACHINE_ARM64 ? ARM64_PC : X86_64_RIP;
}

static inline bool register_state_get(const struct register_state *state, uint64_t number,
				      uint64_t *ret)
{
	if (number >= REGISTERS_COUNT || !(state->known >> number & 1))
		return false;
	*ret = state->values[number];
	return true;
}

static inline void register_state_set(struct register_state *state, uint32_t number, uint64_t value)
{
	state->values[number] = value;
	state->known |= 1ull << number;
}

static inline void register_state_forget(struct register_state *state, uint32_t number)
{
	state->known &= ~(1ull << number);
}

static inline uint64_t register_state_sp(const struct register_state *state)
{
	return state->values[register_state_sp_number(state->machine)];
}

static inline uint64_t register_state_pc(const struct register_state *state)
{
	return state->values[register_state_pc_number(state->machine)];
}

#endif
