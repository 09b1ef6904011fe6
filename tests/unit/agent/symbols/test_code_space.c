/* From addresses of a process to files, code and calls. */
#include "cmocka_test.h"
#include "made_process.h"
#include "symbols/code_space.h"

static struct made_process made;

static void begin(enum machine machine)
{
	made_process_begin(&made, machine);
	made_process_code(&made, 0x1b, VIEW_LITERAL("\xe8\x01\x02\x03\x04"));
	made_process_open(&made);
}

static void test_places(void **state)
{
	struct code_place place;

	(void)state;
	begin(MACHINE_X86_64);
	code_space_find(&made.space, MADE_CODE + 0x1b, &place);
	assert_int_equal(place.mapping, 0);
	assert_ptr_equal(place.module, made.module);
	assert_int_equal(place.address, UNWIND_ELF_CODE + 0x1b);
	assert_int_equal(place.bias, MADE_START - UNWIND_ELF_BASE);
	assert_view(code_space_bytes(&place, 0, 5), "\xe8\x01\x02\x03\x04");
	assert_view(code_space_bytes(&place, 1, 2), "\x01\x02");
	assert_int_equal(code_space_bytes(&place, 0x3000, 8).size, 0);
	assert_int_equal(code_space_bytes(&place, -0x2000, 8).size, 0);
	code_space_find(&made.space, MADE_JIT, &place);
	assert_int_equal(place.mapping, 1);
	assert_null(place.module);
	assert_int_equal(code_space_bytes(&place, 0, 8).size, 0);
	code_space_find(&made.space, 0, &place);
	assert_int_equal(place.mapping, UINT32_MAX);
	assert_null(place.module);
	/* A file for another machine is no help. */
	made.space.machine = MACHINE_ARM64;
	code_space_find(&made.space, MADE_CODE, &place);
	assert_int_equal(place.mapping, 0);
	assert_null(place.module);
	module_free(&made.module);
}

static void test_returns(void **state)
{
	bool is_verified;

	(void)state;
	begin(MACHINE_X86_64);
	assert_true(code_space_is_return(&made.space, MADE_CODE + 0x20, &is_verified));
	assert_true(is_verified);
	assert_false(code_space_is_return(&made.space, MADE_CODE + 0x21, &is_verified));
	assert_true(is_verified);
	assert_true(code_space_is_return(&made.space, MADE_JIT + 1, &is_verified));
	assert_false(is_verified);
	assert_true(code_space_is_return(&made.space, MADE_JIT + 0x1000, &is_verified));
	assert_false(code_space_is_return(&made.space, MADE_JIT, &is_verified));
	assert_false(code_space_is_return(&made.space, 0, &is_verified));
	assert_false(code_space_is_return(&made.space, MADE_START + 3, &is_verified));
	assert_false(is_verified);
	/* The last thing of a file may be a call that never returns. */
	assert_false(
		code_space_is_return(&made.space, MADE_START + UNWIND_ELF_BYTES, &is_verified));
	assert_true(is_verified);
	module_free(&made.module);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_returns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
