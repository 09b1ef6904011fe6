/* Starts of units in the order in which they were seen, and what is forgotten. */
#include "process/unit_starts.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#define MAX_UNITS 3

static struct unit_starts *starts;

static int set_up(void **state)
{
	(void)state;
	return unit_starts_new(&starts, MAX_UNITS);
}

static int tear_down(void **state)
{
	(void)state;
	unit_starts_free(&starts);
	return 0;
}

static uint32_t count(const char *name, unsigned int start)
{
	struct systemd_unit unit = {0};
	uint32_t before = UINT32_MAX;

	(void)snprintf(unit.name, sizeof(unit.name), "%s", name);
	(void)snprintf(unit.invocation_id, sizeof(unit.invocation_id), "%032x", start);
	assert_int_equal(unit_starts_count(starts, &unit, &before), 0);
	return before;
}

static void test_each_start_once(void **state)
{
	(void)state;
	for (unsigned int start = 0; start < 10; start++)
		for (int process = 0; process < 3; process++)
			assert_int_equal(count("web.service", start), start);
	assert_int_equal(count("app.service", 77), 0);
	assert_int_equal(count("web.service", 10), 10);
}

/* Processes of an earlier start are no new one, as far as starts are kept. */
static void test_those_left_over(void **state)
{
	(void)state;
	for (unsigned int start = 0; start < 4; start++)
		assert_int_equal(count("web.service", start), start);
	for (unsigned int start = 0; start < 4; start++)
		assert_int_equal(count("web.service", start), start);
	assert_int_equal(count("web.service", 4), 4);
	assert_int_equal(count("web.service", 1), 1);
	assert_int_equal(count("web.service", 0), 5);
}

static void test_full(void **state)
{
	(void)state;
	assert_int_equal(count("a.service", 1), 0);
	assert_int_equal(count("b.service", 1), 0);
	assert_int_equal(count("c.service", 1), 0);
	assert_int_equal(count("a.service", 2), 1);
	assert_int_equal(count("d.service", 1), 0);
	assert_int_equal(count("a.service", 3), 2);
	assert_int_equal(count("c.service", 2), 1);
	assert_int_equal(count("b.service", 2), 0);
}

static void test_unknown_start(void **state)
{
	struct systemd_unit unit = {.name = "web.service"};
	uint32_t before = 7;

	(void)state;
	assert_int_equal(unit_starts_count(starts, &unit, &before), -EINVAL);
	assert_int_equal(before, 7);
	assert_int_equal(count("web.service", 1), 0);
}

/* A name of systemd's limit, and one that differs in its last byte. */
static void test_long_names(void **state)
{
	char name[UNIT_NAME_BYTES];

	(void)state;
	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(count(name, 1), 0);
	name[sizeof(name) - 2] = 'y';
	assert_int_equal(count(name, 2), 0);
	assert_int_equal(count(name, 3), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_each_start_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_those_left_over, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_full, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unknown_start, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_long_names, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
