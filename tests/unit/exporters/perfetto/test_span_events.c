/* Spans on the time line: nested where they nest, on rows of their own where they run side by side,
 * arrows from calls. */
#include "exporters/perfetto/span_events.h"

#include "json_document.h"
#include "sample_segment.h"

#define START 1700000000000000000ull

static json_t *written(struct segment **segment, struct span_lanes *lanes)
{
	struct byte_buffer buffer;
	struct trace_events events = {.buffer = &buffer};
	json_t *root;

	byte_buffer_init(&buffer, 8 << 20);
	span_events_append(&events, lanes, *segment);
	byte_buffer_append_text(&buffer, "]");
	root = json_document_read(byte_buffer_view(&buffer));
	byte_buffer_done(&buffer);
	segment_free(segment);
	return root;
}

static void test_a_request_and_its_calls(void **state)
{
	struct segment *segment = sample_segment(START);
	struct span_lanes lanes;
	json_t *root, *server, *first, *second, *flow;

	(void)state;
	assert_int_equal(span_lanes_init(&lanes), 0);
	root = written(&segment, &lanes);
	assert_int_equal(json_document_count(root, "ph", "M"), 2);
	assert_string_equal(
		json_document_text(json_object_get(json_array_get(root, 0), "args"), "name"),
		"shop");
	server = json_document_find(root, "ph", "X", 0);
	first = json_document_find(root, "ph", "X", 1);
	second = json_document_find(root, "ph", "X", 2);
	assert_string_equal(json_document_text(server, "name"), "GET /orders/{id}");
	assert_string_equal(json_document_text(server, "cat"), "server");
	assert_true(json_real_value(json_object_get(server, "dur")) == 25000.0);
	assert_int_equal(json_document_number(server, "pid"), 4711);
	/* All three nest on one row. */
	assert_int_equal(json_document_number(server, "tid"), FIRST_SPAN_LANE_TID);
	assert_int_equal(json_document_number(first, "tid"), FIRST_SPAN_LANE_TID);
	assert_int_equal(json_document_number(second, "tid"), FIRST_SPAN_LANE_TID);
	assert_string_equal(json_document_text(json_object_get(first, "args"), "error"), "true");
	assert_string_equal(json_document_text(json_object_get(server, "args"), "url.path"),
			    "/orders/17");
	assert_int_equal(
		json_document_number(json_object_get(first, "args"), "http.response.status_code"),
		503);
	flow = json_document_find(root, "ph", "s", 0);
	assert_string_equal(json_document_text(flow, "id"),
			    json_document_text(json_object_get(first, "args"), "span_id"));
	assert_int_equal(json_document_count(root, "ph", "s"), 2);
	assert_int_equal(json_document_count(root, "ph", "f"), 0);
	json_decref(root);
	span_lanes_done(&lanes);
}

static void test_side_by_side(void **state)
{
	struct segment *segment = sample_segment(START);
	struct span_lanes lanes;
	json_t *root, *flow;

	(void)state;
	assert_int_equal(span_lanes_init(&lanes), 0);
	segment->spans[2]->start_unix_ns = segment->spans[1]->start_unix_ns + 1;
	segment->spans[0]->parent_source = PARENT_HEADER;
	memset(segment->spans[0]->parent_span_id, 0xab, SPAN_ID_BYTES);
	root = written(&segment, &lanes);
	assert_int_equal(json_document_number(json_document_find(root, "ph", "X", 1), "tid"),
			 FIRST_SPAN_LANE_TID);
	assert_int_equal(json_document_number(json_document_find(root, "ph", "X", 2), "tid"),
			 FIRST_SPAN_LANE_TID + 1);
	flow = json_document_find(root, "ph", "f", 0);
	assert_string_equal(json_document_text(flow, "id"), "abababababababab");
	assert_string_equal(json_document_text(flow, "bp"), "e");
	json_decref(root);
	span_lanes_done(&lanes);
}

static void test_without_a_row(void **state)
{
	struct segment *segment = sample_segment(START);
	struct span_lanes lanes;
	struct span busy = {.start_unix_ns = START, .end_unix_ns = UINT64_MAX};
	json_t *root, *begin;
	bool is_new;

	(void)state;
	assert_int_equal(span_lanes_init(&lanes), 0);
	for (uint32_t i = 0; i < MAX_SPAN_LANES; i++)
		(void)span_lanes_take(span_lanes_process(&lanes, 4711, &is_new), &busy, &is_new);
	root = written(&segment, &lanes);
	assert_int_equal(json_document_count(root, "ph", "X"), 0);
	assert_int_equal(json_document_count(root, "ph", "b"), 3);
	assert_int_equal(json_document_count(root, "ph", "e"), 3);
	begin = json_document_find(root, "ph", "b", 0);
	assert_string_equal(json_document_text(begin, "id"),
			    json_document_text(json_object_get(begin, "args"), "span_id"));
	json_decref(root);
	span_lanes_done(&lanes);
}

static void test_hostile_names(void **state)
{
	struct segment *segment = sample_segment(START);
	struct span_lanes lanes;
	json_t *root;

	(void)state;
	assert_int_equal(span_lanes_init(&lanes), 0);
	segment->spans[0]->name = VIEW_LITERAL("</script>\"\n\xff");
	attribute_set_static(&segment->spans[0]->attributes, &segment->arena, "a\"b\n", "\x01");
	root = written(&segment, &lanes);
	assert_string_equal(json_document_text(json_document_find(root, "ph", "X", 0), "name"),
			    "</script>\"\n\xef\xbf\xbd");
	assert_string_equal(
		json_document_text(json_object_get(json_document_find(root, "ph", "X", 0), "args"),
				   "a\"b\n"),
		"\x01");
	json_decref(root);
	span_lanes_done(&lanes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_request_and_its_calls),
		cmocka_unit_test(test_side_by_side),
		cmocka_unit_test(test_without_a_row),
		cmocka_unit_test(test_hostile_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
