/* Errors in words: by name, by number where there is none, and what is not told apart. */
#include "cmocka_test.h"

#include <errno.h>
#include "model/syscall_count.h"

static void assert_errors(const struct syscall_count *call, const char *expected)
{
	char text[SYSCALL_ERRORS_BYTES];

	assert_string_equal(syscall_count_errors(call, text), expected);
}

static void errors(void **state)
{
	struct syscall_count call = {.count = 20};

	(void)state;
	assert_errors(&call, "");
	call.errors_count = 14;
	call.errors[0] = (struct syscall_error){EPIPE, 9};
	call.errors[1] = (struct syscall_error){EAGAIN, 3};
	assert_errors(&call, "EPIPE 9, EAGAIN 3, other 2");
	call.errors_count = 12;
	assert_errors(&call, "EPIPE 9, EAGAIN 3");
	call.errors[1] = (struct syscall_error){4321, 3};
	assert_errors(&call, "EPIPE 9, 4321 3");
	call.errors[0].count = 0; /* counted a moment before which */
	assert_errors(&call, "other 12");
}

/* The longest there is has room. */
static void long_ones(void **state)
{
	struct syscall_count call = {.errors_count = UINT64_MAX};
	char text[SYSCALL_ERRORS_BYTES];

	(void)state;
	for (int i = 0; i < MAX_SYSCALL_ERRORS; i++)
		call.errors[i] = (struct syscall_error){EPROTONOSUPPORT, UINT64_MAX / 5};
	(void)syscall_count_errors(&call, text);
	assert_non_null(strstr(text, ", other "));
	assert_true(strlen(text) < SYSCALL_ERRORS_BYTES - 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors),
		cmocka_unit_test(long_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
