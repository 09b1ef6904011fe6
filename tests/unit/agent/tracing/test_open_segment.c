/* The list of open spans in any order of leaving; what is given back comes again, clean. */
#include "cmocka_test.h"

#include "tracing/open_segment.h"

static struct open_segment_pool pool;

static struct open_segment *begin_segment(void)
{
	struct open_segment *open = open_segment_take(&pool);
	struct resource *resource;

	assert_int_equal(resource_new(&resource), 0);
	assert_int_equal(segment_new(&open->segment, resource), 0);
	resource_release(&resource);
	return open;
}

static void spans_leave_in_any_order(void **state)
{
	static const int orders[][3] = {{0, 1, 2}, {2, 1, 0}, {1, 0, 2}, {1, 2, 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		struct open_segment *open = begin_segment();
		struct open_span *spans[3];

		for (int j = 0; j < 3; j++) {
			spans[j] = open_segment_add_span(&pool, open);
			assert_ptr_equal(spans[j]->segment, open);
			assert_ptr_equal(spans[j]->span, open->segment->spans[j]);
		}
		for (int j = 0; j < 3; j++) {
			int left = 0;

			open_segment_unlink_span(spans[orders[i][j]]);
			open_segment_unlink_span(spans[orders[i][j]]); /* no harm */
			assert_null(spans[orders[i][j]]->segment);
			open_segment_keep_span(&pool, spans[orders[i][j]]);
			for (struct open_span *span = open->open_spans; span; span = span->next)
				left++;
			assert_int_equal(left, 2 - j);
		}
		open_segment_keep(&pool, open);
	}
	open_segment_pool_done(&pool);
	assert_null(pool.segments);
	assert_null(pool.spans);
}

static void used_again(void **state)
{
	struct open_segment *open = begin_segment(), *other = begin_segment();

	(void)state;
	open->tgid = 7;
	open_segment_keep(&pool, open);
	assert_ptr_equal(open_segment_take(&pool), open);
	assert_int_equal(open->tgid, 0);
	assert_null(open->segment);
	open_segment_keep(&pool, open);
	open_segment_keep(&pool, other);
	open_segment_pool_done(&pool);
}

static void a_full_segment(void **state)
{
	struct open_segment *open = begin_segment();

	(void)state;
	for (int i = 0; i < MAX_SEGMENT_SPANS; i++)
		assert_non_null(segment_add_span(open->segment));
	assert_null(open_segment_add_span(&pool, open));
	assert_null(open->open_spans);
	assert_int_equal(open->segment->dropped_spans_count, 1);
	open_segment_keep(&pool, open);
	open_segment_pool_done(&pool);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(spans_leave_in_any_order),
		cmocka_unit_test(used_again),
		cmocka_unit_test(a_full_segment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
