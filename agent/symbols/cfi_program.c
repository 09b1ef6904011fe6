/*
 * The operations of call frame programs (DWARF 5 section 6.4.2, and GNU's and Arm's own). One byte
 * at least is used per operation, so a program ends; what it remembers is bounded.
 */
#include "symbols/cfi_program.h"

#include "symbols/dwarf_operations.h"
#include "symbols/dwarf_reader.h"

#define MAX_REMEMBERED    16
#define MAX_PROGRAM_BYTES 65536 /* real ones have under 4 KiB */

struct cfi_run {
	const struct unwind_entry *entry;
	enum machine machine;
	uint64_t address; /* looked for */
	struct dwarf_reader reader;
	struct cfi_row row;
	struct cfi_row initial; /* after the CIE */
	struct cfi_row remembered[MAX_REMEMBERED];
	uint32_t remembered_count;
	bool is_reached;
	bool is_bad;
};

static void advance_to(struct cfi_run *run, uint64_t address)
{
	if (run->address < address)
		run->is_reached = true;
	else
		run->row.begin = address;
}

static void advance_by(struct cfi_run *run, uint64_t count)
{
	uint64_t distance, address;

	if (__builtin_mul_overflow(count, run->entry->code_alignment, &distance) ||
	    __builtin_add_overflow(run->row.begin, distance, &address))
		run->is_reached = true; /* beyond all addresses */
	else
		advance_to(run, address);
}

static int64_t scale(struct cfi_run *run, int64_t count)
{
	return (int64_t)((uint64_t)count * (uint64_t)run->entry->data_alignment);
}

static void set_rule(struct cfi_run *run, uint64_t number, enum rule_kind kind, int64_t offset)
{
	if (number < REGISTERS_COUNT)
		run->row.rules[number] = (struct register_rule){.kind = kind, .offset = offset};
}

static void set_expression(struct cfi_run *run, enum rule_kind kind)
{
	uint64_t number = dwarf_reader_uleb(&run->reader);
	struct view expression = dwarf_reader_bytes(&run->reader, dwarf_reader_uleb(&run->reader));

	if (number < REGISTERS_COUNT)
		run->row.rules[number] =
			(struct register_rule){.kind = kind, .expression = expression};
}

static void restore_rule(struct cfi_run *run, uint64_t number)
{
	if (number < REGISTERS_COUNT)
		run->row.rules[number] = run->initial.rules[number];
}

static void define_cfa(struct cfi_run *run, uint64_t number, int64_t offset)
{
	run->row.is_cfa_expression = false;
	run->row.cfa_register = number;
	run->row.cfa_offset = offset;
}

static void remember(struct cfi_run *run)
{
	if (run->remembered_count == MAX_REMEMBERED)
		run->is_bad = true;
	else
		run->remembered[run->remembered_count++] = run->row;
}

static void restore_remembered(struct cfi_run *run)
{
	uint64_t begin = run->row.begin;

	if (run->remembered_count == 0) {
		run->is_bad = true;
		return;
	}
	run->row = run->remembered[--run->remembered_count];
	run->row.begin = begin;
}

/* Moves on. False: another operation. */
static bool run_advance(struct cfi_run *run, uint8_t operation)
{
	struct dwarf_reader *reader = &run->reader;

	switch (operation) {
	case CFA_SET_LOCATION:
		advance_to(run, dwarf_reader_pointer(reader, run->entry->pointer_encoding, 0));
		return true;
	case CFA_ADVANCE1:
		advance_by(run, dwarf_reader_unsigned(reader, 1));
		return true;
	case CFA_ADVANCE2:
		advance_by(run, dwarf_reader_unsigned(reader, 2));
		return true;
	case CFA_ADVANCE4:
		advance_by(run, dwarf_reader_unsigned(reader, 4));
		return true;
	case CFA_ADVANCE8:
		advance_by(run, dwarf_reader_unsigned(reader, 8));
		return true;
	default:
		return false;
	}
}

/* Says what the CFA is. False: another operation. */
static bool run_define(struct cfi_run *run, uint8_t operation)
{
	struct dwarf_reader *reader = &run->reader;
	uint64_t number;

	switch (operation) {
	case CFA_DEFINE:
		number = dwarf_reader_uleb(reader);
		define_cfa(run, number, (int64_t)dwarf_reader_uleb(reader));
		return true;
	case CFA_DEFINE_SIGNED:
		number = dwarf_reader_uleb(reader);
		define_cfa(run, number, scale(run, dwarf_reader_sleb(reader)));
		return true;
	case CFA_DEFINE_REGISTER:
		define_cfa(run, dwarf_reader_uleb(reader), run->row.cfa_offset);
		return true;
	case CFA_DEFINE_OFFSET:
		run->row.cfa_offset = (int64_t)dwarf_reader_uleb(reader);
		return true;
	case CFA_DEFINE_OFFSET_SIGNED:
		run->row.cfa_offset = scale(run, dwarf_reader_sleb(reader));
		return true;
	case CFA_DEFINE_EXPRESSION:
		run->row.is_cfa_expression = true;
		run->row.cfa_expression = dwarf_reader_bytes(reader, dwarf_reader_uleb(reader));
		return true;
	default:
		return false;
	}
}

