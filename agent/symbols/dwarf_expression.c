/* Evaluates expressions of unwind tables. Operations that make no sense there (pieces, locations,
 * calls) end it without a result. */
#include "symbols/dwarf_expression.h"

#include "symbols/dwarf_operations.h"
#include "symbols/dwarf_reader.h"

#define MAX_STEPS 1024
#define MAX_DEPTH 64

struct evaluation {
	struct dwarf_reader reader;
	const struct expression_context *context;
	uint64_t stack[MAX_DEPTH];
	uint32_t depth;
	bool is_bad;
};

static void push(struct evaluation *run, uint64_t value)
{
	if (run->depth == MAX_DEPTH)
		run->is_bad = true;
	else
		run->stack[run->depth++] = value;
}

static uint64_t pop(struct evaluation *run)
{
	if (run->depth == 0) {
		run->is_bad = true;
		return 0;
	}
	return run->stack[--run->depth];
}

static void push_copy(struct evaluation *run, uint64_t from_top)
{
	if (from_top >= run->depth)
		run->is_bad = true;
	else
		push(run, run->stack[run->depth - 1 - from_top]);
}

static void push_register(struct evaluation *run, uint64_t number, int64_t offset)
{
	uint64_t value = 0;

	if (!register_state_get(run->context->registers, number, &value))
		run->is_bad = true;
	push(run, value + (uint64_t)offset);
}

static void push_memory(struct evaluation *run, uint64_t size)
{
	uint64_t address = pop(run), value = 0;

	if ((size != 1 && size != 2 && size != 4 && size != 8) || run->is_bad ||
	    !stack_memory_read(run->context->memory, address, (uint32_t)size, &value))
		run->is_bad = true;
	push(run, value);
}

static void jump(struct evaluation *run, bool is_taken)
{
	int64_t distance = dwarf_reader_signed(&run->reader, 2);

	if (!is_taken || run->reader.is_bad)
		return;
	if (distance < run->reader.start - run->reader.at ||
	    distance > run->reader.end - run->reader.at)
		run->is_bad = true;
	else
		run->reader.at += distance;
}

/* Of two values; signed where DWARF says so. */
static uint64_t calculate(struct evaluation *run, uint8_t operation)
{
	uint64_t right = pop(run), left = pop(run);

	switch (operation) {
	case OP_AND:
		return left & right;
	case OP_OR:
		return left | right;
	case OP_XOR:
		return left ^ right;
	case OP_PLUS:
		return left + right;
	case OP_MINUS:
		return left - right;
	case OP_MUL:
		return left * right;
	case OP_DIV:
		run->is_bad |= right == 0;
		/* The one overflow there is gives itself. */
		if (right == 0 || right == UINT64_MAX)
			return -left;
		return (uint64_t)((int64_t)left / (int64_t)right);
	case OP_MOD:
		run->is_bad |= right == 0;
		return right ? left % right : 0;
	case OP_SHL:
		return right < 64 ? left << right : 0;
	case OP_SHR:
		return right < 64 ? left >> right : 0;
	case OP_SHRA:
		return (uint64_t)((int64_t)left >> (right < 64 ? right : 63));
	default:
		run->is_bad = true;
		return 0;
	}
}

static uint64_t compare(struct evaluation *run, uint8_t operation)
{
	int64_t right = (int64_t)pop(run), left = (int64_t)pop(run);

	switch (operation) {
	case OP_EQ:
		return left == right;
	case OP_NE:
		return left != right;
	case OP_GE:
		return left >= right;
	case OP_GT:
		return left > right;
	case OP_LE:
		return left <= right;
	default:
		return left < right;
	}
}

