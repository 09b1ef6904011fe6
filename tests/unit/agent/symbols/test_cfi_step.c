/* Rows applied to registers: each kind of rule, what is not copied, where a stack ends. */
#include "cmocka_test.h"
#include "symbols/cfi_step.h"

static uint8_t page[STACK_PAGE_BYTES];
static const struct stack_page pages[] = {{.address = 0x7000, .bytes = page}};
static const struct stack_memory memory = {.pages = pages, .count = 1};
static struct cfi_row row;
static struct register_state registers;

static void put(uint64_t address, uint64_t value)
{
	memcpy(page + (address - 0x7000), &value, sizeof(value));
}

/* x86-64 in the middle of a function: CFA = rsp + 32. */
static void begin(void)
{
	row = (struct cfi_row){.cfa_register = 7, .cfa_offset = 32};
	row.rules[16] = (struct register_rule){.kind = RULE_OFFSET, .offset = -8};
	registers = (struct register_state){.machine = MACHINE_X86_64};
	for (uint32_t i = 0; i <= 16; i++)
		register_state_set(&registers, i, 100 + i);
	register_state_set(&registers, 7, 0x7100);
	put(0x7118, 0x401234);
}

static enum step_result run(uint64_t *ret_cfa)
{
	struct cfi_step step = {.row = &row,
				.memory = &memory,
				.return_register =
					registers.machine == MACHINE_ARM64 ? ARM64_LR : 16};

	return cfi_step_run(&step, &registers, ret_cfa);
}

static void expect(uint64_t number, uint64_t value)
{
	uint64_t got;

	assert_true(register_state_get(&registers, number, &got));
	assert_int_equal(got, value);
}

static void test_rules(void **state)
{
	uint64_t cfa = 0, got;

	(void)state;
	begin();
	put(0x7110, 77);
	put(0x7108, 88);
	row.rules[6] = (struct register_rule){.kind = RULE_OFFSET, .offset = -16};
	row.rules[12] = (struct register_rule){.kind = RULE_REGISTER, .offset = 3};
	row.rules[13] = (struct register_rule){.kind = RULE_VALUE_OFFSET, .offset = 4};
	row.rules[14] = (struct register_rule){.kind = RULE_EXPRESSION,
					       .expression = VIEW_LITERAL("\x48\x1c")};
	row.rules[15] = (struct register_rule){.kind = RULE_VALUE_EXPRESSION,
					       .expression = VIEW_LITERAL("\x48\x1c")};
	row.rules[1] = (struct register_rule){.kind = RULE_UNDEFINED};
	row.rules[2] = (struct register_rule){.kind = RULE_SAME};
	row.rules[8] = (struct register_rule){.kind = RULE_OFFSET, .offset = 0x10000};
	row.rules[9] = (struct register_rule){.kind = RULE_VALUE_EXPRESSION};
	assert_int_equal(run(&cfa), STEP_DONE);
	assert_int_equal(cfa, 0x7120);
	expect(7, 0x7120);
	expect(16, 0x401234);
	expect(6, 77);
	expect(12, 103);
	expect(13, 0x7124);
	expect(14, 88);
	expect(15, 0x7120 - 24);
	expect(2, 102);
	expect(0, 100);
	assert_false(register_state_get(&registers, 1, &got));
	assert_false(register_state_get(&registers, 8, &got));
	/* An expression with nothing in it leaves the CFA. */
	expect(9, 0x7120);
}

static void test_signal_frame(void **state)
{
	uint64_t cfa;

	(void)state;
	begin();
	row.is_cfa_expression = true;
	row.cfa_expression = VIEW_LITERAL("\x77\x20\x06"); /* what rsp+32 points at */
	put(0x7120, 0x7800);
	row.rules[7] = (struct register_rule){.kind = RULE_VALUE_OFFSET, .offset = 0};
	row.rules[16] = (struct register_rule){.kind = RULE_EXPRESSION,
					       .expression = VIEW_LITERAL("\x13\x77\x18")};
	assert_int_equal(run(&cfa), STEP_DONE);
	assert_int_equal(cfa, 0x7800);
	expect(7, 0x7800);
	expect(16, 0x401234);
}

static void test_ends(void **state)
{
	uint64_t cfa = 5;

	(void)state;
	begin();
	row.rules[16].kind = RULE_UNDEFINED;
	assert_int_equal(run(&cfa), STEP_END);
	assert_int_equal(cfa, 0x7120);
	begin();
	put(0x7118, 0);
	assert_int_equal(run(&cfa), STEP_END);
	begin();
	row.cfa_offset = 0x2000;
	assert_int_equal(run(&cfa), STEP_LOST);
	expect(7, 0x7100);
}

static void test_does_not_work(void **state)
{
	uint64_t cfa = 5;

	(void)state;
	begin();
	row.cfa_register = 40;
	assert_int_equal(run(&cfa), STEP_NONE);
	begin();
	register_state_forget(&registers, 7);
	assert_int_equal(run(&cfa), STEP_NONE);
	begin();
	row.is_cfa_expression = true;
	row.cfa_expression = VIEW_LITERAL("\x06");
	assert_int_equal(run(&cfa), STEP_NONE);
	begin();
	row.rules[16].kind = RULE_UNSPECIFIED;
	assert_int_equal(run(&cfa), STEP_NONE);
	assert_int_equal(cfa, 5);
}

static void test_arm64(void **state)
{
	struct cfi_step step = {.row = &row, .memory = &memory, .return_register = ARM64_LR};
	uint64_t cfa;

	(void)state;
	begin();
	row = (struct cfi_row){.cfa_register = ARM64_SP, .cfa_offset = 16};
	registers = (struct register_state){.machine = MACHINE_ARM64};
	register_state_set(&registers, ARM64_SP, 0x7100);
	register_state_set(&registers, ARM64_PC, 0x1000);
	register_state_set(&registers, ARM64_LR, 0x3a00000000402000);
	assert_int_equal(cfi_step_run(&step, &registers, &cfa), STEP_NONE);
	step.is_exact_pc = true;
	assert_int_equal(cfi_step_run(&step, &registers, &cfa), STEP_DONE);
	expect(ARM64_PC, 0x402000);
	expect(ARM64_SP, 0x7110);
	put(0x7118, 0xffb4000000403000);
	row.rules[ARM64_LR] = (struct register_rule){.kind = RULE_OFFSET, .offset = -8};
	step.is_exact_pc = false;
	assert_int_equal(cfi_step_run(&step, &registers, &cfa), STEP_DONE);
	expect(ARM64_PC, 0x403000);
	assert_int_equal(cfi_step_strip(MACHINE_X86_64, UINT64_MAX), UINT64_MAX);
	assert_int_equal(cfi_step_strip(MACHINE_ARM64, UINT64_MAX), 0xffffffffffff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules), cmocka_unit_test(test_signal_frame),
		cmocka_unit_test(test_ends),  cmocka_unit_test(test_does_not_work),
		cmocka_unit_test(test_arm64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
