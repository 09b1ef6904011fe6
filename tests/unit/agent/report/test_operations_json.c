/* The table's own numbers: what the terminal prints is what the page has. */
#include "cmocka_test.h"

#include "overview/operation_table.h"
#include "parsed_json.h"
#include "report/operations_json.h"
#include "report/report_text.h"
#include "sample_segment.h"

static struct operation_table table;
static struct byte_buffer buffer;

static int begin(void **state)
{
	(void)state;
	byte_buffer_init(&buffer, 1 << 22);
	return operation_table_init(&table);
}

static int end(void **state)
{
	(void)state;
	byte_buffer_done(&buffer);
	operation_table_done(&table);
	return 0;
}

static json_t *write_table(void)
{
	struct json_writer writer = report_text_begin(&buffer);

	operations_json_append(&writer, &table);
	return parsed_json(&buffer);
}

static void numbers(void **state)
{
	struct operation_row rows[MAX_OPERATIONS + 1];
	const struct histogram *durations;
	json_t *root, *row, *bar;
	long long in_bars = 0;
	size_t i;

	(void)state;
	for (uint64_t j = 0; j < 100; j++) {
		struct segment *segment = sample_segment(1000);

		segment_root(segment)->end_unix_ns += j * j * 10000;
		operation_table_add(&table, segment);
		segment_free(&segment);
	}
	root = write_table();
	assert_int_equal(json_array_size(root), operation_table_rows(&table, rows));
	row = json_array_get(root, 0);
	durations = &rows[0].operation->durations;
	assert_string_equal(text_at(row, "name"), "GET /orders/{id}");
	assert_string_equal(text_at(row, "kind"), "server");
	assert_int_equal(number_at(row, "count"), 100);
	assert_int_equal(number_at(row, "p50"), histogram_quantile(durations, 0.5));
	assert_int_equal(number_at(row, "p95"), histogram_quantile(durations, 0.95));
	assert_int_equal(number_at(row, "p99"), histogram_quantile(durations, 0.99));
	assert_int_equal(number_at(row, "max"), 25000000 + 99 * 99 * 10000);
	assert_int_equal(number_at(row, "sum"), durations->sum_ns);
	json_array_foreach(json_at(row, "bars"), i, bar) in_bars +=
		json_integer_value(json_array_get(bar, 1));
	assert_int_equal(in_bars, 100);
	assert_int_equal(number_at(json_array_get(root, 2), "errors"), 100);
	json_decref(root);
}

static void the_rest_is_marked(void **state)
{
	json_t *root;

	(void)state;
	for (int i = 0; i <= MAX_OPERATIONS; i++) {
		struct segment *segment = sample_segment(0);
		char name[32];

		(void)sprintf(name, "GET /%d", i);
		segment->spans_count = 1;
		segment->spans[0]->name = view_of_text(name);
		operation_table_add(&table, segment);
		segment_free(&segment);
	}
	root = write_table();
	assert_int_equal(json_array_size(root), MAX_OPERATIONS + 1);
	assert_true(json_is_true(json_at(json_array_get(root, MAX_OPERATIONS), "is_rest")));
	assert_null(json_object_get(json_array_get(root, 0), "is_rest"));
	json_decref(root);
}

/* The worst that names and times can do stays within the page's share. */
static void as_large_as_it_gets(void **state)
{
	static char name[OPERATION_NAME_BYTES];

	(void)state;
	memset(name, '<', sizeof(name));
	for (int i = 0; i < MAX_OPERATIONS + 1; i++)
		for (int bit = 0; bit < HISTOGRAM_MAX_BITS; bit++)
			for (uint64_t half = 2; half <= 3; half++) {
				struct segment *segment = sample_segment(0);
				struct span *span = segment_root(segment);

				name[0] = (char)('A' + i % 26);
				name[1] = (char)('A' + i / 26);
				segment->resource->service_name = view_of(name, sizeof(name));
				segment->spans_count = 1;
				span->name = view_of(name, sizeof(name));
				span->end_unix_ns = half << bit;
				operation_table_add(&table, segment);
				segment_free(&segment);
			}
	json_decref(write_table());
	assert_true(buffer.size < 640000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(numbers, begin, end),
		cmocka_unit_test_setup_teardown(the_rest_is_marked, begin, end),
		cmocka_unit_test_setup_teardown(as_large_as_it_gets, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
