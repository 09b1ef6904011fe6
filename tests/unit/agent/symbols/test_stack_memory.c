/* Reading copied pages: sizes, borders, gaps. */
#include "cmocka_test.h"
#include "symbols/stack_memory.h"

static uint8_t bytes[3][STACK_PAGE_BYTES];
static const struct stack_page pages[] = {
	{.address = 0x1000, .bytes = bytes[0]},
	{.address = 0x2000, .bytes = bytes[1]},
	{.address = 0xfffffffffffff000, .bytes = bytes[2]},
};
static const struct stack_memory memory = {.pages = pages, .count = 3};

static void expect(uint64_t address, uint32_t size, uint64_t value)
{
	uint64_t got = 0;

	assert_true(stack_memory_read(&memory, address, size, &got));
	assert_int_equal(got, value);
}

static void refuse(uint64_t address, uint32_t size)
{
	uint64_t got = 77;

	assert_false(stack_memory_read(&memory, address, size, &got));
	assert_int_equal(got, 77);
}

static void test_reads(void **state)
{
	(void)state;
	memcpy(bytes[0] + 4092, "\x01\x02\x03\x84", 4);
	memcpy(bytes[1], "\x05\x06\x07\x88", 4);
	memset(bytes[2], 0xab, STACK_PAGE_BYTES);
	expect(0x1fff, 1, 0x84);
	expect(0x1ffe, 2, 0x8403);
	expect(0x1ffc, 4, 0x84030201);
	expect(0x1ffc, 8, 0x8807060584030201);
	expect(0x1fff, 2, 0x0584);
	expect(0x2ff8, 8, 0);
	expect(0xfffffffffffffff8, 8, 0xabababababababab);
}

static void test_gaps(void **state)
{
	const struct stack_memory nothing = {0};
	uint64_t got;

	(void)state;
	refuse(0xfff, 1);
	refuse(0xffc, 8);
	refuse(0x2ffc, 8);
	refuse(0x3000, 1);
	refuse(0xfffffffffffffff9, 8);
	refuse(UINT64_MAX, 2);
	assert_false(stack_memory_read(&nothing, 0, 1, &got));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_gaps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
