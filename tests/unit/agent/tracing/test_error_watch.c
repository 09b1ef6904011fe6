/* Which request an exception belongs to, told through the assembler: before the response or after
 * it, on its thread or another, alone or in a loop. */
#include "error_watch_fixture.h"

#define LOGGER 8

static void logged_before_the_response(void **state)
{
	struct tracing_fixture f;
	struct told t;
	const struct span *root;

	(void)state;
	begin_with(&f, 64, 0);
	begin_told(&f, &t, true, LOOP, 1, 10 * MS);
	report(&f, 1, LOOP, 20 * MS);
	assembler_tick(f.assembler, 21 * MS);
	fail_told(&f, &t, 22 * MS);
	assembler_tick(f.assembler, 1000 * MS);
	assert_int_equal(linked.count, 1);
	expect_link(0, 1, 10 * MS, "context");
	assert_int_equal(f.segments_count, 1); /* kept, with a ratio of 0 */
	assert_false(f.segments[0]->sampling.has_threshold);
	root = segment_root(f.segments[0]);
	assert_int_equal(root->status, STATUS_ERROR);
	assert_view(attribute_string(&root->attributes, "exception.type"), "ValueError");
	assert_view(attribute_string(&root->attributes, "exception.message"), "no such order");
	tracing_end(&f);
}

/* The framework answered and then wrote it down; the segment waited for that. */
static void logged_after_the_response(void **state)
{
	struct tracing_fixture f;
	struct told t;

	(void)state;
	begin(&f);
	begin_told(&f, &t, true, LOOP, 1, 10 * MS);
	fail_told(&f, &t, 20 * MS);
	assembler_tick(f.assembler, 110 * MS);
	assert_int_equal(f.segments_count, 0);
	report(&f, 1, LOOP, 115 * MS);
	assembler_tick(f.assembler, 116 * MS);
	assembler_tick(f.assembler, 1000 * MS);
	expect_link(0, 1, 10 * MS, "response_order");
	assert_string_equal(f.segments[0]->spans[0]->status_message.bytes,
			    "ValueError: no such order");
	tracing_end(&f);
}

static void not_of_one_that_went_well(void **state)
{
	struct tracing_fixture f;
	struct told t;

	(void)state;
	begin(&f);
	begin_told(&f, &t, true, LOOP, 1, 10 * MS);
	end_told(&f, &t, 20 * MS);
	report(&f, 1, LOOP, 25 * MS);
	assembler_tick(f.assembler, 26 * MS);
	assert_int_equal(linked.unlinked_count, 1);
	assert_int_equal(linked.unlinked[0], 1);
	assembler_finish(f.assembler);
	assert_int_equal(linked.count, 0);
	tracing_end(&f);
}

/* A loop answers two and logs two, in that order. */
static void responses_of_a_loop_in_their_order(void **state)
{
	struct tracing_fixture f;
	struct told first, second, other;

	(void)state;
	begin(&f);
	begin_told(&f, &other, true, LOOP, 3, 9 * MS);
	begin_told(&f, &first, true, LOOP, 1, 10 * MS);
	begin_told(&f, &second, true, LOOP, 2, 11 * MS);
	fail_told(&f, &first, 20 * MS);
	fail_told(&f, &second, 21 * MS);
	watch(&f, 1, LOOP, 22 * MS);
	watch(&f, 2, LOOP, 23 * MS);
	told_words(&f, 2); /* whole sooner: its turn is later all the same */
	assembler_tick(f.assembler, 24 * MS);
	told_words(&f, 1);
	end_told(&f, &other, 30 * MS);
	assembler_tick(f.assembler, 31 * MS);
	assembler_tick(f.assembler, 2000 * MS);
	assert_int_equal(linked.count, 2);
	expect_link(0, 1, 10 * MS, "response_order");
	expect_link(1, 2, 11 * MS, "response_order");
	tracing_end(&f);
}

/* Several are open; the one that fails next is it. */
static void a_loop_that_logs_first(void **state)
{
	struct tracing_fixture f;
	struct told first, second;

	(void)state;
	begin(&f);
	begin_told(&f, &first, true, LOOP, 1, 10 * MS);
	begin_told(&f, &second, true, LOOP, 2, 11 * MS);
	report(&f, 1, LOOP, 20 * MS);
	assembler_tick(f.assembler, 21 * MS);
	assert_int_equal(linked.unlinked_count, 0);
	fail_told(&f, &second, 22 * MS);
	end_told(&f, &first, 30 * MS);
	assembler_tick(f.assembler, 31 * MS);
	assembler_tick(f.assembler, 1000 * MS);
	assert_int_equal(linked.count, 1);
	expect_link(0, 1, 11 * MS, "context");
	tracing_end(&f);
}

