/* Two rings, one moment: every event is told once, whichever of them has it, and whoever's end lies
 * on the other side of the cut. */
#include "capture/crash_overlap.h"

#include "cmocka_test.h"

#include <linux/types.h>
#include "shared/beginning_record.h"
#include "shared/cpp_throw_record.h"
#include "shared/record.h"

#define CUT     1000000
#define START   77
#define VICTIM  500
#define ANOTHER 501

static struct crash_overlap *overlap;

static int begin(void **state)
{
	(void)state;
	return crash_overlap_new(&overlap, CUT);
}

static int end(void **state)
{
	(void)state;
	crash_overlap_free(&overlap);
	assert_null(overlap);
	crash_overlap_free(&overlap);
	return 0;
}

enum ring { OLD, OWN };

static bool takes(enum ring ring, const void *record, size_t size)
{
	struct view view = {record, size};

	return ring == OLD ? crash_overlap_takes_old(overlap, view)
			   : crash_overlap_takes_own(overlap, view);
}

static bool takes_thread(enum ring ring, uint32_t tgid, uint8_t kind, uint64_t time_ns)
{
	struct crash_thread_record record = {
		.header = {RECORD_CRASH_THREAD, 0, sizeof(record), time_ns},
		.process_start_ns = START,
		.tgid = tgid,
		.tid = tgid,
		.kind = kind,
	};

	return takes(ring, &record, sizeof(record));
}

static bool takes_death_of(enum ring ring, uint32_t tgid, uint64_t start_ns, uint64_t time_ns)
{
	struct process_death_record record = {
		.header = {RECORD_PROCESS_DEATH, 0, sizeof(record), time_ns},
		.process_start_ns = start_ns,
		.tgid = tgid,
	};

	return takes(ring, &record, sizeof(record));
}

static bool takes_death(enum ring ring, uint32_t tgid, uint64_t time_ns)
{
	return takes_death_of(ring, tgid, START, time_ns);
}

static bool takes_page(enum ring ring, uint32_t tgid, uint64_t time_ns)
{
	struct stack_page_record record = {
		.header = {RECORD_STACK_PAGE, 0, sizeof(record), time_ns}, .tgid = tgid};

	return takes(ring, &record, sizeof(record));
}

static bool takes_trail(enum ring ring, uint32_t tgid, uint64_t time_ns)
{
	struct crash_trail_record record = {
		.header = {RECORD_CRASH_TRAIL, 0, sizeof(record), time_ns},
		.process_start_ns = START,
		.tgid = tgid,
	};

	return takes(ring, &record, sizeof(record));
}

static bool takes_throw(enum ring ring, uint32_t tgid, uint64_t time_ns)
{
	struct cpp_throw_record record = {.header = {RECORD_CPP_THROW, 0, sizeof(record), time_ns},
					  .tgid = tgid};

	return takes(ring, &record, sizeof(record));
}

static bool takes_sender(enum ring ring, uint32_t tgid, uint64_t time_ns)
{
	struct signal_sent_record record = {
		.header = {RECORD_SIGNAL_SENT, 0, sizeof(record), time_ns}, .target_tgid = tgid};

	return takes(ring, &record, sizeof(record));
}

static bool takes_beginning(enum ring ring, uint64_t time_ns)
{
	struct process_began_record record = {
		.header = {RECORD_PROCESS_BEGAN, 0, sizeof(record), time_ns}, .tgid = VICTIM};

	return takes(ring, &record, sizeof(record));
}

static void before_the_cut_the_old_ring_tells(void **state)
{
	(void)state;
	assert_true(takes_beginning(OLD, 10));
	assert_true(takes_sender(OLD, VICTIM, 11));
	assert_true(takes_throw(OLD, VICTIM, 12));
	assert_true(takes_thread(OLD, VICTIM, CRASH_THREAD_FATAL, 13));
	assert_true(takes_page(OLD, VICTIM, 13));
	assert_true(takes_thread(OLD, VICTIM, CRASH_THREAD_SIBLING, 14));
	assert_true(takes_trail(OLD, VICTIM, 15));
	assert_true(takes_death(OLD, VICTIM, CUT - 1));
	/* Our programs were attached one after the other: what they saw by then is not whole. */
	assert_false(takes_thread(OWN, ANOTHER, CRASH_THREAD_FATAL, CUT - 1));
	assert_false(takes_page(OWN, ANOTHER, CUT - 1));
	assert_false(takes_death(OWN, ANOTHER, CUT - 1));
}

static void from_the_cut_on_our_own_tells(void **state)
{
	(void)state;
	assert_false(takes_beginning(OLD, CUT));
	assert_false(takes_sender(OLD, VICTIM, CUT));
	assert_false(takes_throw(OLD, VICTIM, CUT));
	assert_false(takes_thread(OLD, VICTIM, CRASH_THREAD_FATAL, CUT));
	assert_false(takes_page(OLD, VICTIM, CUT));
	assert_false(takes_trail(OLD, VICTIM, CUT + 1));
	assert_false(takes_death(OLD, VICTIM, CUT + 1));
	assert_true(takes_beginning(OWN, CUT));
	assert_true(takes_sender(OWN, VICTIM, CUT));
	assert_true(takes_throw(OWN, VICTIM, CUT));
	assert_true(takes_thread(OWN, VICTIM, CRASH_THREAD_FATAL, CUT));
	assert_true(takes_page(OWN, VICTIM, CUT));
	assert_true(takes_trail(OWN, VICTIM, CUT + 1));
	assert_true(takes_death(OWN, VICTIM, CUT + 1));
}

