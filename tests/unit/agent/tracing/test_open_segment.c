/* What is given back comes again, clean. */
#include "cmocka_test.h"

#include "tracing/open_segment.h"

static void used_again(void **state)
{
	struct open_segment_pool pool = {0};
	struct open_segment *open = open_segment_take(&pool), *other = open_segment_take(&pool);
	struct open_span *open_span = open_segment_take_span(&pool);

	(void)state;
	assert_ptr_not_equal(open, other);
	open->tgid = 7;
	open_span->segment = open;
	open_segment_keep(&pool, open);
	open_segment_keep(&pool, other);
	open_segment_keep_span(&pool, open_span);
	assert_ptr_equal(open_segment_take(&pool), other);
	assert_ptr_equal(open_segment_take(&pool), open);
	assert_int_equal(open->tgid, 0);
	assert_null(open->next);
	assert_ptr_equal(open_segment_take_span(&pool), open_span);
	assert_null(open_span->segment);
	open_segment_keep(&pool, open);
	open_segment_keep(&pool, other);
	open_segment_keep_span(&pool, open_span);
	open_segment_pool_done(&pool);
	assert_null(pool.segments);
	assert_null(pool.spans);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(used_again)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
