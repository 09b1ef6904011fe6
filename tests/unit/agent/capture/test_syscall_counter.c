/* Which errors are told apart when there are more than there is room for. */
#include "cmocka_test.h"

#include "capture/syscall_counter.h"

static void errors(void **state)
{
	struct syscall_count call = {0};

	(void)state;
	syscall_counter_add_error(&call, 11, 5);
	syscall_counter_add_error(&call, 32, 9);
	syscall_counter_add_error(&call, 4, 5);
	assert_int_equal(call.errors[0].number, 32);
	assert_int_equal(call.errors[1].number, 11);
	assert_int_equal(call.errors[2].number, 4);
	assert_int_equal(call.errors[3].count, 0);
	syscall_counter_add_error(&call, 1, 1);
	syscall_counter_add_error(&call, 2, 1); /* no room */
	assert_int_equal(call.errors[3].number, 1);
	syscall_counter_add_error(&call, 110, 7);
	assert_int_equal(call.errors[1].number, 110);
	assert_int_equal(call.errors[3].number, 4);
	assert_int_equal(call.errors[3].count, 5);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
