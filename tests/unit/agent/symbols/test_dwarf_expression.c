/* Expressions: each operation, the ones real tables hold, and those that must not run away. */
#include "cmocka_test.h"
#include "symbols/dwarf_expression.h"

static uint8_t page[STACK_PAGE_BYTES];
static const struct stack_page pages[] = {{.address = 0x7000, .bytes = page}};
static const struct stack_memory memory = {.pages = pages, .count = 1};

static bool evaluate(const char *bytes, size_t size, const uint64_t *first, uint64_t *ret)
{
	struct register_state registers = {.machine = MACHINE_X86_64};
	struct expression_context context = {
		.registers = &registers, .memory = &memory, .bias = 0x100000};
	struct view expression = exact_copy(view_of(bytes, size));
	bool is_done;

	register_state_set(&registers, 7, 0x7010);
	register_state_set(&registers, 16, 0x4028b);
	is_done = dwarf_expression_evaluate(expression, &context, first, ret);
	free_copy(expression);
	return is_done;
}

#define EXPECT(bytes, value) expect(bytes, sizeof(bytes) - 1, value)
#define REFUSE(bytes)        refuse(bytes, sizeof(bytes) - 1)

static void expect(const char *bytes, size_t size, uint64_t value)
{
	uint64_t got = 0;

	assert_true(evaluate(bytes, size, NULL, &got));
	assert_int_equal(got, value);
}

static void refuse(const char *bytes, size_t size)
{
	uint64_t got = 77;

	assert_false(evaluate(bytes, size, NULL, &got));
	assert_int_equal(got, 77);
}

static void test_constants(void **state)
{
	(void)state;
	EXPECT("\x30", 0);
	EXPECT("\x4f", 31);
	EXPECT("\x08\xff", 255);
	EXPECT("\x09\xff", (uint64_t)-1);
	EXPECT("\x0a\xfe\xff", 0xfffe);
	EXPECT("\x0b\xfe\xff", (uint64_t)-2);
	EXPECT("\x0c\x01\x02\x03\xff", 0xff030201);
	EXPECT("\x0d\x01\x02\x03\xff", 0xffffffffff030201);
	EXPECT("\x0e\x01\x02\x03\x04\x05\x06\x07\x08", 0x0807060504030201);
	EXPECT("\x0f\x01\x02\x03\x04\x05\x06\x07\xff", 0xff07060504030201);
	EXPECT("\x10\xe5\x8e\x26", 624485);
	EXPECT("\x11\x7e", (uint64_t)-2);
	EXPECT("\x03\x00\x10\x00\x00\x00\x00\x00\x00", 0x101000); /* where it is in the process */
}

static void test_arithmetic(void **state)
{
	(void)state;
	EXPECT("\x3c\x3a\x1a", 12 & 10);
	EXPECT("\x3c\x3a\x21", 12 | 10);
	EXPECT("\x3c\x3a\x27", 12 ^ 10);
	EXPECT("\x3c\x3a\x22", 22);
	EXPECT("\x3a\x3c\x1c", (uint64_t)-2);
	EXPECT("\x3a\x3c\x1e", 120);
	EXPECT("\x09\xf9\x32\x1b", (uint64_t)-3); /* -7 / 2 */
	EXPECT("\x0f\0\0\0\0\0\0\0\x80\x09\xff\x1b", 1ull << 63);
	EXPECT("\x37\x34\x1d", 3);
	EXPECT("\x31\x34\x24", 16);
	EXPECT("\x31\x08\x40\x24", 0);
	EXPECT("\x09\xf8\x31\x25", 0x7ffffffffffffffc);
	EXPECT("\x09\xf8\x08\x7f\x25", 0);
	EXPECT("\x09\xf8\x31\x26", (uint64_t)-4);
	EXPECT("\x09\xf8\x08\x7f\x26", (uint64_t)-1);
	EXPECT("\x09\xf8\x19", 8);
	EXPECT("\x38\x19", 8);
	EXPECT("\x38\x1f", (uint64_t)-8);
	EXPECT("\x30\x20", UINT64_MAX);
	EXPECT("\x31\x23\x80\x01", 129);
	REFUSE("\x31\x30\x1b");
	REFUSE("\x31\x30\x1d");
}