/* One failed without a word; the next one's report lies within it. */
static void a_report_within_its_request(void **state)
{
	struct tracing_fixture f;
	struct told t, silent, next;

	(void)state;
	begin(&f);
	begin_told(&f, &t, true, LOOP, 1, 10 * MS);
	report(&f, 1, LOOP, 12 * MS);
	assembler_tick(f.assembler, 13 * MS);
	fail_told(&f, &t, 14 * MS);
	assembler_tick(f.assembler, 1000 * MS);
	begin_told(&f, &silent, true, LOOP, 2, 1010 * MS);
	fail_told(&f, &silent, 1020 * MS);
	begin_told(&f, &next, true, LOOP, 3, 1021 * MS);
	report(&f, 2, LOOP, 1022 * MS);
	assembler_tick(f.assembler, 1023 * MS);
	fail_told(&f, &next, 1024 * MS);
	assembler_tick(f.assembler, 1025 * MS);
	assembler_tick(f.assembler, 3000 * MS);
	assert_int_equal(linked.count, 2);
	expect_link(1, 2, 1021 * MS, "context");
	tracing_end(&f);
}

static void elsewhere_only_without_a_choice(void **state)
{
	struct tracing_fixture f;
	struct told first, second;

	(void)state;
	begin(&f);
	begin_told(&f, &first, true, 1, 1, 10 * MS);
	fail_told(&f, &first, 12 * MS);
	report(&f, 1, LOGGER, 15 * MS);
	assembler_tick(f.assembler, 16 * MS);
	assembler_tick(f.assembler, 1000 * MS);
	assert_int_equal(linked.count, 1);
	expect_link(0, 1, 10 * MS, "only_candidate");
	begin_told(&f, &first, true, 1, 3, 2010 * MS);
	begin_told(&f, &second, true, 2, 4, 2010 * MS);
	fail_told(&f, &first, 2012 * MS);
	fail_told(&f, &second, 2012 * MS);
	report(&f, 2, LOGGER, 2015 * MS);
	assembler_tick(f.assembler, 2016 * MS);
	assert_int_equal(linked.unlinked_count, 1);
	assembler_finish(f.assembler);
	assert_int_equal(linked.count, 1);
	tracing_end(&f);
}

/* What is held goes when it turns out to be nothing, and not before. */
static void held_until_it_is_known(void **state)
{
	struct tracing_fixture f;
	struct told t;

	(void)state;
	begin(&f);
	begin_told(&f, &t, true, LOOP, 1, 10 * MS);
	watch(&f, 1, LOOP, 20 * MS);
	end_told(&f, &t, 21 * MS);
	assembler_tick(f.assembler, 200 * MS);
	assert_int_equal(f.segments_count, 0);
	assembler_forget_error(f.assembler, 1);
	assembler_tick(f.assembler, 2000 * MS);
	assert_int_equal(f.segments_count, 1);
	assert_int_equal(segment_root(f.segments[0])->status, STATUS_UNSET);
	assert_false(assembler_take_error(f.assembler, 1, &(struct error_words){0}));
	tracing_end(&f);
}

static void two_reports_for_one_request(void **state)
{
	struct tracing_fixture f;
	struct told t;

	(void)state;
	begin(&f);
	begin_told(&f, &t, true, LOOP, 1, 10 * MS);
	report(&f, 1, LOOP, 20 * MS);
	report(&f, 2, LOOP, 21 * MS);
	assembler_tick(f.assembler, 22 * MS);
	fail_told(&f, &t, 23 * MS);
	assembler_finish(f.assembler);
	assert_int_equal(linked.count, 2);
	expect_link(0, 1, 10 * MS, "context");
	expect_link(1, 2, 10 * MS, "context");
	tracing_end(&f);
}

/* Room is needed: what is held goes all the same, and its report finds nothing. */
static void a_held_segment_that_must_go(void **state)
{
	struct tracing_fixture f;
	struct told t, pressing;

	(void)state;
	begin_with(&f, 1, 1);
	begin_told(&f, &t, true, LOOP, 1, 10 * MS);
	watch(&f, 1, LOOP, 20 * MS);
	begin_told(&f, &pressing, true, 99, 2, 21 * MS);
	assert_int_equal(f.segments_count, 1);
	told_words(&f, 1);
	assembler_tick(f.assembler, 30 * MS);
	assembler_tick(f.assembler, 1500 * MS);
	assert_int_equal(linked.unlinked_count, 1);
	tell_finish(&f, &t, 1600 * MS);
	tell_finish(&f, &pressing, 1600 * MS);
	assembler_finish(f.assembler);
	assert_int_equal(linked.count, 0);
	tracing_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(logged_before_the_response),
		cmocka_unit_test(logged_after_the_response),
		cmocka_unit_test(not_of_one_that_went_well),
		cmocka_unit_test(responses_of_a_loop_in_their_order),
		cmocka_unit_test(a_loop_that_logs_first),
		cmocka_unit_test(a_report_within_its_request),
		cmocka_unit_test(elsewhere_only_without_a_choice),
		cmocka_unit_test(held_until_it_is_known),
		cmocka_unit_test(two_reports_for_one_request),
		cmocka_unit_test(a_held_segment_that_must_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
