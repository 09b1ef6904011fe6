/*
 * Walks one stack. Per frame the methods are tried from the best to the worst, and the first whose
 * result can be a frame is taken. It ends: the stack pointer grows, but for a bounded number of
 * jumps (signal stacks, coroutines), and the steps are bounded anyway.
 */
#include "symbols/unwinder.h"

#include "symbols/cfi_step.h"
#include "symbols/code_space.h"
#include "symbols/frame_fold.h"
#include "symbols/guess_step.h"
#include "symbols/module.h"
#include "symbols/row_cache.h"
#include "symbols/signal_frame.h"
#include "symbols/unwind_table.h"

#define MAX_STEPS 65536
#define MAX_JUMPS 16
#define MAX_SCANS 64
#define OWN_ROWS  16 /* recursion asks for the same row again and again */

struct walk {
	const struct unwind_space *space;
	const struct stack_memory *memory;
	struct register_state state; /* of the frame we are in */
	struct unwound_frame frame;
	struct code_place place;
	uint32_t jumps;
	uint32_t scans;
	struct row_cache *rows;
};

/* What a step leads to. */
struct next_frame {
	struct register_state state;
	uint64_t cfa;
	enum frame_trust trust;
	bool is_exact_pc;
	bool is_interrupted; /* its stack may be any other */
};

typedef enum step_result (*guess_fn)(const struct guess_step *step, struct register_state *state,
				     uint64_t *ret_cfa);

static bool is_copied(const struct walk *walk, uint64_t address)
{
	uint64_t byte;

	return stack_memory_read(walk->memory, address, 1, &byte);
}

/* Whether what was found can be the caller. */
static bool is_plausible(struct walk *walk, const struct next_frame *next)
{
	uint64_t sp = register_state_sp(&walk->state), next_sp = register_state_sp(&next->state);
	uint64_t pc = register_state_pc(&next->state);

	/* A call that never returns may be the last thing there. */
	if (!next->is_interrupted && unwinder_find_mapping(walk->space, pc - 1) == UINT32_MAX)
		return false;
	if (next_sp > sp)
		return true;
	/* arm64: a function that has not touched the stack yet. */
	if (next_sp == sp && walk->space->machine == MACHINE_ARM64 && walk->frame.is_exact_pc &&
	    pc != register_state_pc(&walk->state))
		return true;
	if (walk->jumps == MAX_JUMPS || !(next->is_interrupted || is_copied(walk, next_sp)))
		return false;
	walk->jumps++;
	return true;
}

static const struct cached_row *find_row(struct walk *walk, bool is_debug)
{
	struct row_question question = {
		.module = walk->place.module,
		.address = walk->place.address - (walk->frame.is_exact_pc ? 0 : 1),
		.machine = walk->space->machine,
		.is_debug = is_debug,
	};

	return question.module ? row_cache_find(walk->rows, &question) : NULL;
}

static enum step_result step_by_signal(struct walk *walk, struct next_frame *next)
{
	if (!signal_frame_restore(&next->state, walk->memory))
		return STEP_NONE;
	next->cfa = register_state_sp(&walk->state);
	next->trust = TRUST_CFI;
	next->is_exact_pc = next->is_interrupted = true;
	if (!is_plausible(walk, next))
		return STEP_NONE;
	/* No call leads to the trampoline: a handler returns to its first instruction. */
	walk->frame.is_exact_pc = true;
	return STEP_DONE;
}

static enum step_result step_by_row(struct walk *walk, const struct cached_row *found,
				    struct next_frame *next)
{
	struct cfi_step step = {
		.row = &found->row,
		.memory = walk->memory,
		.return_register = found->return_register,
		.bias = walk->place.bias,
		.is_exact_pc = walk->frame.is_exact_pc,
	};
	enum step_result result;

