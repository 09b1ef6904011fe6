/* What a crash waits for between its death and its leaving, and when it does so no longer. */
#include "crash/crash_waiting.h"

#include <poll.h>
#include <signal.h>
#include "base/clock.h"
#include "cmocka_test.h"
#include "crash/crash_builder.h"
#include "crash_records.h"
#include "sample_segment.h"

#define MS 1000000ull
#define T0 (20000 * MS)

static struct {
	struct crash_waiting *waiting;
	struct crash_links *links;
	struct image_table *images;
	struct settings settings;
	struct drops drops;
	struct crash *crash; /* the last one that was ready */
	uint32_t ready_count, left_out_count;
	uint64_t token; /* of the last one left out */
} f;

static void on_ready(void *self, struct raw_crash *raw, struct crash **crash)
{
	assert_ptr_equal(self, &f);
	assert_int_equal(raw->tgid, (*crash)->pid);
	crash_links_give(f.links, raw->token, *crash);
	crash_free(&f.crash);
	f.crash = *crash;
	*crash = NULL;
	f.ready_count++;
}

static void on_left_out(void *self, const struct raw_crash *raw)
{
	assert_ptr_equal(self, &f);
	f.token = raw->token;
	f.left_out_count++;
}

static int begin(void **state)
{
	struct image_table_settings images = {.max_mappings = 100, .proc_root = "/nowhere"};
	struct crash_waiting_sink sink = {
		.self = &f, .on_ready = on_ready, .on_left_out = on_left_out};

	(void)state;
	memset(&f, 0, sizeof(f));
	f.settings.crash.burst = 1000;
	f.settings.crash.interval_ms = 60000;
	assert_int_equal(image_table_new(&f.images, &images, &f.drops), 0);
	assert_int_equal(crash_links_new(&f.links, 8), 0);
	return crash_waiting_new(&f.waiting, &f.settings, f.images, f.links, &sink, &f.drops);
}

static int end(void **state)
{
	(void)state;
	crash_waiting_free(&f.waiting);
	assert_null(f.waiting);
	crash_links_free(&f.links);
	image_table_free(&f.images);
	crash_free(&f.crash);
	return 0;
}

/* A process that died at this time; with a thread there is something to unwind. */
static void add(uint64_t death_ns, uint64_t token, bool has_thread)
{
	struct crash_thread_record record =
		crash_thread_record(CRASH_THREAD_FATAL, 501, SIGSEGV, death_ns);
	struct resource *resource = sample_resource();
	struct raw_crash *raw;
	struct crash *crash;

	assert_int_equal(raw_crash_new(&raw, RECORDS_TGID), 0);
	raw->verdict = RAW_CRASHED;
	raw->death = death_record(SIGSEGV, death_ns);
	raw->death_ns = death_ns;
	raw->token = token;
	if (has_thread) {
		assert_int_equal(raw_crash_new_thread(&raw->threads[0], &record), 0);
		raw->threads_count = 1;
	}
	assert_int_equal(crash_builder_begin(&crash, raw, resource, 0, 0), 0);
	resource_release(&resource);
	crash_waiting_add(f.waiting, &raw, &crash);
	assert_null(raw);
	assert_null(crash);
}

/* Ticks at this time, as the symbol process answers, until this many were ready. An answer may come
 * in pieces; for none there is a bound. */
static void tick_until(uint64_t now_ns, uint32_t ready_count, int rounds)
{
	for (int i = 0; i < rounds && f.ready_count < ready_count; i++) {
		struct pollfd answer = {.fd = crash_waiting_fd(f.waiting), .events = POLLIN};

		(void)poll(&answer, 1, 20);
		crash_waiting_tick(f.waiting, now_ns);
	}
}

static void an_answer_and_all_segments(void **state)
{
	(void)state;
	assert_false(crash_waiting_is_busy(f.waiting));
	add(T0, 1, true);
	assert_true(crash_waiting_is_busy(f.waiting));
	/* Answered, but what it served last may still settle. */
	tick_until(T0 + 60 * MS, 1, 10);
	assert_int_equal(f.ready_count, 0);
	tick_until(T0 + 61 * MS, 1, 1500);
	assert_int_equal(f.ready_count, 1);
	assert_false(crash_waiting_is_busy(f.waiting));
	assert_view(f.crash->type, "SIGSEGV");
	assert_int_equal(f.crash->threads[0].frames[0].pc, 0x401000);
	assert_int_equal(f.crash->minidump.size, 0);
	assert_int_equal(drops_lost(&f.drops), 0);
	crash_waiting_tick(f.waiting, T0 + 62 * MS);
	crash_waiting_finish(f.waiting);
	assert_int_equal(f.ready_count, 1);
}

