/* A trace as its object: exact for the sample, bounded whatever its names are. */
#include "cmocka_test.h"

#include <errno.h>
#include "hostile_names.h"
#include "known_segment.h"
#include "parsed_json.h"
#include "report/trace_json.h"

static struct byte_buffer buffer;
static struct trace_layout *layout;
static struct item *item;

static int begin(void **state)
{
	(void)state;
	byte_buffer_init(&buffer, 1 << 20);
	return 0;
}

static int end(void **state)
{
	(void)state;
	trace_layout_free(&layout);
	item_release(&item);
	byte_buffer_done(&buffer);
	return 0;
}

static json_t *write_trace(struct segment *segment)
{
	assert_int_equal(item_new_segment(&item, &segment), 0);
	assert_int_equal(trace_layout_new(&layout, &item, 1), 0);
	assert_int_equal(trace_json_append(&buffer, layout), 0);
	return parsed_json(&buffer);
}

static void whole(void **state)
{
	json_t *root = write_trace(known_segment()), *spans = json_at(root, "spans"), *span;

	(void)state;
	assert_string_equal(text_at(root, "id"), KNOWN_TRACE_ID);
	assert_string_equal(text_at(root, "name"), "GET /orders/{id}");
	assert_string_equal(text_at(root, "service"), "shop");
	assert_string_equal(text_at(root, "start_unix_ns"), "1767607212716204999");
	assert_int_equal(number_at(root, "duration"), 25000000);
	assert_int_equal(number_at(root, "spans_count"), 3);
	assert_int_equal(number_at(root, "errors"), 1);
	assert_int_equal(number_at(root, "hidden"), 0);
	assert_int_equal(json_array_size(spans), 3);
	span = json_array_get(spans, 1);
	assert_string_equal(text_at(span, "name"), "GET");
	assert_string_equal(text_at(span, "kind"), "client");
	assert_int_equal(number_at(span, "depth"), 1);
	assert_int_equal(number_at(span, "start"), 1000000);
	assert_int_equal(number_at(span, "duration"), 4000000);
	assert_true(json_is_true(json_at(span, "is_error")));
	assert_string_equal(text_at(span, "id"), "00f067aa0ba90201");
	assert_string_equal(json_string_value(json_array_get(
				    json_array_get(json_at(span, "attributes"), 1), 1)),
			    "503");
	json_decref(root);
}

static void every_type_of_attribute(void **state)
{
	struct segment *segment = known_segment();
	struct attribute_list *list = &segment_root(segment)->attributes;
	static const char *const words[] = {"-5", "1.5", "true", "one"};
	json_t *root, *pairs;

	(void)state;
	*list = (struct attribute_list){0};
	attribute_set_integer(list, &segment->arena, "integer", -5);
	attribute_set_double(list, &segment->arena, "double", 1.5);
	attribute_set_boolean(list, &segment->arena, "boolean", true);
	attribute_set_strings(list, &segment->arena, "strings", VIEW_LITERAL("one\0two\0"));
	root = write_trace(segment);
	pairs = json_at(json_array_get(json_at(root, "spans"), 0), "attributes");
	assert_int_equal(json_array_size(pairs), 4);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(json_string_value(json_array_get(json_array_get(pairs, i), 1)),
				    words[i]);
	json_decref(root);
}

/* As many as fit, the others counted; and the text stays below its bound. */
static void too_many_spans(void **state)
{
	struct segment *segment = known_segment();
	json_t *root;
	size_t shown;

	(void)state;
	for (int i = 0; i < 900; i++)
		assert_non_null(sample_span(segment, SPAN_CLIENT, "GET", KNOWN_START_NS, 5));
	root = write_trace(segment);
	shown = json_array_size(json_at(root, "spans"));
	assert_true(shown > 50 && shown < 903);
	assert_int_equal(number_at(root, "hidden"), 903 - shown);
	assert_int_equal(number_at(root, "spans_count"), 903);
	assert_true(buffer.size <= MAX_TRACE_JSON_BYTES);
	json_decref(root);
}

static void hostile(void **state)
{
	const struct view *names;
	size_t count = hostile_names(&names);

	for (size_t i = 0; i < count; i++) {
		struct segment *segment = known_segment();
		struct span *root = segment_root(segment);
		json_t *parsed;

		root->name = root->status_message = names[i];
		root->status = STATUS_ERROR;
		segment->resource->service_name = names[i];
		for (int j = 0; j < 100; j++) {
			char key[16];

			(void)snprintf(key, sizeof(key), "key.%d", j);
			attribute_set_string(
				&root->attributes, &segment->arena,
				arena_copy(&segment->arena, view_of(key, strlen(key) + 1)).bytes,
				names[i]);
		}
		parsed = write_trace(segment);
		assert_true(json_array_size(json_at(parsed, "spans")) >= 1);
		assert_true(number_at(json_array_get(json_at(parsed, "spans"), 0),
				      "more_attributes") > 80);
		assert_true(buffer.size <= MAX_TRACE_JSON_BYTES);
		json_decref(parsed);
		(void)end(state);
		(void)begin(state);
	}
}

static void no_room(void **state)
{
	struct segment *segment = known_segment();

	(void)state;
	assert_int_equal(item_new_segment(&item, &segment), 0);
	assert_int_equal(trace_layout_new(&layout, &item, 1), 0);
	byte_buffer_done(&buffer);
	byte_buffer_init(&buffer, 100);
	assert_int_equal(trace_json_append(&buffer, layout), -ENOBUFS);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(whole, begin, end),
		cmocka_unit_test_setup_teardown(every_type_of_attribute, begin, end),
		cmocka_unit_test_setup_teardown(too_many_spans, begin, end),
		cmocka_unit_test_setup_teardown(hostile, begin, end),
		cmocka_unit_test_setup_teardown(no_room, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
