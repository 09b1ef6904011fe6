/* Which request an exception belongs to, when the agent or the process that reports gets no time:
 * the right one or none. */
#include "error_watch_fixture.h"

/* Two requests are open on a loop. */
static void begin_two(struct tracing_fixture *f, struct told *slow, struct told *t)
{
	begin(f);
	begin_told(f, slow, true, LOOP, 1, 10 * MS);
	begin_told(f, t, true, LOOP, 2, 11 * MS);
}

/* Turns of an agent that has time, from when the second has failed. */
static void tick_until(struct tracing_fixture *f, uint64_t end_ns)
{
	for (uint64_t now_ns = 22 * MS; now_ns < end_ns; now_ns += 10 * MS)
		assembler_tick(f->assembler, now_ns);
}

/* The first report is of the second request, the second of the first. */
static void expect_both(struct tracing_fixture *f)
{
	assembler_finish(f->assembler);
	assert_int_equal(linked.count, 2);
	expect_link(0, 1, 11 * MS, "response_order");
	expect_link(1, 2, 10 * MS, "response_order");
}

/*
 * An event loop answers, then logs, while another request is open: uvicorn. The agent gets no time
 * for long, and sees all of it at once, long after: the report must find the one that failed, not
 * the one that is left.
 */
static void an_agent_that_is_late(void **state)
{
	struct tracing_fixture f;
	struct told t, slow;

	(void)state;
	begin_two(&f, &slow, &t);
	assembler_tick(f.assembler, 12 * MS);
	fail_told(&f, &t, 20 * MS);
	watch(&f, 1, LOOP, 21 * MS);
	assembler_tick(f.assembler, 700 * MS);
	assert_int_equal(f.segments_count, 0); /* held: its report is still to be read */
	told_words(&f, 1);
	assembler_tick(f.assembler, 710 * MS);
	fail_told(&f, &slow, 720 * MS);
	report(&f, 2, LOOP, 721 * MS);
	assembler_tick(f.assembler, 730 * MS);
	expect_both(&f);
	tracing_end(&f);
}

/* Late again and again, also between the beginning of the report and its end. */
static void an_agent_that_is_late_for_the_words(void **state)
{
	struct tracing_fixture f;
	struct told t, slow;

	(void)state;
	begin_two(&f, &slow, &t);
	fail_told(&f, &t, 20 * MS);
	watch(&f, 1, LOOP, 21 * MS);
	assembler_tick(f.assembler, 22 * MS);
	assembler_tick(f.assembler, 622 * MS);
	assembler_tick(f.assembler, 1222 * MS);
	told_words(&f, 1);
	assembler_tick(f.assembler, 1822 * MS);
	assembler_finish(f.assembler);
	assert_int_equal(linked.count, 1);
	expect_link(0, 1, 11 * MS, "response_order");
	tell_finish(&f, &slow, 1900 * MS);
	tracing_end(&f);
}

/* The one it belongs to is gone: the one that is left is not it, and keeps its own report. */
static void never_the_next_best(void **state)
{
	struct tracing_fixture f;
	struct told t, slow;

	(void)state;
	begin_two(&f, &slow, &t);
	fail_told(&f, &t, 20 * MS);
	watch(&f, 1, LOOP, 21 * MS);
	tick_until(&f, 600 * MS);
	assert_int_equal(f.segments_count, 1); /* nobody waits that long for the end of a report */
	told_words(&f, 1);
	assembler_tick(f.assembler, 610 * MS);
	fail_told(&f, &slow, 620 * MS);
	report(&f, 2, LOOP, 621 * MS);
	assembler_tick(f.assembler, 630 * MS);
	assert_int_equal(linked.unlinked_count, 1);
	assert_int_equal(linked.unlinked[0], 1);
	assembler_finish(f.assembler);
	assert_int_equal(linked.count, 1);
	expect_link(0, 2, 10 * MS, "response_order");
	tracing_end(&f);
}

/* A loop answers, gets no time, and logs late: whatever else is open, that was the last it did. */
static void a_loop_that_logs_late(void **state)
{
	struct tracing_fixture f;
	struct told t, slow;

	(void)state;
	begin_two(&f, &slow, &t);
	fail_told(&f, &t, 20 * MS);
	tick_until(&f, 200 * MS);
	report(&f, 1, LOOP, 200 * MS);
	fail_told(&f, &slow, 201 * MS);
	report(&f, 2, LOOP, 203 * MS);
	assembler_tick(f.assembler, 210 * MS);
	expect_both(&f);
	tracing_end(&f);
}

