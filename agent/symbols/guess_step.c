/* The rules of thumb. All of them ask whether a call could return to what they found. */
#include "symbols/guess_step.h"

#include "symbols/module.h"

#define PROLOGUE_BYTES  4096 /* a function begins within this many, mostly */
#define SCANNED_WORDS   512
#define MAX_FRAME_BYTES (1u << 20) /* a frame pointer this near is one, though not copied */

static bool read_word(const struct guess_step *step, uint64_t address, uint64_t *ret)
{
	return stack_memory_read(step->memory, address, 8, ret);
}

static bool is_return(const struct guess_step *step, uint64_t address)
{
	bool is_verified;

	return code_space_is_return(step->space, address, &is_verified);
}

/* The return address is on top of the stack (x86-64) or in the link register (arm64). */
static enum step_result return_at_once(const struct guess_step *step, struct register_state *state,
				       uint64_t stack_offset, uint64_t *ret_cfa)
{
	uint64_t sp = register_state_sp(state), address;

	if (state->machine == MACHINE_ARM64) {
		if (!register_state_get(state, ARM64_LR, &address))
			return STEP_NONE;
		address = cfi_step_strip(state->machine, address);
	} else {
		if (!read_word(step, sp + stack_offset, &address))
			return STEP_NONE;
		sp += stack_offset + 8;
	}
	if (!is_return(step, address))
		return STEP_NONE;
	register_state_set(state, register_state_sp_number(state->machine), sp);
	register_state_set(state, register_state_pc_number(state->machine), address);
	*ret_cfa = sp;
	return STEP_DONE;
}

enum step_result guess_step_bad_call(const struct guess_step *step, struct register_state *state,
				     uint64_t *ret_cfa)
{
	return return_at_once(step, state, 0, ret_cfa);
}

static bool is_entry_arm64(struct view code)
{
	uint32_t word = 0;

	for (size_t i = 0; i < 4 && i < code.size; i++)
		word |= (uint32_t)(uint8_t)code.bytes[i] << (8 * i);
	return (word & 0xffc07fff) == 0xa9807bfd || /* stp x29, x30, [sp, #-n]! */
	       word == 0xd503233f ||                /* paciasp */
	       word == 0xd503245f ||                /* bti c */
	       word == 0xd65f03c0;                  /* ret */
}

enum step_result guess_step_entry(const struct guess_step *step, struct register_state *state,
				  uint64_t *ret_cfa)
{
	struct view code = code_space_bytes(step->place, 0, 4);

	if (state->machine == MACHINE_ARM64)
		return is_entry_arm64(code) ? return_at_once(step, state, 0, ret_cfa) : STEP_NONE;
	if (view_starts_with(code, VIEW_LITERAL("\x55")) ||           /* push %rbp */
	    view_starts_with(code, VIEW_LITERAL("\xc3")) ||           /* ret */
	    view_starts_with(code, VIEW_LITERAL("\xf3\x0f\x1e\xfa"))) /* endbr64 */
		return return_at_once(step, state, 0, ret_cfa);
	if (view_starts_with(code, VIEW_LITERAL("\x48\x89\xe5"))) /* mov %rsp, %rbp */
		return return_at_once(step, state, 8, ret_cfa);
	return STEP_NONE;
}

/* x86-64: below the frame the return address, below that the frame pointer where the frame is made.
 * arm64: the return address at the stack pointer, the frame pointer below it; small functions keep
 * it in its register. */
