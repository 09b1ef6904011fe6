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

static struct served_request told;
static int told_count;

static void on_served(void *self, const struct served_request *request)
{
	assert_ptr_equal(self, &told);
	told = *request;
	told_count++;
}

static void a_request_that_was_served_is_told(void **state)
{
	struct served_watch nobody = {0}, watch = {&told, on_served};
	struct open_segment_pool pool = {0};
	struct open_segment *open = open_segment_take(&pool);

	(void)state;
	open->segment = sample_segment(1000);
	open->context = 42;
	open->tgid = 7;
	open->start_ns = 100;
	open_segment_tell_served(open, &watch, 500);
	assert_int_equal(told_count, 0); /* a client's */
	open->is_server = true;
	open_segment_tell_served(open, &nobody, 500);
	open_segment_tell_served(open, &watch, 500);
	assert_int_equal(told_count, 1);
	assert_int_equal(told.context, 42);
	assert_int_equal(told.tgid, 7);
	assert_int_equal(told.start_ns, 100);
	assert_int_equal(told.end_ns, 500);
	assert_memory_equal(told.trace_id, open->segment->trace_id, TRACE_ID_BYTES);
	assert_memory_equal(told.span_id, segment_root(open->segment)->span_id, SPAN_ID_BYTES);
	open->finished_ns = 300;
	open_segment_tell_served(open, &watch, 500);
	assert_int_equal(told.end_ns, 300);
	open_segment_keep(&pool, open);
	open_segment_pool_done(&pool);
}

static void spans_still_open_are_marked(void **state)
{
	struct open_segment_pool pool = {0};
	struct open_segment *open = open_segment_take(&pool);
	struct open_span *span;

	(void)state;
	open->segment = sample_segment(1000);
	open->unix_offset_ns = 1000;
	span = open_segment_add_span(&pool, open);
	open_segment_close_spans(open, 50);
	assert_true(span->span->is_incomplete);
	assert_int_equal(span->span->end_unix_ns, 1050);
	assert_null(span->segment);
	assert_null(open->open_spans);
	open_segment_keep_span(&pool, span);
	open_segment_keep(&pool, open);
	open_segment_pool_done(&pool);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(used_again),
		cmocka_unit_test(spans_come_and_go),
		cmocka_unit_test(a_request_that_was_served_is_told),
		cmocka_unit_test(spans_still_open_are_marked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
