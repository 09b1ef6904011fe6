/*
 * Applies a row to the registers of a frame. A register whose place was not copied becomes unknown;
 * only the return address is needed to go on.
 */
#include "symbols/cfi_step.h"

#define USER_ADDRESS_BITS 48

enum value_result { VALUE_KNOWN, VALUE_UNKNOWN, VALUE_NOT_COPIED };

uint64_t cfi_step_strip(enum machine machine, uint64_t address)
{
	return machine == MACHINE_ARM64 ? address & ((1ull << USER_ADDRESS_BITS) - 1) : address;
}

bool cfi_step_cfa(const struct cfi_step *step, const struct register_state *state,
		  uint64_t *ret_cfa)
{
	const struct cfi_row *row = step->row;
	struct expression_context context = {
		.registers = state, .memory = step->memory, .bias = step->bias};
	uint64_t value;

	if (row->is_cfa_expression)
		return dwarf_expression_evaluate(row->cfa_expression, &context, NULL, ret_cfa);
	if (!register_state_get(state, row->cfa_register, &value))
		return false;
	*ret_cfa = value + (uint64_t)row->cfa_offset;
	return true;
}

/* The caller's value of a register whose rule says where it is. */
static enum value_result find_value(const struct cfi_step *step, const struct register_rule *rule,
				    const struct register_state *state, uint64_t cfa, uint64_t *ret)
{
	struct expression_context context = {
		.registers = state, .memory = step->memory, .bias = step->bias};
	uint64_t address = cfa + (uint64_t)rule->offset;

	switch (rule->kind) {
	case RULE_REGISTER:
		return register_state_get(state, (uint64_t)rule->offset, ret) ? VALUE_KNOWN
									      : VALUE_UNKNOWN;
	case RULE_VALUE_OFFSET:
		*ret = address;
		return VALUE_KNOWN;
	case RULE_VALUE_EXPRESSION:
		return dwarf_expression_evaluate(rule->expression, &context, &cfa, ret)
			       ? VALUE_KNOWN
			       : VALUE_UNKNOWN;
	case RULE_EXPRESSION:
		if (!dwarf_expression_evaluate(rule->expression, &context, &cfa, &address))
			return VALUE_UNKNOWN;
		break;
	case RULE_OFFSET:
		break;
	default:
		return VALUE_UNKNOWN;
	}
	return stack_memory_read(step->memory, address, 8, ret) ? VALUE_KNOWN : VALUE_NOT_COPIED;
}

static bool is_kept(const struct register_rule *rule)
{
	return rule->kind == RULE_UNSPECIFIED || rule->kind == RULE_SAME;
}

static enum step_result find_return_address(const struct cfi_step *step,
					    const struct register_state *state, uint64_t cfa,
					    uint64_t *ret)
{
	const struct register_rule *rule;

	if (step->return_register >= REGISTERS_COUNT)
		return STEP_NONE;
	rule = &step->row->rules[step->return_register];
	if (rule->kind == RULE_UNDEFINED)
		return STEP_END;
	if (is_kept(rule)) {
		/* In its register still: only so before the frame's first call. */
		if (state->machine != MACHINE_ARM64 || !step->is_exact_pc ||
		    !register_state_get(state, step->return_register, ret))
			return STEP_NONE;
		return STEP_DONE;
	}
	switch (find_value(step, rule, state, cfa, ret)) {
	case VALUE_KNOWN:
		return STEP_DONE;
	case VALUE_NOT_COPIED:
		return STEP_LOST;
	default:
		return STEP_NONE;
	}
}

enum step_result cfi_step_run(const struct cfi_step *step, struct register_state *state,
			      uint64_t *ret_cfa)
{
	uint32_t sp_number = register_state_sp_number(state->machine);
	uint32_t pc_number = register_state_pc_number(state->machine);
	struct register_state caller = *state;
	uint64_t return_address = 0, cfa, value;
	enum step_result result;

	if (!cfi_step_cfa(step, state, &cfa))
		return STEP_NONE;
	result = find_return_address(step, state, cfa, &return_address);
	if (result != STEP_NONE)
		*ret_cfa = cfa;
	if (result != STEP_DONE)
		return result;
	return_address = cfi_step_strip(state->machine, return_address);
	if (return_address == 0)
		return STEP_END;
	register_state_set(&caller, sp_number, cfa);
	for (uint32_t i = 0; i < REGISTERS_COUNT; i++) {
		const struct register_rule *rule = &step->row->rules[i];

		if (is_kept(rule))
			continue;
		if (find_value(step, rule, state, cfa, &value) == VALUE_KNOWN)
			register_state_set(&caller, i, value);
		else
			register_state_forget(&caller, i);
	}
	if (!register_state_get(&caller, sp_number, &value))
		return STEP_LOST;
	register_state_set(&caller, pc_number, return_address);
	*state = caller;
	return STEP_DONE;
}
