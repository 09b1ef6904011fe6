/* Spans come, are copied and leave; caps of count and memory hold. */
#include "cmocka_test.h"

#include "sample_segment.h"

static struct segment *empty_segment(void)
{
	struct resource *resource = sample_resource();
	struct segment *segment;

	assert_int_equal(segment_new(&segment, resource), 0);
	resource_release(&resource);
	return segment;
}

static void up_to_the_cap(void **state)
{
	struct segment *segment = empty_segment();

	(void)state;
	for (int i = 0; i < MAX_SEGMENT_SPANS; i++)
		assert_non_null(segment_add_span(segment));
	assert_null(segment_add_span(segment));
	assert_null(segment_add_span(segment));
	assert_int_equal(segment->spans_count, MAX_SEGMENT_SPANS);
	assert_int_equal(segment->dropped_spans_count, 2);
	assert_memory_not_equal(segment->spans[0]->span_id, segment->spans[1]->span_id,
				SPAN_ID_BYTES);
	segment_free(&segment);
	assert_null(segment);
	segment_free(&segment);
}

static void copied_whole(void **state)
{
	struct segment *from = sample_segment(1000), *to = empty_segment();
	struct span *span = from->spans[1], *copy;
	struct attribute_list *list = &span->attributes;

	(void)state;
	span->status_message = arena_copy(&from->arena, VIEW_LITERAL("broken"));
	attribute_set_double(list, &from->arena, "a.double", 1.5);
	attribute_set_boolean(list, &from->arena, "a.boolean", true);
	attribute_set_string(list, &from->arena, "a.string", VIEW_LITERAL("text"));
	attribute_set_strings(list, &from->arena, "a.list", view_of("one\0two", 8));
	list->dropped_count = 3;
	copy = segment_copy_span(to, span);
	segment_remove_span(from, span);
	segment_free(&from);
	/* Nothing of it lives in the other arena. */
	assert_view(copy->name, "GET");
	assert_view(copy->status_message, "broken");
	assert_int_equal(copy->status, STATUS_ERROR);
	assert_int_equal(copy->start_unix_ns, 1000 + 1000000);
	assert_int_equal(copy->attributes.count, 7);
	assert_int_equal(copy->attributes.dropped_count, 3);
	assert_view(attribute_string(&copy->attributes, "error.type"), "503");
	assert_int_equal(attribute_find(&copy->attributes, "http.response.status_code")->integer,
			 503);
	assert_true(attribute_find(&copy->attributes, "a.double")->number == 1.5);
	assert_true(attribute_find(&copy->attributes, "a.boolean")->boolean);
	assert_view(attribute_string(&copy->attributes, "a.string"), "text");
	assert_memory_equal(attribute_find(&copy->attributes, "a.list")->string.bytes, "one\0two",
			    8);
	segment_free(&to);
}

/* An arena without room: attributes are missing and counted, never mixed up. */
static void copied_in_part(void **state)
{
	static const char *const keys[] = {"k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7"};
	uint32_t whole = 0, part = 0, none = 0;

	(void)state;
	for (size_t left = 100; left < 6000; left += 100) {
		struct segment *from = sample_segment(1000), *to = empty_segment();
		struct span *span = from->spans[1], *copy;

		for (int i = 0; i < 8; i++)
			attribute_set_string(&span->attributes, &from->arena, keys[i],
					     VIEW_LITERAL("0123456789012345678901234567890123456"));
		attribute_set_integer(&span->attributes, &from->arena, "last", 7);
		assert_non_null(arena_allocate(&to->arena, to->arena.left_bytes));
		to->arena.max_bytes = to->arena.used_bytes + left;
		copy = segment_copy_span(to, span);
		none += !copy;
		if (copy) {
			uint32_t count = copy->attributes.count;

			assert_int_equal(count + copy->attributes.dropped_count, 12);
			whole += count == 12;
			part += count < 12;
			for (uint32_t i = 0; i < count; i++) {
				const struct attribute *attribute = &copy->attributes.items[i];

				assert_int_equal(
					attribute->type,
					attribute_find(&span->attributes, attribute->key)->type);
			}
		}
		segment_free(&to);
		segment_free(&from);
	}
	assert_in_range(none, 1, 50);
	assert_in_range(part, 1, 50);
	assert_in_range(whole, 1, 50);
}

static void removed(void **state)
{
	struct segment *segment = sample_segment(0);
	struct span *root = segment->spans[0], *last = segment->spans[2], stranger;

	(void)state;
	segment_remove_span(segment, segment->spans[1]);
	assert_int_equal(segment->spans_count, 2);
	assert_ptr_equal(segment->spans[1], last);
	segment_remove_span(segment, &stranger);
	assert_int_equal(segment->spans_count, 2);
	segment_remove_span(segment, last);
	segment_remove_span(segment, root);
	assert_int_equal(segment->spans_count, 0);
	segment_free(&segment);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(up_to_the_cap),
		cmocka_unit_test(copied_whole),
		cmocka_unit_test(copied_in_part),
		cmocka_unit_test(removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