/* The signal before, the end after: the old ring alone has the other threads. */
static void a_crash_across_the_cut_stays_with_the_old(void **state)
{
	(void)state;
	assert_true(takes_thread(OLD, VICTIM, CRASH_THREAD_FATAL, CUT - 1));
	assert_true(takes_thread(OLD, VICTIM, CRASH_THREAD_SIBLING, CUT + 5));
	assert_true(takes_page(OLD, VICTIM, CUT + 5));
	assert_false(takes_thread(OWN, VICTIM, CRASH_THREAD_FATAL, CUT + 1));
	assert_false(takes_page(OWN, VICTIM, CUT + 1));
	assert_false(takes_throw(OWN, VICTIM, CUT + 1));
	assert_true(takes_death(OLD, VICTIM, CUT + 6));
	assert_false(takes_trail(OWN, VICTIM, CUT + 7));
	assert_false(takes_death(OWN, VICTIM, CUT + 7));
	/* An end is told once by whichever ring. */
	assert_false(takes_death(OLD, VICTIM, CUT + 8));
}

/* The old programs were let go before it died, as when a core was written for long. */
static void the_end_may_be_ours(void **state)
{
	(void)state;
	assert_true(takes_thread(OLD, VICTIM, CRASH_THREAD_FATAL, CUT - 1));
	assert_false(takes_thread(OWN, VICTIM, CRASH_THREAD_SIBLING, CUT + 5));
	assert_true(takes_trail(OWN, VICTIM, CUT + 6));
	assert_true(takes_death(OWN, VICTIM, CUT + 7));
}

/* One event, whose two programs ran on both sides of the cut. */
static void an_end_at_the_cut_is_told_once(void **state)
{
	(void)state;
	assert_true(takes_death(OLD, VICTIM, CUT - 1));
	assert_false(takes_death(OWN, VICTIM, CUT));
	assert_true(takes_death(OWN, ANOTHER, CUT));
}

static void a_number_may_be_used_again(void **state)
{
	(void)state;
	assert_true(takes_death_of(OLD, VICTIM, START - 1, CUT - 2));
	assert_true(takes_thread(OWN, VICTIM, CRASH_THREAD_FATAL, CUT + 1));
	assert_true(takes_page(OWN, VICTIM, CUT + 1));
	assert_true(takes_death(OWN, VICTIM, CUT + 2));
	/* And within the old ring. */
	assert_true(takes_thread(OLD, ANOTHER, CRASH_THREAD_FATAL, CUT - 1));
	assert_false(takes_death_of(OLD, ANOTHER, START + 1, CUT + 1));
	assert_true(takes_death_of(OWN, ANOTHER, START + 1, CUT + 1));
}

/* A handled fault is no end: what comes of it is decided where it comes. */
static void a_handled_fault_binds_nobody(void **state)
{
	(void)state;
	assert_true(takes_thread(OLD, VICTIM, CRASH_THREAD_HANDLED, CUT - 1));
	assert_false(takes_thread(OLD, VICTIM, CRASH_THREAD_FATAL, CUT + 1));
	assert_true(takes_thread(OWN, VICTIM, CRASH_THREAD_FATAL, CUT + 1));
	assert_true(takes_death(OWN, VICTIM, CUT + 2));
}

static void what_is_no_crash_passes(void **state)
{
	struct process_exit_record exit = {
		.header = {RECORD_PROCESS_EXIT, 0, sizeof(exit), CUT - 1}, .tgid = VICTIM};
	struct process_death_record cut_off = {
		.header = {RECORD_PROCESS_DEATH, 0, sizeof(cut_off), CUT + 1}, .tgid = VICTIM};

	(void)state;
	assert_true(takes(OWN, &exit, sizeof(exit)));
	/* Too short: for the decoder to refuse. */
	assert_true(takes(OLD, &cut_off, sizeof(cut_off) - 1));
	assert_true(takes(OWN, &cut_off, sizeof(cut_off) - 1));
	assert_true(takes(OLD, &cut_off, 3));
	assert_true(takes(OWN, &cut_off, 0));
}

/* The oldest are forgotten, which is told twice at worst; nothing grows. */
static void many_ends_are_bounded(void **state)
{
	(void)state;
	for (uint32_t tgid = 1; tgid <= 20000; tgid++)
		assert_true(takes_death(OLD, tgid, CUT - 1));
	assert_false(takes_death(OWN, 20000, CUT));
	assert_false(takes_death(OWN, 20000 - 8191, CUT));
	assert_true(takes_death(OWN, 20000 - 8192, CUT));
}

#define one_test(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		one_test(before_the_cut_the_old_ring_tells),
		one_test(from_the_cut_on_our_own_tells),
		one_test(a_crash_across_the_cut_stays_with_the_old),
		one_test(the_end_may_be_ours),
		one_test(an_end_at_the_cut_is_told_once),
		one_test(a_number_may_be_used_again),
		one_test(a_handled_fault_binds_nobody),
		one_test(what_is_no_crash_passes),
		one_test(many_ends_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
