/* Faults that programs handle: kept, replaced, found to be the cause, forgotten. */
#include "crash/crash_faults.h"

#include <signal.h>
#include "cmocka_test.h"
#include "crash_records.h"

#define MS   1000000ull
#define T0   (10000 * MS)
#define KIB  1024ull
#define BASE 0x7ffc10000000ull

static struct crash_faults *faults;

static int begin(void **state)
{
	(void)state;
	return crash_faults_new(&faults, 3);
}

static int end(void **state)
{
	(void)state;
	crash_faults_free(&faults);
	assert_null(faults);
	crash_faults_free(&faults);
	return 0;
}

static struct crash_thread_record record_of(uint32_t tid, int signal, uint64_t time_ns, uint64_t sp)
{
	struct crash_thread_record record =
		crash_thread_record(CRASH_THREAD_HANDLED, tid, signal, time_ns);

	record.registers[RECORDS_SP] = sp;
	return record;
}

static bool add_record(const struct crash_thread_record *record)
{
	struct raw_thread *thread;
	bool is_kept;

	assert_int_equal(raw_crash_new_thread(&thread, record), 0);
	is_kept = crash_faults_add(faults, &thread);
	assert_null(thread);
	return is_kept;
}

static void add(uint32_t tid, int signal, uint64_t time_ns, uint64_t sp)
{
	struct crash_thread_record record = record_of(tid, signal, time_ns, sp);

	assert_true(add_record(&record));
}

static uint64_t time_of(uint32_t tid)
{
	struct raw_thread *thread = crash_faults_find(faults, RECORDS_TGID, tid);

	return thread ? thread->record.header.time_ns : 0;
}

static void found_and_taken(void **state)
{
	struct raw_thread *thread;

	(void)state;
	add(501, SIGSEGV, T0, BASE);
	assert_int_equal(time_of(501), T0);
	assert_int_equal(time_of(502), 0);
	assert_null(crash_faults_find(faults, RECORDS_TGID + 1, 501));
	assert_null(crash_faults_take(faults, RECORDS_TGID, 502));
	thread = crash_faults_take(faults, RECORDS_TGID, 501);
	assert_int_equal(thread->record.tid, 501);
	raw_crash_free_thread(&thread);
	assert_null(crash_faults_take(faults, RECORDS_TGID, 501));
}

static void a_later_fault_replaces(void **state)
{
	(void)state;
	add(501, SIGSEGV, T0, BASE);
	/* The same place again: a loop of null checks. */
	add(501, SIGSEGV, T0 + MS, BASE);
	assert_int_equal(time_of(501), T0 + MS);
	/* Further up the stack: it has returned. */
	add(501, SIGSEGV, T0 + 2 * MS, BASE + 4 * KIB);
	assert_int_equal(time_of(501), T0 + 2 * MS);
	/* Below, but much later: not in the same handler. */
	add(501, SIGSEGV, T0 + 5000 * MS, BASE);
	assert_int_equal(time_of(501), T0 + 5000 * MS);
}

/* The thread's signal mask tells: while a handler runs, its signal is blocked. */
static void a_fault_within_the_handler_does_not(void **state)
{
	struct crash_thread_record record = record_of(501, SIGBUS, T0 + MS, BASE - 4 * KIB);

	(void)state;
	add(501, SIGSEGV, T0, BASE);
	record.flags = CRASH_BLOCKS_SEGV | CRASH_BLOCKS_ILL;
	assert_true(add_record(&record));
	assert_int_equal(time_of(501), T0);
	/* On a stack of the handler's own, wherever it lies. */
	record.registers[RECORDS_SP] = BASE + (1ull << 30);
	assert_true(add_record(&record));
	assert_int_equal(time_of(501), T0);
	/* Only others are blocked: the program went on, deeper. */
	record.flags = CRASH_BLOCKS_ILL | CRASH_BLOCKS_BUS;
	record.registers[RECORDS_SP] = BASE - 4 * KIB;
	assert_true(add_record(&record));
	assert_int_equal(time_of(501), T0 + MS);
}

static void goroutines_move(void **state)
{
	struct crash_thread_record record = record_of(501, SIGSEGV, T0 + MS, BASE - 4 * KIB);

	(void)state;
	add(501, SIGSEGV, T0, BASE);
	record.context_kind = CONTEXT_GOROUTINE;
	assert_true(add_record(&record));
	assert_int_equal(time_of(501), T0 + MS);
}