static void test_comparisons(void **state)
{
	(void)state;
	EXPECT("\x31\x31\x29", 1);
	EXPECT("\x31\x32\x29", 0);
	EXPECT("\x31\x32\x2e", 1);
	EXPECT("\x09\xff\x30\x2d", 1); /* -1 < 0 */
	EXPECT("\x09\xff\x30\x2b", 0);
	EXPECT("\x30\x30\x2a", 1);
	EXPECT("\x30\x30\x2c", 1);
	EXPECT("\x31\x30\x2c", 0);
}

static void test_stack(void **state)
{
	(void)state;
	EXPECT("\x33\x12\x22", 6);
	EXPECT("\x33\x34\x13", 3);
	EXPECT("\x33\x34\x14\x1c", 1);     /* 3 4 3 -> 4 - 3 */
	EXPECT("\x33\x34\x35\x15\x02", 3); /* pick */
	EXPECT("\x33\x34\x16\x1c", 1);
	EXPECT("\x31\x32\x33\x17", 2); /* 3 1 2 */
	EXPECT("\x31\x32\x33\x17\x13", 1);
	EXPECT("\x31\x96", 1);
	REFUSE("");
	REFUSE("\x13");
	REFUSE("\x14");
	REFUSE("\x31\x15\x01");
	REFUSE("\x31\x32\x17");
	REFUSE("\x31\x22");
}

static void test_memory_and_registers(void **state)
{
	(void)state;
	memcpy(page + 0x18, "\x01\x02\x03\x04\x05\x06\x07\x08", 8);
	EXPECT("\x77\x08", 0x7018);
	EXPECT("\x77\x08\x06", 0x0807060504030201);
	EXPECT("\x77\x08\x94\x01", 1);
	EXPECT("\x77\x08\x94\x02", 0x0201);
	EXPECT("\x77\x08\x94\x04", 0x04030201);
	EXPECT("\x92\x07\x78", 0x7008);
	REFUSE("\x77\x08\x94\x03");
	REFUSE("\x77\x08\x94\x00");
	REFUSE("\x30\x06");             /* not copied */
	REFUSE("\x76\x00");             /* rbp is not known */
	REFUSE("\x92\xff\xff\x7f\x00"); /* no such register */
	REFUSE("\x50");                 /* the place of a register is no value */
	REFUSE("\x9c");
	REFUSE("\xff");
}

static void test_control(void **state)
{
	uint64_t got, first = 5;

	(void)state;
	EXPECT("\x2f\x01\x00\x31\x32", 2);
	EXPECT("\x31\x28\x01\x00\x4f\x32", 2);
	EXPECT("\x33\x30\x28\x01\x00\x3f", 15);
	EXPECT("\x3a\x31\x1c\x12\x28\xfa\xff", 0); /* counts down from 10 */
	REFUSE("\x31\x2f\xfd\xff");                /* for ever */
	REFUSE("\x31\x2f\xf0\xff");                /* before the start */
	REFUSE("\x31\x2f\x01\x00");                /* beyond the end */
	REFUSE("\x31\x2f\x00");
	REFUSE("\x30\x12\x2f\xfc\xff"); /* fills the stack */
	assert_true(evaluate("\x31\x22", 2, &first, &got));
	assert_int_equal(got, 6);
}

/* The PLT of every x86-64 program: at its 11th byte the return address is one deeper. */
static void test_plt(void **state)
{
	(void)state;
	EXPECT("\x77\x08\x80\x00\x3f\x1a\x3b\x2a\x33\x24\x22", 0x7018 + 8);
}

static void test_cut(void **state)
{
	static const char whole[] =
		"\x77\x08\x0e\x01\x02\x03\x04\x05\x06\x07\x08\x10\xe5\x8e\x26\x22";
	uint64_t got;

	(void)state;
	for (size_t size = 0; size < sizeof(whole); size++)
		(void)evaluate(whole, size, NULL, &got);
	for (int operation = 0; operation < 256; operation++) {
		char bytes[] = {0x31, 0x32, 0x33, (char)operation, 0x01, 0x00, 0x00, 0x00};

		for (size_t size = 3; size < sizeof(bytes); size++)
			(void)evaluate(bytes, size, NULL, &got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_constants),
		cmocka_unit_test(test_arithmetic),
		cmocka_unit_test(test_comparisons),
		cmocka_unit_test(test_stack),
		cmocka_unit_test(test_memory_and_registers),
		cmocka_unit_test(test_control),
		cmocka_unit_test(test_plt),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
