/* What is given back comes again, clean; open spans leave their segment's list from any place. */
#include "cmocka_test.h"

#include "sample_segment.h"
#include "tracing/open_segment.h"

static void used_again(void **state)
{
	struct open_segment_pool pool = {0};
	struct open_segment *open = open_segment_take(&pool), *other = open_segment_take(&pool);

	(void)state;
	assert_ptr_not_equal(open, other);
	open->tgid = 7;
	open_segment_keep(&pool, open);
	open_segment_keep(&pool, other);
	assert_ptr_equal(open_segment_take(&pool), other);
	assert_ptr_equal(open_segment_take(&pool), open);
	assert_int_equal(open->tgid, 0);
	assert_null(open->next);
	open_segment_keep(&pool, open);
	open_segment_keep(&pool, other);
	open_segment_pool_done(&pool);
	assert_null(pool.segments);
}

static void spans_come_and_go(void **state)
{
	struct open_segment_pool pool = {0};
	struct open_segment *open = open_segment_take(&pool);
	struct open_span *spans[3];

	(void)state;
	open->segment = sample_segment(1000);
	for (int i = 0; i < 3; i++)
		spans[i] = open_segment_add_span(&pool, open);
	assert_int_equal(open->segment->spans_count, 6);
	open_segment_unlink_span(spans[1]);
	assert_null(spans[1]->segment);
	assert_ptr_equal(open->open_spans, spans[2]);
	assert_ptr_equal(spans[2]->next, spans[0]);
	assert_ptr_equal(spans[0]->previous, spans[2]);
	open_segment_unlink_span(spans[2]);
	assert_ptr_equal(open->open_spans, spans[0]);
	open_segment_unlink_span(spans[0]);
	assert_null(open->open_spans);
	open_segment_unlink_span(spans[0]); /* the segment was closed without it: no harm */
	for (int i = 0; i < 3; i++)
		open_segment_keep_span(&pool, spans[i]);
	assert_ptr_equal(open_segment_add_span(&pool, open), spans[2]);
	open_segment_unlink_span(spans[2]);
	open_segment_keep_span(&pool, spans[2]);
	open_segment_keep(&pool, open);
	open_segment_pool_done(&pool);
	assert_null(pool.spans);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(used_again),
		cmocka_unit_test(spans_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
