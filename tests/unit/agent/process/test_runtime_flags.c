/* Each runtime's flag, and none for the rest. */
#include "process/runtime_flags.h"

#include "cmocka_test.h"

#include <linux/types.h>
#include "shared/record.h"

static void test_flags(void **state)
{
	(void)state;
	assert_int_equal(runtime_flags_of(RUNTIME_GO), PROCESS_IS_GO);
	assert_int_equal(runtime_flags_of(RUNTIME_PHP), PROCESS_IS_PHP);
	assert_int_equal(runtime_flags_of(RUNTIME_RUBY), PROCESS_KEEPS_TAIL);
	assert_int_equal(runtime_flags_of(RUNTIME_JAVA), PROCESS_KEEPS_TAIL);
	assert_int_equal(runtime_flags_of(RUNTIME_NODE), PROCESS_PRINTS_SOURCE);
	assert_int_equal(runtime_flags_of(RUNTIME_DOTNET), PROCESS_DUPLICATES_OUTPUT);
	assert_int_equal(runtime_flags_of(RUNTIME_PYTHON), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_flags)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
