/* Rows are found once, kept by place, and the same as without a cache. */
#include "symbols/row_cache.h"

#include "cmocka_test.h"
#include "own_process.h"

static struct own_process own;
static struct cached_row rows[4];
static struct row_cache cache = {rows, 4};

static int begin(void **state)
{
	(void)state;
	own_process_open(&own);
	memset(rows, 0, sizeof(rows));
	return 0;
}

static int end(void **state)
{
	(void)state;
	own_process_close(&own);
	return 0;
}

/* Where this function is, in its file. */
static struct row_question question_of(uint64_t address)
{
	uint32_t index = unwinder_find_mapping(&own.space, address);
	const struct code_mapping *mapping = &own.mappings[index];
	struct row_question question = {.module = own.modules[mapping->image],
					.machine = OWN_MACHINE};

	assert_true(module_address(question.module, address - mapping->start + mapping->file_offset,
				   &question.address));
	return question;
}

static void found_once(void **state)
{
	struct row_question question = question_of((uint64_t)(uintptr_t)found_once);
	const struct cached_row *row = row_cache_find(&cache, &question), *again;

	(void)state;
	assert_non_null(row);
	assert_ptr_equal(row->module, question.module);
	assert_int_equal(row->address, question.address);
	assert_true(row->end > question.address);
	assert_false(row->is_signal_frame);
	/* What is there is believed: a changed row shows that it was not found anew. */
	rows[row - rows].end = 1;
	again = row_cache_find(&cache, &question);
	assert_ptr_equal(again, row);
	assert_int_equal(again->end, 1);
}

static void a_neighbour_takes_the_place(void **state)
{
	struct row_question question = question_of((uint64_t)(uintptr_t)found_once), other;
	const struct cached_row *row = row_cache_find(&cache, &question);
	struct row_cache single = {rows, 1};

	(void)state;
	assert_non_null(row);
	row_cache_clear(&cache);
	other = question;
	other.address++;
	row = row_cache_find(&single, &question);
	assert_int_equal(row->address, question.address);
	row = row_cache_find(&single, &other);
	assert_int_equal(row->address, other.address);
	row = row_cache_find(&single, &question);
	assert_int_equal(row->address, question.address);
}

static void what_has_no_rule(void **state)
{
	struct row_question question = question_of((uint64_t)(uintptr_t)found_once);

	(void)state;
	question.address = 1;
	assert_null(row_cache_find(&cache, &question));
	question = question_of((uint64_t)(uintptr_t)found_once);
	question.is_debug = true; /* .debug_frame: gcc makes none */
	assert_null(row_cache_find(&cache, &question));
}

static void cleared(void **state)
{
	struct row_question question = question_of((uint64_t)(uintptr_t)found_once);
	const struct cached_row *row = row_cache_find(&cache, &question);

	(void)state;
	assert_non_null(row);
	rows[row - rows].end = 1;
	row_cache_clear(&cache);
	assert_true(row_cache_find(&cache, &question)->end > 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(found_once, begin, end),
		cmocka_unit_test_setup_teardown(a_neighbour_takes_the_place, begin, end),
		cmocka_unit_test_setup_teardown(what_has_no_rule, begin, end),
		cmocka_unit_test_setup_teardown(cleared, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
