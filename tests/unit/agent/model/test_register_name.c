/* DWARF's numbers, by both machines' names. */
#include "cmocka_test.h"

#include "model/register_name.h"

static void x86(void **state)
{
	(void)state;
	assert_int_equal(register_name_count(false), 17);
	assert_string_equal(register_name(false, 0), "rax");
	assert_string_equal(register_name(false, 7), "rsp");
	assert_string_equal(register_name(false, 16), "rip");
	assert_string_equal(register_name(false, 17), "");
}

static void arm64(void **state)
{
	(void)state;
	assert_int_equal(register_name_count(true), 33);
	assert_string_equal(register_name(true, 0), "x0");
	assert_string_equal(register_name(true, 28), "x28");
	assert_string_equal(register_name(true, 29), "fp");
	assert_string_equal(register_name(true, 30), "lr");
	assert_string_equal(register_name(true, 31), "sp");
	assert_string_equal(register_name(true, 32), "pc");
	assert_string_equal(register_name(true, 33), "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(x86), cmocka_unit_test(arm64)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
