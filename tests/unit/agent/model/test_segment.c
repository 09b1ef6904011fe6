/* Segments: spans with fresh ids, the cap and its count, the resource they hold. */
#include "model/segment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

static void test_spans(void **state)
{
	static const uint8_t zero[SPAN_ID_BYTES];
	struct resource *resource;
	struct segment *segment;
	struct span *first;

	(void)state;
	assert_int_equal(resource_new(&resource), 0);
	assert_int_equal(segment_new(&segment, resource), 0);
	assert_int_equal(resource->references, 2);
	first = segment_add_span(segment);
	assert_non_null(first);
	for (int i = 1; i < MAX_SEGMENT_SPANS; i++) {
		struct span *span = segment_add_span(segment);

		assert_non_null(span);
		assert_ptr_equal(segment->spans[i], span);
		assert_memory_not_equal(span->span_id, zero, SPAN_ID_BYTES);
		assert_memory_not_equal(span->span_id, first->span_id, SPAN_ID_BYTES);
		assert_int_equal(span->kind, 0);
		assert_int_equal(span->attributes.count, 0);
	}
	assert_ptr_equal(segment_root(segment), first);
	assert_int_equal(segment->spans_count, MAX_SEGMENT_SPANS);
	assert_int_equal(segment->dropped_spans_count, 0);
	assert_null(segment_add_span(segment));
	assert_null(segment_add_span(segment));
	assert_int_equal(segment->dropped_spans_count, 2);
	assert_int_equal(segment->spans_count, MAX_SEGMENT_SPANS);
	segment_free(&segment);
	assert_null(segment);
	assert_int_equal(resource->references, 1);
	segment_free(&segment);
	resource_release(&resource);
}

static void test_full_arena(void **state)
{
	struct resource *resource;
	struct segment *segment;

	(void)state;
	assert_int_equal(resource_new(&resource), 0);
	assert_int_equal(segment_new(&segment, resource), 0);
	/* All that is left, but for less than a span: the first block counts against the cap too.
	 */
	assert_non_null(
		arena_allocate(&segment->arena, MAX_SEGMENT_BYTES - segment->arena.used_bytes));
	segment->arena.left_bytes = 0;
	assert_null(segment_add_span(segment));
	assert_int_equal(segment->dropped_spans_count, 1);
	assert_int_equal(segment->spans_count, 0);
	segment_free(&segment);
	resource_release(&resource);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spans),
		cmocka_unit_test(test_full_arena),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
