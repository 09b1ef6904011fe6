/* Every runtime's flags. */
#include "process/runtime_flags.h"

#include "cmocka_test.h"

#include <linux/types.h>
#include "shared/record.h"

static void of_each(void **state)
{
	(void)state;
	assert_int_equal(runtime_flags_of(RUNTIME_GO), PROCESS_IS_GO);
	assert_int_equal(runtime_flags_of(RUNTIME_PHP), PROCESS_IS_PHP);
	assert_int_equal(runtime_flags_of(RUNTIME_RUBY), PROCESS_KEEPS_TAIL);
	assert_int_equal(runtime_flags_of(RUNTIME_JAVA), PROCESS_KEEPS_TAIL);
	assert_int_equal(runtime_flags_of(RUNTIME_NODE), PROCESS_PRINTS_SOURCE);
	assert_int_equal(runtime_flags_of(RUNTIME_DOTNET), PROCESS_DUPLICATES_OUTPUT);
	assert_int_equal(runtime_flags_of(RUNTIME_NATIVE), 0);
	assert_int_equal(runtime_flags_of(RUNTIME_UNKNOWN), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(of_each)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
