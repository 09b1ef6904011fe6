/* Call frame programs: each operation, rows and their borders, what is remembered, broken ones. */
#include "cmocka_test.h"
#include "symbols/cfi_program.h"

static bool run_on(enum machine machine, struct view program, uint64_t address, struct cfi_row *ret)
{
	struct view copy = exact_copy(program);
	struct unwind_entry entry = {
		.begin = 0x1000,
		.end = 0x2000,
		.common_program = VIEW_LITERAL("\x0c\x07\x08\x90\x01"),
		.program = copy,
		.program_address = 0x9000,
		.code_alignment = machine == MACHINE_ARM64 ? 4 : 1,
		.data_alignment = -8,
		.return_register = 16,
		.pointer_encoding = 0x1b,
	};
	bool is_run = cfi_program_run(&entry, machine, address, ret);

	/* Views into the program are good as long as it is: looked at by size only. */
	free_copy(copy);
	return is_run;
}

static struct cfi_row run(const char *bytes, size_t size, uint64_t address)
{
	struct cfi_row row;

	assert_true(run_on(MACHINE_X86_64, view_of(bytes, size), address, &row));
	return row;
}
#define RUN(bytes, address) run(bytes, sizeof(bytes) - 1, address)
#define REFUSE(bytes)                                                                              \
	assert_false(run_on(MACHINE_X86_64, VIEW_LITERAL(bytes), 0x1800, &(struct cfi_row){0}))

static void expect_cfa(struct cfi_row row, uint64_t number, int64_t offset)
{
	assert_false(row.is_cfa_expression);
	assert_int_equal(row.cfa_register, number);
	assert_int_equal(row.cfa_offset, offset);
}

static void expect_rule(struct cfi_row row, uint32_t number, enum rule_kind kind, int64_t offset)
{
	assert_int_equal(row.rules[number].kind, kind);
	assert_int_equal(row.rules[number].offset, offset);
}

static void test_rows(void **state)
{
	/* push rbp at 0x1000 (1 byte), frame at 0x1004, leave at 0x1100 */
	static const char program[] =
		"\x41\x0e\x10\x86\x02\x43\x0d\x06\x03\xfc\x00\x0c\x07\x08\xc6";

	(void)state;
	expect_cfa(RUN(program, 0x1000), 7, 8);
	expect_rule(RUN(program, 0x1000), 16, RULE_OFFSET, -8);
	expect_rule(RUN(program, 0x1000), 6, RULE_UNSPECIFIED, 0);
	expect_cfa(RUN(program, 0x1001), 7, 16);
	expect_rule(RUN(program, 0x1003), 6, RULE_OFFSET, -16);
	expect_cfa(RUN(program, 0x1004), 6, 16);
	expect_cfa(RUN(program, 0x10ff), 6, 16);
	expect_cfa(RUN(program, 0x1100), 7, 8);
	expect_rule(RUN(program, 0x1100), 6, RULE_UNSPECIFIED, 0);
	assert_int_equal(RUN(program, 0x10ff).begin, 0x1004);
}

static void test_advance(void **state)
{
	(void)state;
	expect_cfa(RUN("\x02\xff\x0e\x10", 0x10fe), 7, 8);
	expect_cfa(RUN("\x02\xff\x0e\x10", 0x10ff), 7, 16);
	expect_cfa(RUN("\x04\x00\x08\x00\x00\x0e\x10", 0x17ff), 7, 8);
	expect_cfa(RUN("\x04\x00\x08\x00\x00\x0e\x10", 0x1800), 7, 16);
	expect_cfa(RUN("\x1d\x00\x08\x00\x00\x00\x00\x00\x00\x0e\x10", 0x17ff), 7, 8);
	expect_cfa(RUN("\x1d\xff\xff\xff\xff\xff\xff\xff\xff\x0e\x10", 0x17ff), 7, 8);
	/* set_loc, relative to where it stands: 0x9001 - 0x7801 */
	expect_cfa(RUN("\x01\xff\x87\xff\xff\x0e\x10", 0x17ff), 7, 8);
	expect_cfa(RUN("\x01\xff\x87\xff\xff\x0e\x10", 0x1800), 7, 16);
}

static void test_definitions(void **state)
{
	struct cfi_row row;

	(void)state;
	expect_cfa(RUN("\x12\x06\x7e", 0x1800), 6, 16); /* signed, times -8 */
	expect_cfa(RUN("\x13\x7d", 0x1800), 7, 24);
	expect_cfa(RUN("\x0d\x0a", 0x1800), 10, 8);
	row = RUN("\x0f\x03\x77\x08\x06", 0x1800);
	assert_true(row.is_cfa_expression);
	assert_int_equal(row.cfa_expression.size, 3);
	expect_cfa(RUN("\x0f\x03\x77\x08\x06\x0c\x07\x10", 0x1800), 7, 16);
	assert_int_equal(RUN("\x2e\x20", 0x1800).arguments_size, 32);
}

