/* Order, depth and branches of a trace, also of one whose parent links lie. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include "sample_segment.h"
#include "overview/trace_layout.h"

static struct segment *segment;
static struct item *item;
static struct trace_layout *layout;

static int begin(void **state)
{
	struct resource *resource = sample_resource();

	(void)state;
	assert_int_equal(segment_new(&segment, resource), 0);
	resource_release(&resource);
	return 0;
}

static int end(void **state)
{
	(void)state;
	trace_layout_free(&layout);
	item_release(&item);
	return 0;
}

static struct span *add(const char *name, uint64_t start_ns, const struct span *parent)
{
	struct span *span = sample_span(segment, SPAN_SERVER, name, start_ns, 100);

	if (parent) {
		span->parent_source = PARENT_THREAD;
		memcpy(span->parent_span_id, parent->span_id, SPAN_ID_BYTES);
	}
	return span;
}

static void lay_out(void)
{
	assert_int_equal(item_new_segment(&item, &segment), 0);
	assert_int_equal(trace_layout_new(&layout, &item, 1), 0);
}

static void assert_rows(const char *expected)
{
	char text[512] = "";

	for (uint32_t i = 0; i < layout->count; i++)
		sprintf(text + strlen(text), "%.*s/%u/%llx%s ",
			VIEW_FORMAT(layout->rows[i].span->name), layout->rows[i].depth,
			(unsigned long long)layout->rows[i].open_levels,
			layout->rows[i].has_sibling_below ? "+" : "");
	assert_string_equal(text, expected);
}

static void test_order_and_branches(void **state)
{
	struct span *root, *a, *b;

	(void)state;
	root = add("root", 1000, NULL);
	b = add("b", 3000, root);
	a = add("a", 2000, root);
	(void)add("a2", 2200, a);
	(void)add("a1", 2100, a);
	(void)add("b1", 3100, b);
	(void)add("other", 5000, NULL);
	lay_out();
	assert_rows("root/0/0 a/1/0+ a1/2/2+ a2/2/2 b/1/0 b1/2/0 other/0/0 ");
	assert_int_equal(layout->start_unix_ns, 1000);
	assert_int_equal(layout->end_unix_ns, 5100);
	assert_int_equal(layout->services_count, 1);
	assert_int_equal(layout->errors_count, 0);
	assert_false(layout->is_continued);
}

static void test_parent_elsewhere(void **state)
{
	struct span *span = add("x", 10, NULL);

	(void)state;
	span->parent_source = PARENT_HEADER;
	memset(span->parent_span_id, 7, SPAN_ID_BYTES);
	span->status = STATUS_ERROR;
	lay_out();
	assert_rows("x/0/0 ");
	assert_true(layout->is_continued);
	assert_int_equal(layout->errors_count, 1);
}

static void test_cycles_are_cut(void **state)
{
	struct span *a = add("a", 10, NULL), *b = add("b", 20, a), *c = add("c", 30, b),
		    *self = add("self", 40, NULL);

	(void)state;
	a->parent_source = PARENT_HEADER;
	memcpy(a->parent_span_id, c->span_id, SPAN_ID_BYTES);
	self->parent_source = PARENT_HEADER;
	memcpy(self->parent_span_id, self->span_id, SPAN_ID_BYTES);
	(void)add("d", 50, self);
	lay_out();
	assert_int_equal(layout->count, 5);
	assert_int_equal(layout->rows[0].depth, 0);
}

static void test_equal_ids(void **state)
{
	struct span *a = add("a", 10, NULL), *b = add("b", 20, NULL);

	(void)state;
	memcpy(b->span_id, a->span_id, SPAN_ID_BYTES);
	(void)add("c", 30, b);
	lay_out();
	assert_int_equal(layout->count, 3);
}

static void test_deep_and_wide(void **state)
{
	struct span *at = add("root", 0, NULL);

	(void)state;
	for (uint64_t i = 1; i < 900; i++)
		at = add("n", i, at);
	lay_out();
	assert_int_equal(layout->count, 900);
	assert_int_equal(layout->rows[899].depth, MAX_LAYOUT_DEPTH);
}

static void test_more_than_the_cap(void **state)
{
	struct item *items[4];

	(void)state;
	for (int i = 0; i < MAX_SEGMENT_SPANS; i++)
		(void)add("n", (uint64_t)i, NULL);
	assert_int_equal(item_new_segment(&item, &segment), 0);
	for (int i = 0; i < 4; i++)
		items[i] = item;
	assert_int_equal(trace_layout_new(&layout, items, 4), 0);
	assert_int_equal(layout->count, MAX_LAYOUT_SPANS);
	assert_int_equal(layout->hidden_count, 4 * MAX_SEGMENT_SPANS - MAX_LAYOUT_SPANS);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_order_and_branches), CASE(test_parent_elsewhere),
		CASE(test_cycles_are_cut),     CASE(test_equal_ids),
		CASE(test_deep_and_wide),      CASE(test_more_than_the_cap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
