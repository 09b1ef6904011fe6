/* Chains and groups longer and deeper than there is room for. */
#include "traceback_vectors.h"
#include "tracebacks/python_blocks.h"

static char text[200000];

static void add(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void add(const char *format, ...)
{
	size_t size = strlen(text);
	va_list list;

	va_start(list, format);
	vsnprintf(text + size, sizeof(text) - size, format, list);
	va_end(list);
}

static json_t *find_exceptions(size_t wanted)
{
	json_t *found = find_reports(text), *exceptions;

	text[0] = 0;
	assert_int_equal(json_array_size(found), 1);
	exceptions = json_incref(json_object_get(json_array_get(found, 0), "exceptions"));
	assert_int_equal(json_array_size(exceptions), wanted);
	json_decref(found);
	return exceptions;
}

static void expect_exception(json_t *exceptions, size_t index, const char *value,
			     const char *relation, json_int_t parent)
{
	json_t *exception = json_array_get(exceptions, index);

	assert_string_equal(json_string_value(json_object_get(exception, "value")), value);
	assert_string_equal(json_string_value(json_object_get(exception, "relation")), relation);
	assert_int_equal(json_integer_value(json_object_get(exception, "parent")), parent);
}

static void test_long_chain(void **state)
{
	json_t *exceptions;

	(void)state;
	for (int i = 0; i < 40; i++) {
		if (i)
			add("\nDuring handling of the above exception, another exception "
			    "occurred:\n\n");
		add("Traceback (most recent call last):\n  File \"a.py\", line %d, in f\nE: %d\n",
		    i + 1, i);
	}
	exceptions = find_exceptions(MAX_EXCEPTIONS);
	/* The raised one and those next to it. */
	expect_exception(exceptions, 0, "39", "raised", 0);
	for (int i = 1; i < MAX_EXCEPTIONS; i++) {
		char value[16];

		snprintf(value, sizeof(value), "%d", 39 - i);
		expect_exception(exceptions, (size_t)i, value, "context", i - 1);
	}
	json_decref(exceptions);
}

static void test_deep_groups(void **state)
{
	json_t *exceptions;

	(void)state;
	add("  + Exception Group Traceback (most recent call last):\n"
	    "  |   File \"a.py\", line 1, in f\n  | ExceptionGroup: 0\n");
	for (int i = 1; i < 30; i++)
		add("%*s+-+---------------- 1 ----------------\n%*s| ExceptionGroup: %d\n", 2 * i,
		    "", 2 * i + 2, "", i);
	exceptions = find_exceptions(MAX_PYTHON_LEVELS);
	for (int i = 1; i < MAX_PYTHON_LEVELS; i++) {
		char value[16];

		snprintf(value, sizeof(value), "%d", i);
		expect_exception(exceptions, (size_t)i, value, "member", i - 1);
	}
	json_decref(exceptions);
}

/* What chains in a member stays in it. */
static void test_chain_of_member(void **state)
{
	json_t *exceptions;

	(void)state;
	add("  + Exception Group Traceback (most recent call last):\n"
	    "  |   File \"a.py\", line 1, in f\n  | ExceptionGroup: g\n"
	    "  +-+---------------- 1 ----------------\n    | KeyError: a\n    | \n"
	    "    | The above exception was the direct cause of the following exception:\n    | \n"
	    "    | Traceback (most recent call last):\n    |   File \"a.py\", line 2, in f\n"
	    "    | OSError: b\n    +---------------- 2 ----------------\n    | ValueError: c\n"
	    "    +------------------------------------\n");
	exceptions = find_exceptions(4);
	expect_exception(exceptions, 0, "g", "raised", 0);
	expect_exception(exceptions, 1, "b", "member", 0);
	expect_exception(exceptions, 2, "a", "cause", 1);
	expect_exception(exceptions, 3, "c", "member", 0);
	json_decref(exceptions);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_long_chain),
		cmocka_unit_test(test_deep_groups),
		cmocka_unit_test(test_chain_of_member),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
