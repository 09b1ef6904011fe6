/* Records of dying processes in every order they can come in, and what is made of them. */
#include "cmocka_test.h"

#include "crash_records.h"

#define MS 1000000ull
#define T0 (10000 * MS)

static struct {
	struct crash_collector *collector;
	struct drops drops;
	uint32_t fatal_count, death_count, complete_count;
	enum raw_verdict verdict;
	bool is_wanted;
	struct raw_crash *raw;
} f;

static void on_fatal(void *self, const struct crash_thread_record *thread)
{
	(void)self;
	assert_int_equal(thread->kind, CRASH_THREAD_FATAL);
	f.fatal_count++;
}

static bool on_death(void *self, struct raw_crash *raw)
{
	(void)self;
	f.death_count++;
	f.verdict = raw->verdict;
	return f.is_wanted;
}

static void on_complete(void *self, struct raw_crash **raw)
{
	(void)self;
	f.complete_count++;
	raw_crash_free(&f.raw);
	f.raw = *raw;
	*raw = NULL;
}

static int begin_with(uint32_t max_crashes, uint64_t max_page_bytes)
{
	struct crash_collector_settings settings = {max_crashes, max_page_bytes};
	struct crash_collector_sink sink = {NULL, on_fatal, on_death, on_complete};

	memset(&f, 0, sizeof(f));
	f.is_wanted = true;
	return crash_collector_new(&f.collector, &settings, &sink, &f.drops);
}

static int begin(void **state)
{
	(void)state;
	return begin_with(8, 1 << 20);
}

static int end(void **state)
{
	(void)state;
	crash_collector_free(&f.collector);
	raw_crash_free(&f.raw);
	return 0;
}

static void thread_then_pages_then_death(void **state)
{
	struct crash_thread_record thread = crash_thread_record(CRASH_THREAD_FATAL, 501, 11, T0);
	struct process_death_record death = death_record(11 | 0x80, T0 + MS);

	(void)state;
	thread.pages_copied = 2;
	give_thread(f.collector, &thread);
	assert_int_equal(f.fatal_count, 1);
	give_death(f.collector, &death);
	crash_collector_tick(f.collector, T0 + 2 * MS);
	assert_int_equal(f.verdict, RAW_CRASHED);
	crash_collector_tick(f.collector, T0 + 2 * MS);
	assert_int_equal(f.complete_count, 0); /* its pages are still to come */
	give_page(f.collector, &thread, 1);
	give_page(f.collector, &thread, 0);
	give_page(f.collector, &thread, 7); /* one more than was said */
	crash_collector_tick(f.collector, T0 + 3 * MS);
	assert_int_equal(f.complete_count, 1);
	assert_int_equal(f.raw->threads_count, 1);
	assert_int_equal(f.raw->threads[0]->pages_count, 2);
	assert_int_equal(f.raw->threads[0]->pages[0]->bytes[5], 1);
	assert_int_equal(f.raw->fatal_ns, T0);
	assert_int_equal(f.raw->lost_count, 0);
	assert_false(crash_collector_is_busy(f.collector));
	assert_int_equal(drops_lost(&f.drops), 0);
}

static void pages_before_their_thread(void **state)
{
	struct crash_thread_record thread = crash_thread_record(CRASH_THREAD_FATAL, 501, 11, T0);
	struct process_death_record death = death_record(11, T0 + MS);

	(void)state;
	thread.pages_copied = 2;
	give_page(f.collector, &thread, 0);
	give_page(f.collector, &thread, 1);
	give_thread(f.collector, &thread);
	give_death(f.collector, &death);
	crash_collector_tick(f.collector, T0 + 2 * MS);
	assert_int_equal(f.complete_count, 1);
	assert_int_equal(f.raw->threads[0]->pages_count, 2);
}