enum step_result guess_step_go(const struct guess_step *step, struct register_state *state,
			       uint64_t *ret_cfa)
{
	bool is_arm64 = state->machine == MACHINE_ARM64;
	uint32_t fp_number = register_state_fp_number(state->machine);
	uint64_t sp = register_state_sp(state), slot, cfa, address, pointer, saved;
	uint32_t taken;

	if (!step->place->module ||
	    !module_go_stack_bytes(step->place->module,
				   step->place->address - (step->is_exact_pc ? 0 : 1), &taken))
		return STEP_NONE;
	if (is_arm64 && taken == 0)
		return !step->is_exact_pc ? STEP_NONE : return_at_once(step, state, 0, ret_cfa);
	slot = is_arm64 ? sp : sp + taken;
	cfa = is_arm64 ? sp + taken : slot + 8;
	*ret_cfa = cfa;
	if (!read_word(step, slot, &address))
		return STEP_LOST;
	if (!is_return(step, address))
		return STEP_NONE;
	if (register_state_get(state, fp_number, &pointer) && pointer == slot - 8 &&
	    read_word(step, pointer, &saved))
		register_state_set(state, fp_number, saved);
	register_state_set(state, register_state_sp_number(state->machine), cfa);
	register_state_set(state, register_state_pc_number(state->machine), address);
	if (is_arm64)
		register_state_set(state, ARM64_LR, address);
	return STEP_DONE;
}

bool guess_step_has_frame_pointer(const struct guess_step *step, enum machine machine)
{
	uint64_t reach =
		step->place->address < PROLOGUE_BYTES ? step->place->address : PROLOGUE_BYTES;
	struct view before;

	if (machine == MACHINE_ARM64 || !step->place->module)
		return true;
	before = code_space_bytes(step->place, -(int64_t)reach, reach);
	return before.size < reach || view_find(before, VIEW_LITERAL("\x55\x48\x89\xe5")) >= 0;
}

/* The outermost function of Go is returned to without having called anything. */
static bool is_outermost_go(const struct guess_step *step, uint64_t address)
{
	return step->place->module && module_has_frame_pointers(step->place->module) &&
	       unwinder_find_mapping(step->space, address) != UINT32_MAX;
}

enum step_result guess_step_frame_pointer(const struct guess_step *step,
					  struct register_state *state, uint64_t *ret_cfa)
{
	uint32_t number = register_state_fp_number(state->machine);
	uint64_t pointer, next, address;

	if (!register_state_get(state, number, &pointer) || pointer == 0 || pointer % 8 != 0)
		return STEP_NONE;
	if (!read_word(step, pointer, &next) || !read_word(step, pointer + 8, &address)) {
		*ret_cfa = pointer + 16;
		return pointer - register_state_sp(state) < MAX_FRAME_BYTES ? STEP_LOST : STEP_NONE;
	}
	address = cfi_step_strip(state->machine, address);
	/* The outermost frame of those that end their chain properly. */
	*ret_cfa = pointer + 16;
	if (address == 0 && next == 0)
		return STEP_END;
	if (!is_return(step, address) && (next != 0 || !is_outermost_go(step, address)))
		return STEP_NONE;
	register_state_set(state, number, next);
	register_state_set(state, register_state_sp_number(state->machine), pointer + 16);
	register_state_set(state, register_state_pc_number(state->machine), address);
	if (state->machine == MACHINE_ARM64)
		register_state_set(state, ARM64_LR, address);
	return STEP_DONE;
}

/* Only what is called from code that can be read counts: any number may look like an address. */
enum step_result guess_step_scan(const struct guess_step *step, struct register_state *state,
				 uint64_t *ret_cfa)
{
	uint64_t sp = register_state_sp(state) & ~7ull;
	uint32_t fp_number = register_state_fp_number(state->machine);
	uint64_t word, pointer = 0;

	for (uint32_t i = 0; i < SCANNED_WORDS; i++) {
		uint64_t at = sp + 8 * i;
		bool is_verified;

		if (!read_word(step, at, &word))
			break;
		word = cfi_step_strip(state->machine, word);
		if (!code_space_is_return(step->space, word, &is_verified) || !is_verified)
			continue;
		/* Beside it the caller's frame pointer, when it has one. */
		if (i > 0 && read_word(step, at - 8, &pointer) && pointer > at &&
		    pointer % 8 == 0 && read_word(step, pointer, &pointer) &&
		    read_word(step, at - 8, &pointer))
			register_state_set(state, fp_number, pointer);
		register_state_set(state, register_state_sp_number(state->machine), at + 8);
		register_state_set(state, register_state_pc_number(state->machine), word);
		*ret_cfa = at + 8;
		return STEP_DONE;
	}
	return STEP_NONE;
}
