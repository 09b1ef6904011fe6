/*
 * A block is read at the end of the chain and put in its place when its type is known: in front of
 * what it has as cause or context, behind the group it is a member of.
 */
#include "tracebacks/python_blocks.h"

#define NO_EXCEPTION (-1)

/* Room for the raised one of a long chain is the place of the one furthest from it. */
static struct exception *add_block(struct python_state *state, struct traceback *report)
{
	struct exception *block;

	if (report->exceptions_count == MAX_EXCEPTIONS && !state->level) {
		report->exceptions_count--;
		report->is_truncated = true;
	}
	block = traceback_add_exception(report, RELATION_RAISED, NO_PARENT);
	state->has_block = block != NULL;
	state->is_left_out = !block;
	return block;
}

static struct exception *block_of(const struct python_state *state, struct traceback *report)
{
	return state->has_block ? &report->exceptions[report->exceptions_count - 1] : NULL;
}

/* The block is whole: it goes where it belongs in the chain. */
static void place_block(struct python_state *state, struct traceback *report)
{
	uint32_t index = report->exceptions_count - 1;
	int32_t head = state->heads[state->level];
	struct exception *block = &report->exceptions[index];

	state->has_block = false;
	if (head >= 0) {
		struct exception *raised = &report->exceptions[head];

		block->relation = raised->relation;
		block->parent = raised->parent;
		raised->relation = state->link;
		traceback_put_before(report, index, (uint32_t)head);
		report->exceptions[head + 1].parent = (uint32_t)head;
		return;
	}
	if (state->level) {
		int32_t group = state->heads[state->level - 1];

		block->relation = RELATION_MEMBER;
		block->parent = group >= 0 ? (uint32_t)group : 0;
	}
	state->heads[state->level] = (int32_t)index;
}

void python_blocks_forget(struct python_state *state, uint32_t level)
{
	for (; level < MAX_PYTHON_LEVELS; level++)
		state->heads[level] = NO_EXCEPTION;
}

enum traceback_step python_blocks_take_header(struct python_state *state, struct traceback *report,
					      bool is_group)
{
	struct exception *block = state->is_left_out ? NULL : add_block(state, report);

	if (block)
		block->is_group = is_group;
	state->is_open_group |= is_group;
	state->phase = PHASE_FRAMES;
	report->is_closable = false;
	return TRACEBACK_TAKEN;
}

enum traceback_step python_blocks_take_type(struct python_state *state, struct traceback *report,
					    const struct python_type *type)
{
	struct exception *block = block_of(state, report);

	if (!block && !state->is_left_out)
		block = add_block(state, report);
	if (block) {
		block->type = traceback_copy(report, type->type);
		block->module = traceback_copy(report, type->module);
		block->value = traceback_copy(report, view_take(type->value, MAX_EXCEPTION_VALUE));
		traceback_reverse_frames(block);
		place_block(state, report);
		python_blocks_forget(state, state->level + 1);
	}
	state->phase = PHASE_VALUE;
	state->lines = 0;
	state->blanks = 0;
	report->is_closable = !state->is_open_group;
	return TRACEBACK_TAKEN;
}

void python_blocks_take_location(struct python_state *state, struct traceback *report,
				 const struct python_location *location)
{
	struct exception *block = block_of(state, report);
	struct exception_frame *frame = block ? traceback_add_frame(report, block) : NULL;

	state->has_source = false;
	if (!frame)
		return;
	frame->file = traceback_copy(report, location->file);
	frame->function = traceback_copy(report, location->function);
	frame->line = location->line;
}

/* What is indented and no location: the source line, then marks under it. */
enum traceback_step python_blocks_take_source(struct python_state *state, struct traceback *report,
					      struct view line)
{
	struct exception *block = block_of(state, report);
	uint32_t repeats = python_line_repeats(line);
	struct exception_frame *frame;

	if (!block && state->is_left_out)
		return TRACEBACK_TAKEN;
	/* "    ..." of a text about tracebacks. */
	if (!block || !block->frames_count)
		return TRACEBACK_NOT_MINE;
	frame = &block->frames[block->frames_count - 1];
	if (repeats)
		frame->repeats += repeats;
	else if (!state->has_source && view_starts_with(line, VIEW_LITERAL("    ")))
		frame->context_line = traceback_copy(report, view_trim(line));
	state->has_source = true;
	return TRACEBACK_TAKEN;
}

/* A traceback that was not finished is none. */
void python_blocks_drop(struct python_state *state, struct traceback *report)
{
	if (!state->has_block)
		return;
	report->exceptions_count--;
	report->is_truncated = true;
	state->has_block = false;
}

enum traceback_step python_blocks_start_member(struct python_state *state, struct traceback *report,
					       uint32_t level, bool is_left_out)
{
	if (!level || level > state->level + 1 || level >= MAX_PYTHON_LEVELS)
		return TRACEBACK_NOT_MINE;
	python_blocks_drop(state, report);
	python_blocks_forget(state, level);
	state->level = level;
	state->phase = PHASE_START;
	state->is_left_out = is_left_out;
	report->is_closable = false;
	return TRACEBACK_TAKEN;
}

enum traceback_step python_blocks_close_group(struct python_state *state, struct traceback *report,
					      uint32_t level)
{
	if (!level || level > state->level)
		return TRACEBACK_NOT_MINE;
	python_blocks_drop(state, report);
	state->level = level - 1;
	state->phase = PHASE_VALUE;
	state->blanks = 0;
	state->is_left_out = false;
	state->is_open_group = state->level > 0;
	report->is_closable = !state->is_open_group;
	return TRACEBACK_TAKEN;
}
