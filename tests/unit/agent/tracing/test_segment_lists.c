/* Lists that keep their order when segments move between them. */
#include "cmocka_test.h"

#include "tracing/segment_lists.h"

static void order_is_kept(void **state)
{
	struct segment_lists lists = {0};
	struct open_segment a = {0}, b = {0}, c = {0};

	(void)state;
	segment_lists_add(&lists, &a, LIST_OPEN, 1);
	segment_lists_add(&lists, &b, LIST_OPEN, 2);
	segment_lists_add(&lists, &c, LIST_OPEN, 3);
	assert_ptr_equal(lists.first[LIST_OPEN], &a);
	assert_ptr_equal(lists.last[LIST_OPEN], &c);
	segment_lists_move(&lists, &b, LIST_FAILED, 9);
	assert_ptr_equal(a.next, &c);
	assert_ptr_equal(c.previous, &a);
	assert_ptr_equal(lists.first[LIST_FAILED], &b);
	assert_ptr_equal(lists.last[LIST_FAILED], &b);
	assert_int_equal(b.due_ns, 9);
	assert_int_equal(b.list, LIST_FAILED);
	segment_lists_remove(&lists, &a);
	segment_lists_remove(&lists, &c);
	assert_null(lists.first[LIST_OPEN]);
	assert_null(lists.last[LIST_OPEN]);
	segment_lists_add(&lists, &a, LIST_FAILED, 10);
	assert_ptr_equal(b.next, &a);
	assert_null(a.next);
}

static void whose_turn_it_is(void **state)
{
	struct segment_lists lists = {0};
	struct open_segment under_way = {0}, settling = {0}, failed = {0};
	bool is_due = true;

	(void)state;
	segment_lists_add(&lists, &under_way, LIST_OPEN, 100);
	segment_lists_add(&lists, &settling, LIST_SETTLING, 50);
	segment_lists_add(&lists, &failed, LIST_FAILED, 60);
	/* Nobody's time has come: who has done most of his waiting. */
	assert_ptr_equal(segment_lists_next(&lists, 49, &is_due), &failed);
	assert_false(is_due);
	assert_ptr_equal(segment_lists_next(&lists, 50, &is_due), &settling);
	assert_true(is_due);
	assert_ptr_equal(segment_lists_next(&lists, 60, &is_due), &failed);
	assert_true(is_due);
	/* What is held for the report of its failure has no time. */
	failed.held_count = failed.finished_ns = 1;
	assert_ptr_equal(segment_lists_next(&lists, 60, &is_due), &settling);
	segment_lists_remove(&lists, &settling);
	assert_ptr_equal(segment_lists_next(&lists, 99, &is_due), &failed);
	assert_false(is_due);
	assert_ptr_equal(segment_lists_next(&lists, 100, &is_due), &under_way);
	assert_true(is_due);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_is_kept),
		cmocka_unit_test(whose_turn_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