/* Says where a register is, by an offset. False: another operation. */
static bool run_offset(struct cfi_run *run, uint8_t operation)
{
	struct dwarf_reader *reader = &run->reader;
	enum rule_kind kind = RULE_OFFSET;
	uint64_t number;
	int64_t count;

	switch (operation) {
	case CFA_OFFSET_EXTENDED:
	case CFA_OFFSET_SIGNED:
	case CFA_NEGATIVE_OFFSET:
		break;
	case CFA_VALUE_OFFSET:
	case CFA_VALUE_OFFSET_SIGNED:
		kind = RULE_VALUE_OFFSET;
		break;
	default:
		return false;
	}
	number = dwarf_reader_uleb(reader);
	if (operation == CFA_OFFSET_SIGNED || operation == CFA_VALUE_OFFSET_SIGNED)
		count = dwarf_reader_sleb(reader);
	else
		count = (int64_t)dwarf_reader_uleb(reader);
	if (operation == CFA_NEGATIVE_OFFSET)
		count = (int64_t) - (uint64_t)count;
	set_rule(run, number, kind, scale(run, count));
	return true;
}

/* The others that say where a register is. False: another operation. */
static bool run_rule(struct cfi_run *run, uint8_t operation)
{
	struct dwarf_reader *reader = &run->reader;
	uint64_t number;

	switch (operation) {
	case CFA_RESTORE_EXTENDED:
		restore_rule(run, dwarf_reader_uleb(reader));
		return true;
	case CFA_UNDEFINED:
		set_rule(run, dwarf_reader_uleb(reader), RULE_UNDEFINED, 0);
		return true;
	case CFA_SAME_VALUE:
		set_rule(run, dwarf_reader_uleb(reader), RULE_SAME, 0);
		return true;
	case CFA_REGISTER:
		number = dwarf_reader_uleb(reader);
		set_rule(run, number, RULE_REGISTER, (int64_t)dwarf_reader_uleb(reader));
		return true;
	case CFA_EXPRESSION:
		set_expression(run, RULE_EXPRESSION);
		return true;
	case CFA_VALUE_EXPRESSION:
		set_expression(run, RULE_VALUE_EXPRESSION);
		return true;
	default:
		return false;
	}
}

static void run_other(struct cfi_run *run, uint8_t operation)
{
	switch (operation) {
	case CFA_NOP:
		break;
	case CFA_REMEMBER_STATE:
		remember(run);
		break;
	case CFA_RESTORE_STATE:
		restore_remembered(run);
		break;
	case CFA_ARGUMENTS_SIZE:
		run->row.arguments_size = dwarf_reader_uleb(&run->reader);
		break;
	case CFA_NEGATE_RETURN_STATE:
	case CFA_NEGATE_RETURN_STATE_PC:
		run->is_bad |= run->machine != MACHINE_ARM64;
		run->row.is_return_address_signed = !run->row.is_return_address_signed;
		break;
	default:
		run->is_bad = true;
	}
}

static void run_one(struct cfi_run *run)
{
	uint8_t operation = (uint8_t)dwarf_reader_unsigned(&run->reader, 1);
	uint8_t operand = operation & 0x3f;

	switch (operation & 0xc0) {
	case CFA_ADVANCE:
		advance_by(run, operand);
		return;
	case CFA_OFFSET:
		set_rule(run, operand, RULE_OFFSET,
			 scale(run, (int64_t)dwarf_reader_uleb(&run->reader)));
		return;
	case CFA_RESTORE:
		restore_rule(run, operand);
		return;
	default:
		break;
	}
	if (!run_advance(run, operation) && !run_define(run, operation) &&
	    !run_offset(run, operation) && !run_rule(run, operation))
		run_other(run, operation);
}

static bool run_program(struct cfi_run *run, struct view program, uint64_t address)
{
	if (program.size > MAX_PROGRAM_BYTES)
		return false;
	dwarf_reader_init(&run->reader, program, address);
	while (run->reader.at < run->reader.end && !run->is_reached) {
		run_one(run);
		if (run->is_bad || run->reader.is_bad)
			return false;
	}
	return true;
}

bool cfi_program_run(const struct unwind_entry *entry, enum machine machine, uint64_t address,
		     struct cfi_row *ret)
{
	struct cfi_run run;

	run.entry = entry;
	run.machine = machine;
	run.address = address;
	run.remembered_count = 0;
	run.is_reached = run.is_bad = false;
	run.row = run.initial = (struct cfi_row){.begin = entry->begin};
	if (!run_program(&run, entry->common_program, 0) || run.is_reached)
		return false;
	run.initial = run.row;
	if (!run_program(&run, entry->program, entry->program_address))
		return false;
	*ret = run.row;
	return true;
}
