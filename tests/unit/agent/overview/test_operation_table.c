/* What counts as one operation, in which order they stand, and what is beyond the bound. */
#include "cmocka_test.h"

#include "overview/operation_table.h"
#include "sample_segment.h"

static struct operation_table table;
static struct operation_row rows[MAX_OPERATIONS + 1];

static int begin(void **state)
{
	(void)state;
	return operation_table_init(&table);
}

static int end(void **state)
{
	(void)state;
	operation_table_done(&table);
	return 0;
}

static void add(struct segment *segment)
{
	operation_table_add(&table, segment);
	segment_free(&segment);
}

static void by_total_time(void **state)
{
	(void)state;
	add(sample_segment(1000));
	add(sample_segment(5000000000));
	assert_int_equal(operation_table_rows(&table, rows), 3);
	assert_view(operation_table_name(rows[0].key), "GET /orders/{id}");
	assert_view(operation_table_service(rows[0].key), "shop");
	assert_string_equal(operation_table_kind_word(rows[0].key->kind), "server");
	assert_view(operation_table_name(rows[1].key), "POST");
	assert_view(operation_table_name(rows[2].key), "GET");
	assert_int_equal(rows[2].operation->errors, 2);
	assert_int_equal(rows[1].operation->durations.sum_ns, 2 * 12345678);
	assert_int_equal(table.spans, 6);
	assert_int_equal(table.errors, 2);
	assert_int_equal(operation_table_elapsed_ns(&table), 5000000000 + 25000000 - 1000);
}

static void the_system_stands_before_the_name(void **state)
{
	struct segment *segment = sample_segment(0);

	(void)state;
	attribute_set_static(&segment->spans[1]->attributes, &segment->arena, "db.system.name",
			     "redis");
	add(segment);
	assert_int_equal(operation_table_rows(&table, rows), 3);
	assert_view(operation_table_name(rows[2].key), "redis GET");
}

/* Calls that are named by their method alone are told apart by whom they went to. */
static void whom_a_call_went_to(void **state)
{
	static const struct {
		const char *address;
		int port;
		enum span_kind kind;
		const char *name, *wanted;
	} cases[] = {
		{"shop", 8080, SPAN_CLIENT, "POST", "POST shop:8080"},
		{"shop", 443, SPAN_CLIENT, "POST", "POST shop"},
		{"shop", 0, SPAN_CLIENT, "POST", "POST shop"},
		{NULL, 8080, SPAN_CLIENT, "POST", "POST"},
		{"shop", 8080, SPAN_SERVER, "POST", "POST"},
		{"shop", 8080, SPAN_CLIENT, "POST /orders/{id}", "POST /orders/{id}"},
		{"shop", 8080, SPAN_CLIENT, "TLS :8080", "TLS :8080 shop"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct segment *segment = sample_segment(0);
		struct span *span = segment->spans[1];

		span->operation = cases[i].name[0] == 'T' ? "tcp.client" : "http.client";
		struct operation_key key;

		span->kind = cases[i].kind;
		span->name = view_of_text(cases[i].name);
		span->attributes.count = 0;
		attribute_set_static(&span->attributes, &segment->arena, "http.request.method",
				     "POST");
		if (cases[i].address)
			attribute_set_static(&span->attributes, &segment->arena, "server.address",
					     cases[i].address);
		if (cases[i].port)
			attribute_set_integer(&span->attributes, &segment->arena, "server.port",
					      cases[i].port);
		key = operation_table_key(segment->resource, span);
		assert_view(operation_table_name(&key), cases[i].wanted);
		segment_free(&segment);
	}
}

static void what_comes_too_late(void **state)
{
	(void)state;
	for (int i = 0; i < MAX_OPERATIONS + 5; i++) {
		struct segment *segment = sample_segment(0);
		char name[32];

		(void)sprintf(name, "GET /%d", i);
		segment->spans_count = 1;
		segment->spans[0]->name = view_of_text(name);
		add(segment);
	}
	assert_int_equal(operation_table_rows(&table, rows), MAX_OPERATIONS + 1);
	assert_view(operation_table_name(rows[MAX_OPERATIONS].key), "other");
	assert_string_equal(operation_table_kind_word(rows[MAX_OPERATIONS].key->kind), "");
	assert_int_equal(rows[MAX_OPERATIONS].operation->durations.count, 5);
	assert_int_equal(table.spans, MAX_OPERATIONS + 5);
}

static void nothing(void **state)
{
	(void)state;
	assert_int_equal(operation_table_rows(&table, rows), 0);
	assert_int_equal(operation_table_elapsed_ns(&table), 0);
	assert_string_equal(operation_table_kind_word(99), "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(by_total_time, begin, end),
		cmocka_unit_test_setup_teardown(the_system_stands_before_the_name, begin, end),
		cmocka_unit_test_setup_teardown(whom_a_call_went_to, begin, end),
		cmocka_unit_test_setup_teardown(what_comes_too_late, begin, end),
		cmocka_unit_test_setup_teardown(nothing, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
