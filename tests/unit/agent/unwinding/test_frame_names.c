/* Names are as the module gives them, kept until there is no room, then all forgotten. */
#include "unwinding/frame_names.h"

#include <fcntl.h>
#include "cmocka_test.h"
#include "own_process.h"

static struct own_process own;
static struct module *module;
static uint64_t addresses[3]; /* of functions of this program, as linked */

static void first_function(void **state)
{
	(void)state;
}

static int begin(void **state)
{
	const uint64_t functions[] = {(uint64_t)(uintptr_t)first_function,
				      (uint64_t)(uintptr_t)begin,
				      (uint64_t)(uintptr_t)own_process_close};
	const struct code_mapping *mapping;

	(void)state;
	own_process_open(&own);
	for (int i = 0; i < 3; i++) {
		mapping = &own.mappings[unwinder_find_mapping(&own.space, functions[i])];
		module = own.modules[mapping->image];
		assert_true(module_address(module,
					   functions[i] - mapping->start + mapping->file_offset,
					   &addresses[i]));
	}
	return 0;
}

static int end(void **state)
{
	(void)state;
	own_process_close(&own);
	return 0;
}

static void the_same_each_time(void **state)
{
	struct module_symbol symbol, again;
	struct frame_names *names;

	(void)state;
	assert_int_equal(frame_names_new(&names, 16, 65536), 0);
	assert_true(frame_names_find(names, module, addresses[0], &symbol));
	assert_view(symbol.name, "first_function");
	assert_int_equal(symbol.address, addresses[0]);
	assert_true(frame_names_find(names, module, addresses[0], &again));
	assert_ptr_equal(again.name.bytes, symbol.name.bytes);
	assert_int_equal(frame_names_count(names), 1);
	assert_true(frame_names_find(names, module, addresses[1], &symbol));
	assert_view(symbol.name, "begin");
	/* What has no name is known to have none. */
	assert_false(frame_names_find(names, module, 1, &symbol));
	assert_false(frame_names_find(names, module, 1, &symbol));
	assert_int_equal(frame_names_count(names), 3);
	frame_names_trim(names);
	assert_int_equal(frame_names_count(names), 3);
	frame_names_clear(names);
	assert_int_equal(frame_names_count(names), 0);
	frame_names_free(&names);
	assert_null(names);
	frame_names_free(&names);
}

static void more_than_there_is_room_for(void **state)
{
	struct module_symbol symbol;
	struct frame_names *names;

	(void)state;
	assert_int_equal(frame_names_new(&names, 2, 65536), 0);
	for (int i = 0; i < 3; i++)
		assert_true(frame_names_find(names, module, addresses[i], &symbol));
	assert_view(symbol.name, "own_process_close");
	assert_int_equal(frame_names_count(names), 2);
	frame_names_trim(names);
	assert_int_equal(frame_names_count(names), 0);
	assert_true(frame_names_find(names, module, addresses[2], &symbol));
	frame_names_free(&names);
	/* No room for texts: no name, until the next trim. */
	assert_int_equal(frame_names_new(&names, 16, 8), 0);
	assert_false(frame_names_find(names, module, addresses[0], &symbol));
	frame_names_trim(names);
	assert_int_equal(frame_names_count(names), 0);
	frame_names_free(&names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_same_each_time, begin, end),
		cmocka_unit_test_setup_teardown(more_than_there_is_room_for, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
