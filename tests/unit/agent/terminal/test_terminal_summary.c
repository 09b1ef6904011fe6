/* The table at the end: exact at two widths, sorted by total time, bounded. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include "overview/operation_table.h"
#include "sample_segment.h"
#include "terminal/terminal_line.h"
#include "terminal/terminal_summary.h"

static struct terminal_summary *summary;
static struct byte_buffer out;

static int begin(void **state)
{
	(void)state;
	byte_buffer_init(&out, 1 << 20);
	return terminal_summary_new(&summary);
}

static int end(void **state)
{
	(void)state;
	byte_buffer_done(&out);
	terminal_summary_free(&summary);
	return 0;
}

static void add(struct segment *segment)
{
	terminal_summary_add(summary, segment);
	segment_free(&segment);
}

static const char *print(size_t width)
{
	struct terminal_style style = {.width = width};

	byte_buffer_clear(&out);
	terminal_summary_print(summary, 3, &style, &out);
	byte_buffer_append_byte(&out, '\0');
	return out.bytes;
}

static void test_narrow(void **state)
{
	(void)state;
	add(sample_segment(1000000000));
	add(sample_segment(3000000000));
	assert_string_equal(
		print(80),
		"operation                   count errors    rate     p50     p95     p99     max\n"
		"shop GET /orders/{id}           2      0  0.99/s 24.9 ms 24.9 ms 24.9 ms 25.0 ms\n"
		"shop > POST                     2      0  0.99/s 12.3 ms 12.3 ms 12.3 ms 12.3 ms\n"
		"shop > GET                      2      2  0.99/s 4.00 ms 4.00 ms 4.00 ms 4.00 ms\n"
		"\n"
		"3 traces, 6 spans, 2 errors in 2.02 s\n");
}

static void test_wide(void **state)
{
	(void)state;
	add(sample_segment(1000000000));
	assert_string_equal(
		print(110),
		"service  kind     operation                               count errors    rate     p50     p95     p99     max\n"
		"shop     server   GET /orders/{id}                            1      0  1.00/s 24.9 ms 24.9 ms 24.9 ms 25.0 ms\n"
		"shop     client   POST                                        1      0  1.00/s 12.3 ms 12.3 ms 12.3 ms 12.3 ms\n"
		"shop     client   GET                                         1      1  1.00/s 4.00 ms 4.00 ms 4.00 ms 4.00 ms\n"
		"\n"
		"3 traces, 3 spans, 1 error in 25.0 ms\n");
}

static void test_nothing(void **state)
{
	(void)state;
	assert_string_equal(print(80), "3 traces, 0 spans, 0 errors in 0 us\n");
}

/* A run that only crashed has no table and no zeros. */
static void test_no_traces(void **state)
{
	struct terminal_style style = {.width = 80};

	(void)state;
	terminal_summary_print(summary, 0, &style, &out);
	assert_int_equal(out.size, 0);
}

static void test_bounded(void **state)
{
	char name[32];

	(void)state;
	for (int i = 0; i < MAX_OPERATIONS + 50; i++) {
		struct segment *segment = sample_segment(1);

		segment->spans_count = 1;
		snprintf(name, sizeof(name), "op%d\x1b", i);
		segment_root(segment)->name = view_of_text(name);
		add(segment);
	}
	assert_non_null(strstr(print(80), "\n other                         50      0"));
	assert_non_null(strstr(out.bytes, "shop op199\\x1b"));
	assert_null(strchr(out.bytes, '\x1b'));
}

static void test_hostile_names_keep_the_width(void **state)
{
	struct terminal_style style = {0};

	(void)state;
	for (size_t width = 40; width < 180; width++) {
		struct segment *segment = sample_segment(1);
		struct view rest, one;
		char name[300];

		memset(name, '\n', sizeof(name));
		segment_root(segment)->name = view_of(name, sizeof(name));
		segment->resource->service_name = view_of(name, sizeof(name));
		add(segment);
		(void)print(width);
		rest = view_of(out.bytes, out.size - 1);
		while (view_next_token(&rest, '\n', &one))
			if (width >= 80 && terminal_line_width(&style, one) > width)
				fail_msg("%zu: %.*s", width, VIEW_FORMAT(one));
	}
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_narrow),    CASE(test_wide),    CASE(test_nothing),
		CASE(test_no_traces), CASE(test_bounded), CASE(test_hostile_names_keep_the_width),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