static void a_page_that_never_comes(void **state)
{
	struct crash_thread_record thread = crash_thread_record(CRASH_THREAD_FATAL, 501, 11, T0);
	struct process_death_record death = death_record(11, T0 + MS);

	(void)state;
	thread.pages_copied = 2;
	give_thread(f.collector, &thread);
	give_page(f.collector, &thread, 0);
	give_death(f.collector, &death);
	crash_collector_tick(f.collector, T0 + 100 * MS);
	assert_int_equal(f.complete_count, 0);
	crash_collector_tick(f.collector, T0 + 300 * MS);
	assert_int_equal(f.complete_count, 1);
	assert_int_equal(f.raw->lost_count, 1);
	assert_int_equal(drops_get(&f.drops, DROP_CRASH_INCOMPLETE), 1);
}

static void siblings_follow_the_first(void **state)
{
	struct crash_thread_record sibling =
		crash_thread_record(CRASH_THREAD_SIBLING, 500, 9, T0 + 1);
	struct crash_thread_record thread = crash_thread_record(CRASH_THREAD_FATAL, 501, 11, T0);
	struct crash_thread_record second =
		crash_thread_record(CRASH_THREAD_FATAL, 502, 11, T0 + 2);
	struct process_death_record death = death_record(11, T0 + MS);

	(void)state;
	give_thread(f.collector, &sibling); /* another CPU's record may come first */
	give_thread(f.collector, &thread);
	give_thread(f.collector, &second); /* faulted at the same time */
	give_death(f.collector, &death);
	crash_collector_tick(f.collector, T0 + 2 * MS);
	assert_int_equal(f.fatal_count, 1);
	assert_int_equal(f.raw->threads_count, 3);
	assert_int_equal(f.raw->threads[0]->record.tid, 501);
	assert_int_equal(f.raw->threads[1]->record.tid, 500);
	assert_int_equal(f.raw->threads[2]->record.tid, 502);
}

/* What waits for its pages is a crash all the same. */
static void a_number_used_again_at_once(void **state)
{
	struct crash_thread_record thread = crash_thread_record(CRASH_THREAD_FATAL, 501, 11, T0);
	struct crash_thread_record next = crash_thread_record(CRASH_THREAD_FATAL, 500, 6, T0 + MS);
	struct process_death_record death = death_record(11, T0 + MS);

	(void)state;
	thread.pages_copied = 2;
	give_thread(f.collector, &thread);
	give_page(f.collector, &thread, 0);
	give_death(f.collector, &death);
	next.process_start_ns++;
	give_thread(f.collector, &next);
	assert_int_equal(f.complete_count, 1);
	assert_int_equal(f.raw->threads[0]->record.signal, 11);
	assert_int_equal(f.raw->lost_count, 1);
	assert_int_equal(drops_get(&f.drops, DROP_CRASH_INCOMPLETE), 1);
	assert_true(crash_collector_is_busy(f.collector));
}

/* A handler on a stack of its own, that then aborts. */
static void the_first_fault_is_reported(void **state)
{
	struct crash_thread_record fault = crash_thread_record(CRASH_THREAD_HANDLED, 501, 11, T0);
	struct crash_thread_record abort_ =
		crash_thread_record(CRASH_THREAD_FATAL, 501, 6, T0 + 5 * MS);
	struct process_death_record death = death_record(6, T0 + 6 * MS);

	(void)state;
	fault.pages_copied = 1;
	abort_.registers[RECORDS_SP] = 0x7ffd00000000;
	abort_.flags = CRASH_BLOCKS_SEGV;
	abort_.message_size = 4;
	memcpy(abort_.message, "boom", 4);
	give_thread(f.collector, &fault);
	give_page(f.collector, &fault, 3);
	assert_int_equal(f.fatal_count, 0);
	give_thread(f.collector, &abort_);
	give_death(f.collector, &death);
	crash_collector_tick(f.collector, T0 + 7 * MS);
	assert_int_equal(f.verdict, RAW_CRASHED);
	assert_int_equal(f.raw->threads_count, 1);
	assert_int_equal(f.raw->threads[0]->record.signal, 11);
	assert_int_equal(f.raw->threads[0]->pages[0]->bytes[0], 3);
	assert_memory_equal(f.raw->threads[0]->record.message, "boom", 4);
}

