/* Units by the cgroup, starts by the environment, and texts that are neither. */
#include "process/systemd_unit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER ".build/test_systemd_units"
#define ID     "0123456789abcdef0123456789abcdef"

static const struct view nginx = {"0::/system.slice/nginx.service\n", 31};

static void test_unit(void **state)
{
	struct systemd_unit unit;

	(void)state;
	assert_true(systemd_unit_find(nginx, VIEW_LITERAL("A=1\0INVOCATION_ID=" ID "\0B=2\0"),
				      FOLDER, &unit));
	assert_string_equal(unit.name, "nginx.service");
	assert_string_equal(unit.invocation_id, ID);
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
		assert_true(systemd_unit_find(nginx, view_of_text(environments[i]), FOLDER, &unit));
		assert_string_equal(unit.invocation_id, "");
	}
}

/* What systemd keeps for the journal; a unit's name is no path. */
static void test_link(void **state)
{
	struct systemd_unit unit;

	(void)state;
	(void)mkdir(FOLDER, 0700);
	(void)unlink(FOLDER "/invocation:nginx.service");
	assert_int_equal(
		symlink("fedcba9876543210fedcba9876543210", FOLDER "/invocation:nginx.service"), 0);
	assert_true(systemd_unit_find(nginx, (struct view){0}, FOLDER, &unit));
	assert_string_equal(unit.invocation_id, "fedcba9876543210fedcba9876543210");
	assert_true(
		systemd_unit_find(nginx, VIEW_LITERAL("INVOCATION_ID=" ID "\0"), FOLDER, &unit));
	assert_string_equal(unit.invocation_id, ID);
	(void)unlink(FOLDER "/invocation:nginx.service");
	assert_int_equal(
		symlink("fedcba9876543210fedcba98765432100", FOLDER "/invocation:nginx.service"),
		0);
	assert_true(systemd_unit_find(nginx, (struct view){0}, FOLDER, &unit));
	assert_string_equal(unit.invocation_id, "");
	(void)unlink(FOLDER "/invocation:nginx.service");
	assert_true(systemd_unit_find(VIEW_LITERAL("0::/system.slice/a\\x2fb.service\n"),
				      (struct view){0}, FOLDER, &unit));
	assert_string_equal(unit.name, "a/b.service");
	assert_string_equal(unit.invocation_id, "");
	(void)rmdir(FOLDER);
}

/* What a container's manager hands down is not the container's. */
static void test_no_unit(void **state)
{
	struct systemd_unit unit;

	(void)state;
	assert_false(
		systemd_unit_find(VIEW_LITERAL("0::/user.slice/user-1000.slice/session-2.scope\n"),
				  VIEW_LITERAL("INVOCATION_ID=" ID "\0"), FOLDER, &unit));
	assert_false(systemd_unit_find(
		VIEW_LITERAL("0::/system.slice/docker-"
			     "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
			     ".scope\n"),
		VIEW_LITERAL("INVOCATION_ID=" ID "\0"), FOLDER, &unit));
	assert_false(systemd_unit_find((struct view){0}, (struct view){0}, FOLDER, &unit));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unit),
		cmocka_unit_test(test_no_invocation),
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_no_unit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
