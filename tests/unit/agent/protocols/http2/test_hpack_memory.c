/* Every byte is charged and given back. */
#include "cmocka_test.h"

#include "protocols/conversation.h"
#include "protocols/http2/hpack_memory.h"

static void is_charged(void **state)
{
	struct session_budget budget = {.used_bytes = 100, .max_bytes = 1000};
	char *memory, *more;

	(void)state;
	memory = hpack_memory_new(&budget, 100);
	assert_non_null(memory);
	assert_int_equal(memory[99], 0);
	assert_int_equal(budget.used_bytes, 216);
	memory[99] = 'x';
	assert_null(hpack_memory_new(&budget, 1000));
	assert_null(hpack_memory_resize(&budget, memory, 1000));
	assert_int_equal(budget.used_bytes, 216);
	more = hpack_memory_resize(&budget, memory, 200);
	assert_int_equal(more[99], 'x');
	assert_int_equal(budget.used_bytes, 316);
	assert_ptr_equal(hpack_memory_resize(&budget, more, 50), more);
	hpack_memory_free(&budget, more);
	hpack_memory_free(&budget, NULL);
	memory = hpack_memory_resize(&budget, NULL, 10);
	assert_int_equal(budget.used_bytes, 126);
	hpack_memory_free(&budget, memory);
	assert_int_equal(budget.used_bytes, 100);
	assert_null(hpack_memory_new(&budget, SIZE_MAX));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(is_charged)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
