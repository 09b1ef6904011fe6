/* Units by the cgroup, starts by the environment, and texts that are neither. */
#include "process/systemd_unit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define ID "0123456789abcdef0123456789abcdef"

static const struct view nginx = {"0::/system.slice/nginx.service\n", 31};

static void test_unit(void **state)
{
	struct systemd_unit unit;

	(void)state;
	assert_true(
		systemd_unit_find(nginx, VIEW_LITERAL("A=1\0INVOCATION_ID=" ID "\0B=2\0"), &unit));
	assert_string_equal(unit.name, "nginx.service");
	assert_true(view_equals(unit.invocation_id, VIEW_LITERAL(ID)));
}

static void test_no_invocation(void **state)
{
	static const char *const environments[] = {
		"",
		"INVOCATION_ID=",
		"INVOCATION_ID=" ID "0",
		"INVOCATION_ID=0123",
		"INVOCATION_ID=0123456789ABCDEF0123456789abcdef",
		"INVOCATION_ID=0123456789abcdef0123456789abcde\n",
		"XINVOCATION_ID=" ID,
	};
	struct systemd_unit unit;

	(void)state;
	for (size_t i = 0; i < sizeof(environments) / sizeof(environments[0]); i++) {
		assert_true(systemd_unit_find(nginx, view_of_text(environments[i]), &unit));
		assert_int_equal(unit.invocation_id.size, 0);
	}
}

/* What a container's manager hands down is not the container's. */
static void test_no_unit(void **state)
{
	struct systemd_unit unit;

	(void)state;
	assert_false(
		systemd_unit_find(VIEW_LITERAL("0::/user.slice/user-1000.slice/session-2.scope\n"),
				  VIEW_LITERAL("INVOCATION_ID=" ID "\0"), &unit));
	assert_false(systemd_unit_find(
		VIEW_LITERAL("0::/system.slice/docker-"
			     "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
			     ".scope\n"),
		VIEW_LITERAL("INVOCATION_ID=" ID "\0"), &unit));
	assert_false(systemd_unit_find((struct view){0}, (struct view){0}, &unit));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unit),
		cmocka_unit_test(test_no_invocation),
		cmocka_unit_test(test_no_unit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