/* Nobody waited for it any longer. It is not of what happens to be open. */
static void a_loop_that_logs_too_late(void **state)
{
	struct tracing_fixture f;
	struct told t, slow;

	(void)state;
	begin_two(&f, &slow, &t);
	fail_told(&f, &t, 20 * MS);
	tick_until(&f, 500 * MS);
	assert_int_equal(f.segments_count, 1);
	report(&f, 1, LOOP, 500 * MS);
	fail_told(&f, &slow, 501 * MS);
	report(&f, 2, LOOP, 503 * MS);
	assembler_tick(f.assembler, 510 * MS);
	assert_int_equal(linked.unlinked_count, 1);
	assert_int_equal(linked.unlinked[0], 1);
	assembler_finish(f.assembler);
	assert_int_equal(linked.count, 1);
	expect_link(0, 2, 10 * MS, "response_order");
	tracing_end(&f);
}

/* One failed in silence a while ago, and the loop went on: it is not the one, and there are two
 * that it may be. What encloses a report is still certain. */
static void a_silent_failure_of_a_loop(void **state)
{
	struct tracing_fixture f;
	struct told silent, first, second, other;

	(void)state;
	begin(&f);
	begin_told(&f, &first, true, LOOP, 1, 9 * MS);
	begin_told(&f, &silent, true, LOOP, 2, 10 * MS);
	fail_told(&f, &silent, 20 * MS);
	for (uint64_t now_ns = 40 * MS; now_ns < 140 * MS; now_ns += 30 * MS) {
		begin_told(&f, &other, true, LOOP, 9, now_ns);
		end_told(&f, &other, now_ns + MS);
	}
	begin_told(&f, &second, true, LOOP, 3, 140 * MS);
	report(&f, 1, LOOP, 150 * MS);
	end_told(&f, &first, 160 * MS);
	fail_told(&f, &second, 170 * MS);
	assembler_tick(f.assembler, 171 * MS);
	assert_int_equal(linked.unlinked_count, 1);
	begin_told(&f, &first, true, LOOP, 4, 180 * MS);
	report(&f, 2, LOOP, 185 * MS);
	fail_told(&f, &first, 190 * MS);
	assembler_tick(f.assembler, 191 * MS);
	assembler_finish(f.assembler);
	assert_int_equal(linked.count, 1);
	assert_int_equal(linked.token[0], 2);
	tracing_end(&f);
}

/* A thread with one request at a time has no doubt, whatever it answered before. */
static void a_silent_failure_of_a_thread(void **state)
{
	struct tracing_fixture f;
	struct told silent, next;

	(void)state;
	begin(&f);
	begin_told(&f, &silent, true, LOOP, 1, 10 * MS);
	fail_told(&f, &silent, 20 * MS);
	begin_told(&f, &next, true, LOOP, 2, 400 * MS);
	assembler_tick(f.assembler, 401 * MS);
	assert_int_equal(f.segments_count, 1);
	report(&f, 1, LOOP, 410 * MS);
	assembler_tick(f.assembler, 411 * MS);
	end_told(&f, &next, 420 * MS);
	assembler_finish(f.assembler);
	assert_int_equal(linked.count, 1);
	expect_link(0, 1, 400 * MS, "context");
	tracing_end(&f);
}

/* The loop stood still before it wrote down why: it counts as if it had not. */
static void a_loop_that_stood_still(void **state)
{
	struct tracing_fixture f;
	struct told t, slow, other;

	(void)state;
	begin_two(&f, &slow, &t);
	fail_told(&f, &t, 20 * MS);
	begin_told(&f, &other, true, LOOP, 3, 21 * MS);
	end_told(&f, &other, 140 * MS);
	report(&f, 1, LOOP, 145 * MS);
	fail_told(&f, &slow, 150 * MS);
	report(&f, 2, LOOP, 152 * MS);
	assembler_tick(f.assembler, 153 * MS);
	expect_both(&f);
	tracing_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_agent_that_is_late),
		cmocka_unit_test(an_agent_that_is_late_for_the_words),
		cmocka_unit_test(never_the_next_best),
		cmocka_unit_test(a_loop_that_logs_late),
		cmocka_unit_test(a_loop_that_logs_too_late),
		cmocka_unit_test(a_loop_that_stood_still),
		cmocka_unit_test(a_silent_failure_of_a_loop),
		cmocka_unit_test(a_silent_failure_of_a_thread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
