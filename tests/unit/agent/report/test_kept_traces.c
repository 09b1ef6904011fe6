/* Which traces stay: the failed and the slowest, a few of an operation, a sample of the rest. */
#include "cmocka_test.h"

#include "parsed_json.h"
#include "report/kept_traces.h"
#include "report/report_text.h"
#include "sample_segment.h"

static struct kept_traces kept;

static int end(void **state)
{
	(void)state;
	kept_traces_done(&kept);
	return 0;
}

static void offer(const char *name, uint64_t duration_ns, bool is_failed)
{
	struct resource *resource = sample_resource();
	struct trace_layout *layout;
	struct segment *segment;
	struct item *item;

	assert_int_equal(segment_new(&segment, resource), 0);
	resource_release(&resource);
	sample_span(segment, SPAN_SERVER, name, 1000, duration_ns)->status =
		is_failed ? STATUS_ERROR : STATUS_UNSET;
	assert_int_equal(item_new_segment(&item, &segment), 0);
	assert_int_equal(trace_layout_new(&layout, &item, 1), 0);
	assert_int_equal(kept_traces_offer(&kept, layout), 0);
	trace_layout_free(&layout);
	item_release(&item);
}

/* "name:duration " of a shelf, in the page's order. */
static const char *shelf_text(const char *why)
{
	static char text[4096];
	struct byte_buffer buffer;
	struct json_writer writer;
	json_t *root, *list;
	size_t i;
	json_t *row;

	byte_buffer_init(&buffer, 1 << 22);
	writer = report_text_begin(&buffer);
	kept_traces_append(&writer, &kept);
	root = parsed_json(&buffer);
	assert_int_equal(number_at(root, "seen"), kept.seen_count);
	list = json_at(root, "kept");
	text[0] = '\0';
	json_array_foreach(list, i, row)
	{
		json_t *trace = json_at(row, "trace");

		if (strcmp(text_at(row, "why"), why) == 0)
			(void)sprintf(text + strlen(text), "%s:%lld ", text_at(trace, "name"),
				      number_at(trace, "duration"));
	}
	json_decref(root);
	byte_buffer_done(&buffer);
	return text;
}

static void slowest_of_an_operation(void **state)
{
	(void)state;
	for (uint64_t i = 1; i <= 10; i++)
		offer("a", i * 3 % 11, false);
	assert_string_equal(shelf_text("slowest"), "a:10 a:9 a:8 ");
	assert_string_equal(shelf_text("failed"), "");
}

static void failed_ones_apart(void **state)
{
	(void)state;
	offer("a", 100, false);
	offer("a", 5, true);
	offer("b", 7, true);
	assert_string_equal(shelf_text("failed"), "b:7 a:5 ");
	assert_string_equal(shelf_text("slowest"), "a:100 ");
	assert_int_equal(kept.failed_count, 2);
}

/* One of every operation is worth more than the third of another. */
static void every_operation_has_its_turn(void **state)
{
	char name[2] = "a";

	(void)state;
	for (int i = 0; i < 5; i++, name[0]++)
		for (int j = 0; j < 3; j++)
			offer(name, 1000 + (uint64_t)i * 10 + (uint64_t)j, false);
	offer("new", 1, false);
	assert_non_null(strstr(shelf_text("slowest"), "new:1 "));
	assert_null(strstr(shelf_text("slowest"), "a:1000 "));
	/* when all are different, only what is slower comes in */
	for (int i = 0; i < 40; i++) {
		char own[16];

		(void)sprintf(own, "op%d", i);
		offer(own, 2000 + (uint64_t)i, false);
	}
	assert_null(strstr(shelf_text("slowest"), "new:1 "));
	assert_non_null(strstr(shelf_text("slowest"), "op39:2039 "));
	assert_int_equal(kept.shelves[KEPT_SLOWEST].count, MAX_SHELF_TRACES);
}

static void a_sample_of_the_rest(void **state)
{
	int late = 0;

	(void)state;
	for (int i = 0; i < MAX_SHELF_SAME; i++)
		offer("a", 1000000, false);
	for (uint64_t i = 1; i <= 3000; i++)
		offer("a", i, false);
	assert_int_equal(kept.others_count, 3000);
	assert_int_equal(kept.shelves[KEPT_SAMPLED].count, MAX_SHELF_TRACES);
	for (uint32_t i = 0; i < MAX_SHELF_TRACES; i++)
		late += kept.shelves[KEPT_SAMPLED].traces[i].duration_ns > 1000;
	/* two thirds of what was drawn of */
	assert_in_range(late, 5, 15);
}

/* Calls of one client are as many operations as it called. */
static void named_by_what_was_called(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 10; i++) {
		struct segment *segment = sample_segment(1000);
		struct trace_layout *layout;
		struct item *item;
		char name[32];

		(void)sprintf(name, "GET /%d", (int)i);
		segment->spans_count = 2;
		segment->spans[0]->kind = SPAN_CLIENT;
		segment->spans[1]->kind = SPAN_SERVER;
		segment->spans[1]->status = STATUS_UNSET;
		segment->spans[1]->name = view_of_text(name);
		assert_int_equal(item_new_segment(&item, &segment), 0);
		assert_int_equal(trace_layout_new(&layout, &item, 1), 0);
		assert_int_equal(kept_traces_offer(&kept, layout), 0);
		trace_layout_free(&layout);
		item_release(&item);
	}
	assert_int_equal(kept.shelves[KEPT_SLOWEST].count, 10);
}

static void empty(void **state)
{
	struct trace_layout layout = {0};

	(void)state;
	assert_string_equal(shelf_text("slowest"), "");
	assert_int_equal(kept_traces_offer(&kept, &layout), 0);
	assert_int_equal(kept.seen_count, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(slowest_of_an_operation, end),
		cmocka_unit_test_teardown(failed_ones_apart, end),
		cmocka_unit_test_teardown(every_operation_has_its_turn, end),
		cmocka_unit_test_teardown(a_sample_of_the_rest, end),
		cmocka_unit_test_teardown(named_by_what_was_called, end),
		cmocka_unit_test_teardown(empty, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
