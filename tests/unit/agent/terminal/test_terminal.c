/* The exporter as its delivery thread sees it: settle, flush, too many, close; on a clock of the
 * test's own. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include "base/clock.h"
#include "sample_crash.h"
#include "terminal/terminal.h"

static uint64_t now_ns;
static char *text;
static size_t text_size;
static FILE *out;
static struct exporter *exporter;

static uint64_t fake_clock(void)
{
	return now_ns;
}

static int begin(void **state)
{
	struct terminal_exporter_settings settings = {
		.width_fd = -1, .is_utf8 = true, .now_ns = fake_clock};

	(void)state;
	now_ns = 100 * NS_PER_S;
	out = open_memstream(&text, &text_size);
	settings.out = out;
	return terminal_new(&exporter, &settings);
}

static int end(void **state)
{
	(void)state;
	if (exporter)
		exporter->ops->close(&exporter);
	assert_null(exporter);
	fclose(out);
	free(text);
	return 0;
}

static void export(struct item *item)
{
	struct batch batch = {.items = &item, .count = 1};
	struct export_result result;

	exporter->ops->export(exporter, &batch, &result);
	assert_int_equal(result.outcome, EXPORT_SENT);
	assert_int_equal(result.rejected_count, 0);
	item_release(&item);
}

static int count(const char *needle)
{
	int found = 0;

	fflush(out);
	for (const char *at = text; (at = strstr(at, needle)); at++)
		found++;
	return found;
}

static void test_two_segments_are_one_tree(void **state)
{
	struct item *outer = sample_item(1000), *inner = sample_item(2000);
	struct span *child = segment_root(inner->segment);

	(void)state;
	assert_string_equal(exporter->ops->name, "terminal");
	assert_true(exporter->ops->is_local);
	memcpy(inner->segment->trace_id, outer->segment->trace_id, TRACE_ID_BYTES);
	child->parent_source = PARENT_CONNECTION;
	memcpy(child->parent_span_id, outer->segment->spans[2]->span_id, SPAN_ID_BYTES);
	export(inner);
	now_ns += 200 * NS_PER_MS;
	export(outer);
	now_ns += 299 * NS_PER_MS;
	export(sample_item(1));
	assert_int_equal(count("trace "), 0);
	now_ns += NS_PER_MS;
	export(sample_item(1));
	assert_int_equal(count("  6 spans"), 1);
	assert_int_equal(count("\n   └╌ GET /orders/{id}"), 1);
	assert_int_equal(count("  3 spans"), 0);
	exporter->ops->flush(exporter);
	assert_int_equal(count("  3 spans"), 2);
	assert_int_equal(count("links:"), 1);
	exporter->ops->close(&exporter);
	assert_int_equal(count("3 traces, 12 spans, 4 errors"), 1);
}

static void test_too_many_traces(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++)
		export(sample_item(1));
	now_ns += 400 * NS_PER_MS;
	exporter->ops->flush(exporter);
	assert_int_equal(count("trace "), 20);
	assert_int_equal(count("(80 more traces not shown; the failed and the slowest ones are)"),
			 1);
	exporter->ops->close(&exporter);
	assert_int_equal(count("100 traces, 300 spans"), 1);
}

static void test_steady_rate(void **state)
{
	(void)state;
	/* 50 a second for 4 seconds, exported as they come, never idle. */
	for (int i = 0; i < 200; i++) {
		export(sample_item(1));
		now_ns += 20 * NS_PER_MS;
	}
	assert_true(count("trace ") >= 60 && count("trace ") <= 100);
	assert_true(count("not shown") >= 2);
}

static void test_more_pending_than_fit(void **state)
{
	(void)state;
	for (int i = 0; i < 2000; i++)
		export(sample_item(1));
	assert_int_equal(count("trace "), 10);
	exporter->ops->close(&exporter);
	assert_int_equal(count("2000 traces, 6000 spans"), 1);
}

static void test_output_that_fails(void **state)
{
	struct terminal_exporter_settings settings = {.width_fd = -1, .now_ns = fake_clock};
	struct item *item = sample_item(1);
	struct batch batch = {.items = &item, .count = 1};
	struct export_result result;
	struct exporter *broken;

	(void)state;
	settings.out = fopen("/dev/full", "w");
	assert_int_equal(terminal_new(&broken, &settings), 0);
	broken->ops->export(broken, &batch, &result);
	assert_int_equal(result.rejected_count, 0);
	broken->ops->flush(broken);
	broken->ops->export(broken, &batch, &result);
	assert_int_equal(result.outcome, EXPORT_SENT);
	assert_int_equal(result.rejected_count, 1);
	assert_int_equal(result.reason, DROP_OUTPUT_FAILED);
	assert_non_null(strstr(result.message, "No space left on device"));
	broken->ops->export(broken, &batch, &result);
	assert_int_equal(result.rejected_count, 0);
	assert_string_equal(result.message, "");
	broken->ops->close(&broken);
	fclose(settings.out);
	item_release(&item);
}

/* At once, whatever waits to settle; kept out of the traces that are counted. */
static void test_crash_is_printed_at_once(void **state)
{
	(void)state;
	assert_true(exporter->ops->wanted_kinds & ITEM_BIT(ITEM_CRASH));
	export(sample_item(1));
	assert_int_equal(count("trace "), 0);
	export(sample_crash_item(1767607212716204999ull));
	assert_int_equal(count("✗ SIGSEGV  shop (4711)  null pointer dereference"), 1);
	assert_int_equal(count("  3 spans"), 0);
	exporter->ops->close(&exporter);
	assert_int_equal(count("  3 spans"), 1);
	assert_int_equal(count("1 trace, 3 spans, 1 error in"), 1);
}

static void test_only_a_crash(void **state)
{
	(void)state;
	export(sample_crash_item(1767607212716204999ull));
	exporter->ops->close(&exporter);
	assert_int_equal(count("✗ SIGSEGV"), 1);
	assert_int_equal(count("0 traces"), 0);
}

/* Nobody reads: counted with the next batch. */
static void test_crash_that_is_not_written(void **state)
{
	struct terminal_exporter_settings settings = {.width_fd = -1, .now_ns = fake_clock};
	struct item *item = sample_crash_item(1767607212716204999ull);
	struct batch batch = {.items = &item, .count = 1};
	struct export_result result;
	struct exporter *broken;

	(void)state;
	settings.out = fopen("/dev/full", "w");
	assert_int_equal(terminal_new(&broken, &settings), 0);
	broken->ops->export(broken, &batch, &result);
	assert_int_equal(result.rejected_count, 1);
	assert_int_equal(result.reason, DROP_OUTPUT_FAILED);
	broken->ops->close(&broken);
	fclose(settings.out);
	item_release(&item);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_two_segments_are_one_tree),
		CASE(test_too_many_traces),
		CASE(test_steady_rate),
		CASE(test_more_pending_than_fit),
		CASE(test_output_that_fails),
		CASE(test_crash_is_printed_at_once),
		CASE(test_only_a_crash),
		CASE(test_crash_that_is_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