/* Its handler was left, or unblocked the signal: the stack has to tell. */
static void a_fault_that_may_be_over_is_kept_aside(void **state)
{
	struct crash_thread_record fault = crash_thread_record(CRASH_THREAD_HANDLED, 501, 11, T0);
	struct crash_thread_record abort_ =
		crash_thread_record(CRASH_THREAD_FATAL, 501, 6, T0 + 5 * MS);
	struct process_death_record death = death_record(6, T0 + 6 * MS);

	(void)state;
	fault.pages_copied = 1;
	abort_.registers[RECORDS_SP] -= 4096;
	abort_.flags = CRASH_BLOCKS_BUS;
	give_thread(f.collector, &fault);
	give_page(f.collector, &fault, 3);
	give_thread(f.collector, &abort_);
	give_death(f.collector, &death);
	crash_collector_tick(f.collector, T0 + 7 * MS);
	assert_int_equal(f.raw->threads_count, 1);
	assert_int_equal(f.raw->threads[0]->record.signal, 6);
	assert_int_equal(f.raw->handled->record.signal, 11);
	assert_int_equal(f.raw->handled->pages_count, 0);
}

/* The handler only took itself away: the same instruction again. */
static void a_fault_that_came_again_is_the_first(void **state)
{
	struct crash_thread_record fault = crash_thread_record(CRASH_THREAD_HANDLED, 501, 11, T0);
	struct crash_thread_record again =
		crash_thread_record(CRASH_THREAD_FATAL, 501, 11, T0 + 5 * MS);
	struct process_death_record death = death_record(11, T0 + 6 * MS);

	(void)state;
	again.code = -6;
	give_thread(f.collector, &fault);
	give_thread(f.collector, &again);
	give_death(f.collector, &death);
	crash_collector_tick(f.collector, T0 + 7 * MS);
	assert_int_equal(f.raw->threads[0]->record.kind, CRASH_THREAD_HANDLED);
	assert_null(f.raw->handled);
}

static void a_fault_survived_is_nothing(void **state)
{
	struct crash_thread_record fault = crash_thread_record(CRASH_THREAD_HANDLED, 501, 11, T0);
	struct process_death_record death = death_record(0, T0 + 6 * MS);

	(void)state;
	give_thread(f.collector, &fault);
	f.is_wanted = false;
	give_death(f.collector, &death);
	crash_collector_tick(f.collector, T0 + 2 * MS);
	assert_int_equal(f.verdict, RAW_ENDED_WELL);
	assert_false(crash_collector_is_busy(f.collector));
}

static void a_fault_the_process_ended_itself_over(void **state)
{
	struct crash_thread_record fault = crash_thread_record(CRASH_THREAD_HANDLED, 501, 11, T0);
	struct process_death_record death = death_record(2 << 8, T0 + 6 * MS);

	(void)state;
	death.fault_tid = 501;
	give_thread(f.collector, &fault);
	give_death(f.collector, &death);
	crash_collector_tick(f.collector, T0 + 2 * MS);
	assert_int_equal(f.verdict, RAW_FAULTED);
	crash_collector_tick(f.collector, T0 + 7 * MS);
	assert_int_equal(f.raw->threads[0]->record.tid, 501);
}