/* It died before this agent was there, and has as much time as any other. */
static void one_of_long_ago(void **state)
{
	(void)state;
	add(T0, 1, true);
	tick_until(T0 + 60000 * MS, 1, 1500);
	assert_int_equal(f.ready_count, 1);
	assert_int_equal(drops_lost(&f.drops), 0);
	assert_int_equal(f.crash->threads[0].frames[0].pc, 0x401000);
}

static void nothing_to_unwind(void **state)
{
	(void)state;
	add(T0, 1, false);
	crash_waiting_tick(f.waiting, T0 + 100 * MS);
	assert_int_equal(f.ready_count, 1);
	assert_int_equal(f.crash->threads_count, 0);
	assert_int_equal(drops_lost(&f.drops), 0);
}

static void a_request_that_is_awaited(void **state)
{
	struct segment *segment = sample_segment(T0);

	(void)state;
	crash_links_expect(f.links, 1);
	add(T0, 1, false);
	crash_waiting_tick(f.waiting, T0 + 1900 * MS);
	assert_int_equal(f.ready_count, 0);
	crash_links_take(f.links, 1, segment, "context");
	segment_free(&segment);
	crash_waiting_tick(f.waiting, T0 + 1901 * MS);
	assert_int_equal(f.ready_count, 1);
	assert_true(f.crash->trace.is_known);
	/* One that does not come. */
	crash_links_expect(f.links, 2);
	add(T0, 2, false);
	crash_waiting_tick(f.waiting, T0 + 2000 * MS);
	assert_int_equal(f.ready_count, 1);
	crash_waiting_tick(f.waiting, T0 + 2001 * MS);
	assert_int_equal(f.ready_count, 2);
	assert_false(f.crash->trace.is_known);
}

/* When everything else is over only answers count. */
static void in_a_hurry(void **state)
{
	(void)state;
	crash_links_expect(f.links, 1);
	add(T0, 1, true);
	crash_waiting_hurry(f.waiting);
	tick_until(T0, 1, 1500);
	assert_int_equal(f.ready_count, 1);
}

/* It goes as it is: where it stood is known all the same. */
static void an_answer_that_does_not_come(void **state)
{
	(void)state;
	add(T0, 1, true);
	crash_waiting_finish(f.waiting);
	assert_int_equal(f.ready_count, 1);
	assert_int_equal(drops_get(&f.drops, DROP_SYMBOLS_FAILED), 1);
	assert_int_equal(f.crash->threads[0].frames_count, 1);
	/* The answer to that one comes when its place is taken by another. */
	add(T0, 2, true);
	tick_until(T0 + 30, 2, 10);
	crash_waiting_finish(f.waiting);
	assert_int_equal(f.ready_count, 2);
}

static void alike_ones(void **state)
{
	struct crash_waiting_sink sink = {
		.self = &f, .on_ready = on_ready, .on_left_out = on_left_out};
	struct crash_waiting *waiting;

	(void)state;
	f.settings.crash.burst = 2;
	assert_int_equal(
		crash_waiting_new(&waiting, &f.settings, f.images, f.links, &sink, &f.drops), 0);
	crash_waiting_free(&f.waiting);
	f.waiting = waiting;
	crash_waiting_tick(waiting, T0);
	for (uint64_t i = 1; i <= 5; i++)
		add(T0, i, false);
	assert_int_equal(f.left_out_count, 3);
	assert_int_equal(f.token, 5);
	assert_int_equal(drops_get(&f.drops, DROP_CRASH_SUPPRESSED), 3);
	crash_waiting_tick(waiting, T0 + 61000 * MS);
	assert_int_equal(f.ready_count, 2);
	add(T0 + 61000 * MS, 6, false);
	crash_waiting_finish(waiting);
	assert_int_equal(f.crash->suppressed_count, 3);
}

static void more_than_can_wait(void **state)
{
	(void)state;
	for (uint64_t i = 1; i <= 66; i++)
		add(T0, i, false);
	assert_int_equal(f.left_out_count, 2);
	assert_int_equal(f.token, 66);
	assert_int_equal(drops_get(&f.drops, DROP_CRASH_TABLE_FULL), 2);
	crash_waiting_tick(f.waiting, T0 + 100 * MS);
	assert_int_equal(f.ready_count, 64);
}

/* Freed with everything still waiting: LeakSanitizer looks on. */
static void left_waiting(void **state)
{
	(void)state;
	add(T0, 1, true);
	add(T0, 2, false);
	assert_true(crash_waiting_is_busy(f.waiting));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_answer_and_all_segments),
		TEST(one_of_long_ago),
		TEST(nothing_to_unwind),
		TEST(a_request_that_is_awaited),
		TEST(in_a_hurry),
		TEST(an_answer_that_does_not_come),
		TEST(alike_ones),
		TEST(more_than_can_wait),
		TEST(left_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
