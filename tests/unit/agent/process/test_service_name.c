/* The order in which a process gets its service name. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "process/service_name.h"

static struct service_clues all_clues(void)
{
	return (struct service_clues){
		.runtime = RUNTIME_PYTHON,
		.executable_path = VIEW_LITERAL("/usr/bin/python3.11"),
		.command_line = VIEW_LITERAL("python3\0app.py\0"),
		.environment = VIEW_LITERAL("PATH=/bin\0OTEL_SERVICE_NAME=checkout\0"),
		.cgroup = VIEW_LITERAL("0::/system.slice/shop.service\n"),
		.attribute_name = VIEW_LITERAL("from-attributes"),
		.task_name = VIEW_LITERAL("python3"),
	};
}

static void assert_name(const struct service_clues *clues, const char *expected)
{
	char name[SERVICE_NAME_BYTES];

	service_name_choose(clues, name);
	assert_string_equal(name, expected);
}

static void test_order(void **state)
{
	struct service_clues clues = all_clues();

	(void)state;
	assert_name(&clues, "checkout");
	clues.environment =
		VIEW_LITERAL("OTEL_SERVICE_NAME=\0NOT_OTEL_SERVICE_NAME=x\0OTEL_SERVICE_NAME2=y");
	assert_name(&clues, "from-attributes");
	clues.attribute_name = (struct view){0};
	assert_name(&clues, "shop");
	clues.cgroup = VIEW_LITERAL("0::/user.slice/user-0.slice/session-1.scope\n");
	assert_name(&clues, "app");
	clues.command_line = VIEW_LITERAL("python3\0");
	assert_name(&clues, "python3.11");
	clues.executable_path = (struct view){0};
	assert_name(&clues, "python3");
	clues.task_name = (struct view){0};
	assert_name(&clues, "unknown_service");
}

static void test_units_that_run_foreign_programs(void **state)
{
	struct service_clues clues = all_clues();

	(void)state;
	clues.environment = clues.attribute_name = (struct view){0};
	clues.cgroup = VIEW_LITERAL("0::/system.slice/cron.service\n");
	assert_name(&clues, "app");
	clues.cgroup = VIEW_LITERAL(
		"0::/system.slice/system-postgresql.slice/postgresql@15-main.service\n");
	assert_name(&clues, "postgresql@15-main");
}

static void test_many_programs_in_one_file(void **state)
{
	struct service_clues clues = {
		.runtime = RUNTIME_NATIVE,
		.executable_path = VIEW_LITERAL("/bin/busybox"),
		.command_line = VIEW_LITERAL("/bin/httpd\0-f\0"),
	};

	(void)state;
	assert_name(&clues, "httpd");
	clues.command_line = (struct view){0};
	assert_name(&clues, "busybox");
	/* A program may write behind its name. */
	clues.executable_path = VIEW_LITERAL("/usr/bin/redis-check-rdb");
	clues.command_line = VIEW_LITERAL("/usr/bin/redis-server 127.0.0.1:6379\0");
	assert_name(&clues, "redis-server");
	clues.command_line = VIEW_LITERAL("redis-check-rdb\0dump.rdb\0");
	assert_name(&clues, "redis-check-rdb");
}

static void test_long_name_is_cut(void **state)
{
	char environment[400] = "OTEL_SERVICE_NAME=", name[SERVICE_NAME_BYTES];
	struct service_clues clues = {0};

	(void)state;
	memset(environment + 18, 'n', 300);
	clues.environment = view_of(environment, 318);
	service_name_choose(&clues, name);
	assert_int_equal(strlen(name), SERVICE_NAME_BYTES - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_units_that_run_foreign_programs),
		cmocka_unit_test(test_many_programs_in_one_file),
		cmocka_unit_test(test_long_name_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
