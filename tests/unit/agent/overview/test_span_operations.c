/* Roots and their operations: found by id, operations once, others when there are too many. */
#include "overview/span_operations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include "sample_segment.h"

static void add(struct span_operations *operations, const char *name, uint8_t id)
{
	struct segment *segment = sample_segment(1000);

	segment_root(segment)->name = view_of_text(name);
	memset(segment_root(segment)->span_id, id, SPAN_ID_BYTES);
	span_operations_add(operations, segment);
	segment_free(&segment);
}

static void test_found(void **state)
{
	struct span_operations *operations = NULL;
	uint8_t id[SPAN_ID_BYTES];

	(void)state;
	assert_int_equal(span_operations_new(&operations), 0);
	add(operations, "GET /a", 1);
	add(operations, "GET /b", 2);
	add(operations, "GET /a", 3);
	assert_int_equal(operations->operations_count, 2);
	assert_int_equal(span_operations_find(operations, memset(id, 1, sizeof(id))), 0);
	assert_int_equal(span_operations_find(operations, memset(id, 2, sizeof(id))), 1);
	assert_int_equal(span_operations_find(operations, memset(id, 3, sizeof(id))), 0);
	assert_int_equal(span_operations_find(operations, memset(id, 4, sizeof(id))), NO_OPERATION);
	assert_string_equal(operations->operations[1].name, "GET /b");
	assert_string_equal(operations->operations[1].service, "shop");
	span_operations_free(&operations);
	assert_null(operations);
}

static void test_many(void **state)
{
	struct span_operations *operations = NULL;
	struct segment *segment = sample_segment(1000);
	uint64_t number;
	char name[16];

	(void)state;
	assert_int_equal(span_operations_new(&operations), 0);
	for (number = 0; number < MAX_KNOWN_OPERATIONS + 10; number++) {
		(void)snprintf(name, sizeof(name), "%d", (int)number);
		segment_root(segment)->name = view_of_text(name);
		memcpy(segment_root(segment)->span_id, &number, SPAN_ID_BYTES);
		span_operations_add(operations, segment);
	}
	number = MAX_KNOWN_OPERATIONS - 1;
	assert_int_equal(span_operations_find(operations, (uint8_t *)&number), number);
	number = MAX_KNOWN_OPERATIONS + 5;
	assert_int_equal(span_operations_find(operations, (uint8_t *)&number),
			 MAX_KNOWN_OPERATIONS);
	for (; number < MAX_KNOWN_ROOTS + 100; number++) {
		memcpy(segment_root(segment)->span_id, &number, SPAN_ID_BYTES);
		span_operations_add(operations, segment);
	}
	assert_int_equal(operations->roots_count, MAX_KNOWN_ROOTS);
	segment_free(&segment);
	span_operations_free(&operations);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