	/* The kernel's own table for arm64 leads to the interrupted function's caller. */
	if (found->is_signal_frame && walk->space->machine == MACHINE_ARM64 &&
	    step_by_signal(walk, next) == STEP_DONE)
		return STEP_DONE;
	*next = (struct next_frame){.state = walk->state, .trust = TRUST_CFI};
	result = cfi_step_run(&step, &next->state, &next->cfa);
	next->is_exact_pc = next->is_interrupted = found->is_signal_frame;
	if (result == STEP_DONE && !is_plausible(walk, next))
		return STEP_NONE;
	if (result == STEP_DONE && found->is_signal_frame)
		walk->frame.is_exact_pc = true;
	return result;
}

static enum step_result step_by_guess(struct walk *walk, guess_fn guess, enum frame_trust trust,
				      struct next_frame *next)
{
	struct guess_step step = {
		.space = walk->space,
		.memory = walk->memory,
		.place = &walk->place,
		.is_exact_pc = walk->frame.is_exact_pc,
	};
	enum step_result result;

	*next = (struct next_frame){.state = walk->state, .trust = trust};
	result = guess(&step, &next->state, &next->cfa);
	return result == STEP_DONE && !is_plausible(walk, next) ? STEP_NONE : result;
}

static enum step_result step_by_scan(struct walk *walk, struct next_frame *next)
{
	if (walk->space->is_scan_off || walk->scans == MAX_SCANS)
		return STEP_NONE;
	walk->scans++;
	return step_by_guess(walk, guess_step_scan, TRUST_SCAN, next);
}

/* Go keeps frame pointers, but small functions have no frame, and where it crashed it may not be
 * made yet. A pointer of 0: the first function of a thread or of a goroutine, or its caller. */
static enum step_result step_in_go(struct walk *walk, struct next_frame *next)
{
	uint32_t number = register_state_fp_number(walk->space->machine);
	enum step_result result = STEP_NONE;
	bool is_outermost;
	uint64_t pointer;

	is_outermost = register_state_get(&walk->state, number, &pointer) && pointer == 0;
	if (walk->frame.is_exact_pc || is_outermost)
		result = step_by_guess(walk, guess_step_go, TRUST_CFI, next);
	if (result == STEP_DONE)
		return result;
	if (is_outermost)
		return walk->frame.is_exact_pc ? result : STEP_END;
	return step_by_guess(walk, guess_step_frame_pointer, TRUST_FP, next);
}

/* Frame pointers, unless the code around does not look like it keeps them (musl): then what a call
 * could return to comes first. */
static enum step_result step_by_thumb(struct walk *walk, struct next_frame *next)
{
	struct guess_step step = {
		.space = walk->space,
		.memory = walk->memory,
		.place = &walk->place,
		.is_exact_pc = walk->frame.is_exact_pc,
	};
	enum step_result result;

	if (!guess_step_has_frame_pointer(&step, walk->space->machine)) {
		result = step_by_scan(walk, next);
		if (result == STEP_DONE)
			return result;
	}
	result = step_by_guess(walk, guess_step_frame_pointer, TRUST_FP, next);
	if (result == STEP_DONE || result == STEP_END ||
	    (result == STEP_LOST && !walk->place.module))
		return result;
	return step_by_scan(walk, next) == STEP_DONE ? STEP_DONE : result;
}

static bool is_signal_return(struct walk *walk)
{
	struct view code = code_space_bytes(&walk->place, 0, SIGNAL_RETURN_BYTES);

	if (walk->place.module)
		return signal_frame_is_return(walk->space->machine, code);
	return walk->place.mapping != UINT32_MAX &&
	       signal_frame_is_likely(&walk->state, walk->memory);
}

/* Code that .eh_frame says nothing of, or nothing that works. */
static enum step_result step_without_table(struct walk *walk, struct next_frame *next)
{
	const struct cached_row *found;
	enum step_result result;

