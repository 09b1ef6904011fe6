/* CONTEXT records: every register at the offset debuggers expect it at. */
#include "crash/minidump_registers.h"

#include "cmocka_test.h"

static uint64_t registers[REGISTERS_COUNT];

static uint64_t put_and_read(bool is_arm64, size_t offset, size_t size)
{
	struct byte_buffer out;
	uint64_t value = 0;

	for (uint32_t i = 0; i < REGISTERS_COUNT; i++)
		registers[i] = 0x0101010101010100u + i;
	byte_buffer_init(&out, 4096);
	assert_int_equal(minidump_registers_put(&out, is_arm64, registers),
			 is_arm64 ? MINIDUMP_ARM64_BYTES : MINIDUMP_AMD64_BYTES);
	assert_int_equal(out.size, is_arm64 ? MINIDUMP_ARM64_BYTES : MINIDUMP_AMD64_BYTES);
	memcpy(&value, out.bytes + offset, size);
	byte_buffer_done(&out);
	return value;
}

static void test_amd64(void **state)
{
	/* rax rcx rdx rbx rsp rbp rsi rdi by their DWARF numbers */
	static const uint8_t dwarf[] = {0, 2, 1, 3, 7, 6, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15, 16};

	(void)state;
	for (size_t i = 0; i < sizeof(dwarf); i++)
		assert_true(put_and_read(false, 0x78 + 8 * i, 8) == 0x0101010101010100u + dwarf[i]);
	assert_int_equal(put_and_read(false, 0x30, 4), 0x100003);
	assert_int_equal(put_and_read(false, 0x38, 2), 0x33);
	assert_int_equal(put_and_read(false, 0x42, 2), 0x2b);
	assert_int_equal(put_and_read(false, 0x44, 4), 0x01010111);
	assert_true(minidump_registers_stack_pointer(false, registers) == 0x0101010101010107);
}

static void test_arm64(void **state)
{
	(void)state;
	for (size_t i = 0; i < 33; i++)
		assert_true(put_and_read(true, 8 + 8 * i, 8) == 0x0101010101010100u + i);
	assert_int_equal(put_and_read(true, 0, 4), 0x400003);
	assert_int_equal(put_and_read(true, 4, 4), 0x01010121);
	assert_true(minidump_registers_stack_pointer(true, registers) == 0x010101010101011f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_amd64),
		cmocka_unit_test(test_arm64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