static void test_rules(void **state)
{
	struct cfi_row row;

	(void)state;
	expect_rule(RUN("\x05\x0c\x03", 0x1800), 12, RULE_OFFSET, -24);
	expect_rule(RUN("\x11\x0c\x7d", 0x1800), 12, RULE_OFFSET, 24);
	expect_rule(RUN("\x2f\x0c\x03", 0x1800), 12, RULE_OFFSET, 24);
	expect_rule(RUN("\x14\x0c\x03", 0x1800), 12, RULE_VALUE_OFFSET, -24);
	expect_rule(RUN("\x15\x0c\x7d", 0x1800), 12, RULE_VALUE_OFFSET, 24);
	expect_rule(RUN("\x07\x10", 0x1800), 16, RULE_UNDEFINED, 0);
	expect_rule(RUN("\x08\x0c", 0x1800), 12, RULE_SAME, 0);
	expect_rule(RUN("\x09\x0c\x03", 0x1800), 12, RULE_REGISTER, 3);
	expect_rule(RUN("\x07\x10\x06\x10", 0x1800), 16, RULE_OFFSET, -8);
	row = RUN("\x10\x0c\x02\x77\x08", 0x1800);
	expect_rule(row, 12, RULE_EXPRESSION, 0);
	assert_int_equal(row.rules[12].expression.size, 2);
	row = RUN("\x16\x0c\x02\x77\x08", 0x1800);
	expect_rule(row, 12, RULE_VALUE_EXPRESSION, 0);
	/* Registers we do not have: vectors. */
	expect_cfa(RUN("\x05\x43\x03\x07\x44\x09\x45\x01\x10\x46\x01\x30\x06\x47", 0x1800), 7, 8);
}

static void test_remembered(void **state)
{
	struct cfi_row row;

	(void)state;
	row = RUN("\x0e\x10\x0a\x0e\x20\x86\x02\x0a\x0e\x30\x0b\x48\x0b", 0x1800);
	expect_cfa(row, 7, 16);
	expect_rule(row, 6, RULE_UNSPECIFIED, 0);
	assert_int_equal(row.begin, 0x1008);
	REFUSE("\x0b");
	REFUSE("\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a");
}

static void test_arm64(void **state)
{
	static const struct view program =
		VIEW_LITERAL("\x41\x2d\x41\x0e\x20\x9d\x04\x9e\x03\x41\x2d");
	struct cfi_row row;

	(void)state;
	assert_true(run_on(MACHINE_ARM64, program, 0x1000, &row));
	assert_false(row.is_return_address_signed);
	assert_true(run_on(MACHINE_ARM64, program, 0x1004, &row));
	assert_true(row.is_return_address_signed);
	assert_true(run_on(MACHINE_ARM64, program, 0x1008, &row));
	expect_cfa(row, 7, 32);
	expect_rule(row, 29, RULE_OFFSET, -32);
	expect_rule(row, 30, RULE_OFFSET, -24);
	assert_true(run_on(MACHINE_ARM64, program, 0x100c, &row));
	assert_false(row.is_return_address_signed);
	REFUSE("\x2d"); /* not of this machine */
}

static void test_broken(void **state)
{
	static const char whole[] =
		"\x41\x0e\x10\x86\x02\x0f\x03\x77\x08\x06\x10\x0c\x02\x77\x08\x04\x01"
		"\x00\x00\x00\x0a\x0b\x01\x00\x00\x00\x00\x2e\x80\x01";
	struct cfi_row row;

	(void)state;
	REFUSE("\x17");
	REFUSE("\x3f");
	REFUSE("\x0f\x03\x77\x08"); /* an expression beyond the end */
	REFUSE("\x0e");
	for (size_t size = 0; size < sizeof(whole); size++)
		(void)run_on(MACHINE_X86_64, view_of(whole, size), 0x1800, &row);
	for (int first = 0; first < 256; first++)
		for (int second = 0; second < 256; second += 5) {
			char bytes[] = {(char)first, (char)second, 0x03, 0x77, 0x08};

			for (size_t size = 1; size <= sizeof(bytes); size++)
				(void)run_on(MACHINE_ARM64, view_of(bytes, size), 0x1800, &row);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),        cmocka_unit_test(test_advance),
		cmocka_unit_test(test_definitions), cmocka_unit_test(test_rules),
		cmocka_unit_test(test_remembered),  cmocka_unit_test(test_arm64),
		cmocka_unit_test(test_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
