/* Distances and suggestions. */
#include "settings/name_distance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <limits.h>

static unsigned distance(const char *a, const char *b)
{
	unsigned there = name_distance(view_of_text(a), view_of_text(b));

	assert_int_equal(name_distance(view_of_text(b), view_of_text(a)), there);
	return there;
}

static void test_distance(void **state)
{
	char long_name[200];

	(void)state;
	memset(long_name, 'a', sizeof(long_name));
	assert_int_equal(distance("", ""), 0);
	assert_int_equal(distance("ring", "ring"), 0);
	assert_int_equal(distance("", "ring"), 4);
	assert_int_equal(distance("rng", "ring"), 1);
	assert_int_equal(distance("rinng", "ring"), 1);
	assert_int_equal(distance("rung", "ring"), 1);
	assert_int_equal(distance("rign", "ring"), 1);
	assert_int_equal(distance("kitten", "sitting"), 3);
	assert_int_equal(name_distance(view_of(long_name, 65), view_of_text("a")), UINT_MAX);
	assert_int_equal(name_distance(view_of(long_name, 64), view_of(long_name, 64)), 0);
}

static const char *nearest(const char *name)
{
	struct nearest_name nearest_name = name_distance_begin(view_of_text(name));

	name_distance_try(&nearest_name, "run");
	name_distance_try(&nearest_name, "ring-size");
	name_distance_try(&nearest_name, "ring-siza");
	return nearest_name.best;
}

static void test_nearest(void **state)
{
	(void)state;
	assert_string_equal(nearest("ring-sise"), "ring-size");
	assert_string_equal(nearest("ring-siza"), "ring-siza");
	assert_string_equal(nearest("rum"), "run");
	assert_null(nearest("xyz"));
	assert_null(nearest(""));
	assert_null(nearest("x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_distance),
		cmocka_unit_test(test_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