	if (walk->place.module && module_has_frame_pointers(walk->place.module)) {
		result = step_in_go(walk, next);
		if (result != STEP_NONE)
			return result;
	}
	found = find_row(walk, true);
	if (found) {
		result = step_by_row(walk, found, next);
		if (result != STEP_NONE)
			return result;
	}
	if (walk->frame.is_exact_pc) {
		result = step_by_guess(walk, guess_step_entry, TRUST_FP, next);
		if (result != STEP_NONE)
			return result;
	}
	return step_by_thumb(walk, next);
}

static enum step_result find_caller(struct walk *walk, struct next_frame *next)
{
	const struct cached_row *found;
	enum step_result result;

	*next = (struct next_frame){.state = walk->state};
	if (walk->place.mapping == UINT32_MAX) {
		result = step_by_guess(walk, guess_step_bad_call, TRUST_CFI, next);
		if (result == STEP_NONE)
			result = step_by_scan(walk, next);
		if (result == STEP_NONE)
			result = step_by_guess(walk, guess_step_frame_pointer, TRUST_FP, next);
		return result;
	}
	found = find_row(walk, false);
	/* Handlers return to the first byte of a function: the byte before may be a neighbour's. */
	if (found && found->end != walk->place.address) {
		result = step_by_row(walk, found, next);
		if (result != STEP_NONE)
			return result;
	} else if (is_signal_return(walk)) {
		*next = (struct next_frame){.state = walk->state};
		result = step_by_signal(walk, next);
		if (result != STEP_NONE)
			return result;
	} else if (found) {
		result = step_by_row(walk, found, next);
		if (result != STEP_NONE)
			return result;
	}
	return step_without_table(walk, next);
}

static void enter_frame(struct walk *walk, const struct next_frame *next)
{
	uint64_t back = next->is_exact_pc ? 0 : 1;

	walk->state = next->state;
	walk->frame = (struct unwound_frame){
		.pc = register_state_pc(&next->state),
		.trust = next->trust,
		.is_exact_pc = next->is_exact_pc,
	};
	code_space_find(walk->space, walk->frame.pc - back, &walk->place);
	walk->place.address += back;
	walk->frame.mapping = walk->place.mapping;
}

static void begin_walk(struct walk *walk, const uint64_t registers[REGISTERS_COUNT])
{
	uint32_t count = register_state_pc_number(walk->space->machine) + 1;
	struct next_frame first = {
		.state.machine = walk->space->machine,
		.trust = TRUST_CONTEXT,
		.is_exact_pc = true,
	};

	for (uint32_t i = 0; i < count; i++)
		register_state_set(&first.state, i, registers[i]);
	enter_frame(walk, &first);
}

uint32_t unwinder_walk(const struct unwind_space *space, const struct stack_memory *memory,
		       const uint64_t registers[REGISTERS_COUNT], struct unwound_frame *ret_frames,
		       uint32_t max_frames, bool *ret_is_truncated)
{
	struct frame_fold fold = {.frames = ret_frames, .max_frames = max_frames};
	struct walk walk = {.space = space, .memory = memory};
	struct cached_row own_rows[OWN_ROWS] = {{0}};
	struct row_cache own = {own_rows, OWN_ROWS};
	bool is_truncated = true;

	walk.rows = space->rows ? space->rows : &own;

	begin_walk(&walk, registers);
	for (uint32_t i = 0; i < MAX_STEPS; i++) {
		struct next_frame next;
		enum step_result result = find_caller(&walk, &next);

		walk.frame.cfa = result == STEP_NONE ? 0 : next.cfa;
		walk.frame.is_outermost = result == STEP_END;
		if (!frame_fold_append(&fold, &walk.frame))
			break;
		if (result == STEP_DONE) {
			enter_frame(&walk, &next);
			continue;
		}
		is_truncated =
			result == STEP_LOST ||
			(result == STEP_NONE && !is_copied(&walk, register_state_sp(&walk.state)));
		break;
	}
	*ret_is_truncated = is_truncated;
	return fold.count;
}