static void kills_and_their_senders(void **state)
{
	struct signal_sent_record sent = {.header = {RECORD_SIGNAL_SENT, 0, sizeof(sent), T0},
					  .target_tgid = RECORDS_TGID,
					  .sender_tgid = 77,
					  .signal = 9};
	struct process_death_record death = death_record(9, T0 + MS);

	(void)state;
	give_event(f.collector, RECORD_SIGNAL_SENT, &sent, T0);
	give_death(f.collector, &death);
	crash_collector_tick(f.collector, T0 + 2 * MS);
	assert_int_equal(f.verdict, RAW_KILLED);
	assert_true(f.raw->has_sender);
	assert_int_equal(f.raw->sender.sender_tgid, 77);
	sent.is_oom = 1;
	give_event(f.collector, RECORD_SIGNAL_SENT, &sent, T0);
	give_death(f.collector, &death);
	crash_collector_tick(f.collector, T0 + 2 * MS);
	assert_int_equal(f.verdict, RAW_OOM_KILLED);
}

static void a_death_only_the_other_ring_told(void **state)
{
	struct crash_thread_record thread = crash_thread_record(CRASH_THREAD_FATAL, 501, 11, T0);
	struct process_exit_record exit = {.header = {RECORD_PROCESS_EXIT, 0, sizeof(exit), T0},
					   .tgid = RECORDS_TGID,
					   .exit_code = 11};

	(void)state;
	give_thread(f.collector, &thread);
	give_event(f.collector, RECORD_PROCESS_EXIT, &exit, T0 + MS);
	crash_collector_tick(f.collector, T0 + 100 * MS);
	assert_int_equal(f.death_count, 0);
	crash_collector_tick(f.collector, T0 + 600 * MS);
	assert_int_equal(f.death_count, 1);
	assert_int_equal(f.verdict, RAW_CRASHED);
}

static void tables_are_bounded(void **state)
{
	struct crash_thread_record thread = crash_thread_record(CRASH_THREAD_FATAL, 501, 11, T0);

	(void)state;
	crash_collector_free(&f.collector);
	begin_with(2, 2 * sizeof(struct raw_page));
	thread.pages_copied = 3;
	for (uint32_t tgid = 1; tgid <= 3; tgid++) {
		thread.tgid = tgid;
		give_thread(f.collector, &thread);
	}
	assert_int_equal(drops_get(&f.drops, DROP_CRASH_TABLE_FULL), 1);
	thread.tgid = 1;
	for (uint32_t n = 0; n < 3; n++)
		give_page(f.collector, &thread, n);
	assert_int_equal(drops_get(&f.drops, DROP_STACK_MEMORY), 1);
	/* Nobody's pages go after a while, and make room. */
	thread.tgid = 9;
	crash_collector_tick(f.collector, T0 + 200000 * MS);
	assert_int_equal(drops_get(&f.drops, DROP_CRASH_INCOMPLETE), 2);
	give_page(f.collector, &thread, 0);
	assert_int_equal(drops_get(&f.drops, DROP_STACK_MEMORY), 1);
	crash_collector_tick(f.collector, T0 + 200000 * MS);
	give_page(f.collector, &thread, 0);
	give_page(f.collector, &thread, 0);
	assert_int_equal(drops_get(&f.drops, DROP_STACK_MEMORY), 1);
}

static void a_number_used_again(void **state)
{
	struct crash_thread_record thread = crash_thread_record(CRASH_THREAD_FATAL, 501, 11, T0);

	(void)state;
	give_thread(f.collector, &thread);
	thread.process_start_ns++;
	give_thread(f.collector, &thread);
	assert_int_equal(f.fatal_count, 2);
	assert_int_equal(drops_get(&f.drops, DROP_CRASH_INCOMPLETE), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(thread_then_pages_then_death),
		TEST(pages_before_their_thread),
		TEST(a_page_that_never_comes),
		TEST(siblings_follow_the_first),
		TEST(a_number_used_again_at_once),
		TEST(the_first_fault_is_reported),
		TEST(a_fault_that_may_be_over_is_kept_aside),
		TEST(a_fault_that_came_again_is_the_first),
		TEST(a_fault_survived_is_nothing),
		TEST(a_fault_the_process_ended_itself_over),
		TEST(kills_and_their_senders),
		TEST(a_death_only_the_other_ring_told),
		TEST(tables_are_bounded),
		TEST(a_number_used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