/* Operations that push a constant. False: another one. */
static bool run_constant(struct evaluation *run, uint8_t operation)
{
	struct dwarf_reader *reader = &run->reader;
	uint32_t size = 1u << ((operation - OP_CONST1U) / 2 & 3);

	if (operation >= OP_CONST1U && operation <= OP_CONST8S) {
		push(run, operation % 2 == 0 ? dwarf_reader_unsigned(reader, size)
					     : (uint64_t)dwarf_reader_signed(reader, size));
		return true;
	}
	switch (operation) {
	case OP_ADDRESS:
		push(run, dwarf_reader_unsigned(reader, 8) + run->context->bias);
		return true;
	case OP_CONSTU:
		push(run, dwarf_reader_uleb(reader));
		return true;
	case OP_CONSTS:
		push(run, (uint64_t)dwarf_reader_sleb(reader));
		return true;
	default:
		return false;
	}
}

/* Operations on the stack itself. False: another one. */
static bool run_shuffle(struct evaluation *run, uint8_t operation)
{
	uint64_t top, second, third;

	switch (operation) {
	case OP_DUP:
		push_copy(run, 0);
		return true;
	case OP_OVER:
		push_copy(run, 1);
		return true;
	case OP_PICK:
		push_copy(run, dwarf_reader_unsigned(&run->reader, 1));
		return true;
	case OP_DROP:
		(void)pop(run);
		return true;
	case OP_SWAP:
		top = pop(run);
		second = pop(run);
		push(run, top);
		push(run, second);
		return true;
	case OP_ROTATE:
		top = pop(run);
		second = pop(run);
		third = pop(run);
		push(run, top);
		push(run, third);
		push(run, second);
		return true;
	default:
		return false;
	}
}

/* Registers, memory, control, one value. False: another operation. */
static bool run_access(struct evaluation *run, uint8_t operation)
{
	struct dwarf_reader *reader = &run->reader;
	uint64_t value;

	switch (operation) {
	case OP_BREGX:
		value = dwarf_reader_uleb(reader);
		push_register(run, value, dwarf_reader_sleb(reader));
		return true;
	case OP_DEREF:
		push_memory(run, 8);
		return true;
	case OP_DEREF_SIZE:
		push_memory(run, dwarf_reader_unsigned(reader, 1));
		return true;
	case OP_SKIP:
		jump(run, true);
		return true;
	case OP_BRANCH:
		jump(run, pop(run) != 0);
		return true;
	case OP_ABS:
		value = pop(run);
		push(run, (int64_t)value < 0 ? -value : value);
		return true;
	case OP_NEG:
		push(run, -pop(run));
		return true;
	case OP_NOT:
		push(run, ~pop(run));
		return true;
	case OP_PLUS_UCONST:
		push(run, pop(run) + dwarf_reader_uleb(reader));
		return true;
	case OP_NOP:
		return true;
	default:
		return false;
	}
}

static void run_one(struct evaluation *run)
{
	uint8_t operation = (uint8_t)dwarf_reader_unsigned(&run->reader, 1);

	if (operation >= OP_LIT0 && operation <= OP_LIT31)
		push(run, operation - OP_LIT0);
	else if (operation >= OP_BREG0 && operation <= OP_BREG31)
		push_register(run, operation - OP_BREG0, dwarf_reader_sleb(&run->reader));
	else if (operation >= OP_EQ && operation <= OP_NE)
		push(run, compare(run, operation));
	else if (!run_constant(run, operation) && !run_shuffle(run, operation) &&
		 !run_access(run, operation))
		push(run, calculate(run, operation));
}

bool dwarf_expression_evaluate(struct view expression, const struct expression_context *context,
			       const uint64_t *first, uint64_t *ret)
{
	struct evaluation run = {.context = context};
	uint64_t value;

	dwarf_reader_init(&run.reader, expression, 0);
	if (first)
		push(&run, *first);
	for (uint32_t step = 0; run.reader.at < run.reader.end; step++) {
		if (step == MAX_STEPS)
			return false;
		run_one(&run);
		if (run.is_bad || run.reader.is_bad)
			return false;
	}
	value = pop(&run);
	if (run.is_bad)
		return false;
	*ret = value;
	return true;
}
