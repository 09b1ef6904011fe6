/*
 * Runs the programs of an unwind entry up to an address: the row of rules that tells where the
 * caller's registers are. Registers that limpet does not capture (vectors, flags) are left out.
 */
#ifndef SYMBOLS_CFI_PROGRAM_H
#define SYMBOLS_CFI_PROGRAM_H

#include "symbols/register_state.h"
#include "symbols/unwind_entry.h"

enum rule_kind {
	RULE_UNSPECIFIED, /* same value, but the return address then is not known */
	RULE_SAME,
	RULE_UNDEFINED,
	RULE_OFFSET,       /* in memory at CFA + offset */
	RULE_VALUE_OFFSET, /* is CFA + offset */
	RULE_REGISTER,     /* in another register: offset is its number */
	RULE_EXPRESSION,   /* in memory where the expression says */
	RULE_VALUE_EXPRESSION,
};

struct register_rule {
	enum rule_kind kind;
	int64_t offset;
	struct view expression;
};

struct cfi_row {
	uint64_t begin; /* as linked: the first address of this row */
	bool is_cfa_expression;
	uint64_t cfa_register;
	int64_t cfa_offset;
	struct view cfa_expression;
	struct register_rule rules[REGISTERS_COUNT];
	uint64_t arguments_size;
	bool is_return_address_signed; /* arm64 */
};

/* False: the program is broken, or does something nobody does. */
bool cfi_program_run(const struct unwind_entry *entry, enum machine machine, uint64_t address,
		     struct cfi_row *ret);

#endif