/* NULL, or the cause of this fatal signal, put back for the next question. */
static bool is_cause(const struct crash_thread_record *fatal)
{
	struct raw_thread *cause = crash_faults_take_cause(faults, fatal);

	if (!cause)
		return false;
	assert_int_equal(cause->record.header.time_ns, T0);
	assert_null(crash_faults_find(faults, RECORDS_TGID, fatal->tid));
	assert_true(crash_faults_add(faults, &cause));
	return true;
}

static bool is_cause_with(uint32_t tid, int signal, uint64_t time_ns, uint8_t flags)
{
	struct crash_thread_record fatal = record_of(tid, signal, time_ns, BASE - 2 * KIB);

	fatal.flags = flags;
	return is_cause(&fatal);
}

static void causes(void **state)
{
	(void)state;
	add(501, SIGSEGV, T0, BASE);
	assert_true(is_cause_with(501, SIGABRT, T0 + MS, CRASH_BLOCKS_SEGV));
	assert_true(is_cause_with(501, SIGABRT, T0 + FAULT_KEPT_NS, CRASH_BLOCKS_SEGV));
	assert_false(is_cause_with(501, SIGABRT, T0 + FAULT_KEPT_NS + 1, CRASH_BLOCKS_SEGV));
	assert_true(is_cause_with(501, SIGSEGV, T0 + MS, CRASH_BLOCKS_SEGV));
	assert_false(is_cause_with(501, SIGBUS, T0 + MS, CRASH_BLOCKS_SEGV)); /* another one */
	assert_false(is_cause_with(502, SIGABRT, T0 + MS, CRASH_BLOCKS_SEGV));
	/* Its handler is over, or had the signal unblocked: the stack has to tell. */
	assert_false(is_cause_with(501, SIGABRT, T0 + MS, 0));
	assert_false(is_cause_with(501, SIGABRT, T0 + MS, CRASH_BLOCKS_BUS));
}

/* The handler only took itself away: the same instruction, the same stack. */
static void the_default_action_at_the_same_place(void **state)
{
	struct crash_thread_record fatal = record_of(501, SIGSEGV, T0 + MS, BASE);

	(void)state;
	add(501, SIGSEGV, T0, BASE);
	assert_true(is_cause(&fatal));
	fatal.registers[RECORDS_SP] += 8;
	assert_false(is_cause(&fatal));
}

static void pages_are_counted(void **state)
{
	struct crash_thread_record record = record_of(501, SIGSEGV, T0, BASE);
	struct raw_thread *thread;

	(void)state;
	assert_int_equal(crash_faults_page_bytes(faults), 0);
	record.pages_copied = 2;
	assert_int_equal(raw_crash_new_thread(&thread, &record), 0);
	thread->pages[thread->pages_count++] = calloc(1, sizeof(struct raw_page));
	assert_true(crash_faults_add(faults, &thread));
	assert_int_equal(crash_faults_page_bytes(faults), sizeof(struct raw_page));
	crash_faults_process_exited(faults, RECORDS_TGID);
	assert_int_equal(crash_faults_page_bytes(faults), 0);
}

static void forgotten(void **state)
{
	struct crash_thread_record other = record_of(600, SIGSEGV, T0, BASE);

	(void)state;
	add(501, SIGSEGV, T0, BASE);
	add(502, SIGSEGV, T0 + MS, BASE);
	other.tgid = 600;
	assert_true(add_record(&other));
	/* Full: the oldest makes room. */
	add(503, SIGSEGV, T0 + 2 * MS, BASE);
	assert_int_equal(time_of(501), 0);
	assert_int_equal(time_of(503), T0 + 2 * MS);
	crash_faults_process_exited(faults, RECORDS_TGID);
	assert_int_equal(time_of(502), 0);
	assert_int_equal(time_of(503), 0);
	assert_non_null(crash_faults_find(faults, 600, 600));
	crash_faults_tick(faults, T0 + FAULT_KEPT_NS);
	assert_non_null(crash_faults_find(faults, 600, 600));
	crash_faults_tick(faults, T0 + FAULT_KEPT_NS + 1);
	assert_null(crash_faults_find(faults, 600, 600));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(found_and_taken),
		TEST(a_later_fault_replaces),
		TEST(a_fault_within_the_handler_does_not),
		TEST(goroutines_move),
		TEST(causes),
		TEST(the_default_action_at_the_same_place),
		TEST(pages_are_counted),
		TEST(forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
