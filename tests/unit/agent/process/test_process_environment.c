/* Looking names up in an environment block. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "process/process_environment.h"

static void assert_value(struct view environment, const char *name, const char *expected)
{
	struct view found = process_environment_find(environment, name);

	assert_int_equal(found.size, strlen(expected));
	assert_memory_equal(found.bytes ? found.bytes : "", expected, found.size);
}

static void test_find(void **state)
{
	const struct view environment = VIEW_LITERAL("A=1\0AB=2\0\0NOVALUE\0C=x=y\0A=3\0LAST=end");

	(void)state;
	assert_value(environment, "A", "1");
	assert_value(environment, "AB", "2");
	assert_value(environment, "B", "");
	assert_value(environment, "C", "x=y");
	assert_value(environment, "LAST", "end");
	assert_value(environment, "NOVALUE", "");
	assert_value((struct view){0}, "A", "");
	assert_value(VIEW_LITERAL("A="), "A", "");
	assert_value(VIEW_LITERAL("A"), "A", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_find)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
