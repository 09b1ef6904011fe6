/* Which ends are events: by the verdict, the settings, and who runs there. */
#include "crash/crash_wishes.h"

#include <signal.h>
#include "cmocka_test.h"
#include "crash_records.h"

static struct identity_settings identity;
static struct crash_settings settings;
static struct process_table *processes;
static struct crash_wishes wishes;
static struct drops drops;
static struct raw_crash *raw;

static int begin(void **state)
{
	(void)state;
	memset(&settings, 0, sizeof(settings));
	settings.kills = KILLS_SIGKILL;
	wishes = (struct crash_wishes){.settings = &settings};
	assert_int_equal(process_table_new(&processes, &identity, 8, &drops), 0);
	process_table_set_reads_proc(processes, false);
	wishes.processes = processes;
	assert_int_equal(raw_crash_new(&raw, RECORDS_TGID), 0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	raw_crash_free(&raw);
	process_table_free(&processes);
	return 0;
}

static bool is_wanted(enum raw_verdict verdict, uint32_t exit_code)
{
	raw->verdict = verdict;
	raw->death = death_record(exit_code, 1);
	return crash_wishes_want(&wishes, raw);
}

static void test_crashes_always(void **state)
{
	(void)state;
	assert_true(is_wanted(RAW_CRASHED, SIGSEGV));
	assert_true(is_wanted(RAW_OOM_KILLED, SIGKILL));
	assert_false(is_wanted(RAW_ENDED_WELL, 0));
	/* A child of our own that never became the program. */
	wishes.ignored_tgid = RECORDS_TGID;
	assert_false(is_wanted(RAW_CRASHED, SIGSEGV));
	wishes.ignored_tgid = RECORDS_TGID + 1;
	assert_true(is_wanted(RAW_CRASHED, SIGSEGV));
}

static void test_kills(void **state)
{
	(void)state;
	assert_true(is_wanted(RAW_KILLED, SIGKILL));
	assert_false(is_wanted(RAW_KILLED, SIGTERM));
	settings.kills = KILLS_ALL;
	assert_true(is_wanted(RAW_KILLED, SIGTERM));
	settings.kills = KILLS_OFF;
	assert_false(is_wanted(RAW_KILLED, SIGKILL));
}

static void test_exits_of_the_command(void **state)
{
	(void)state;
	assert_false(is_wanted(RAW_EXITED, 1 << 8));
	wishes.command_tgid = RECORDS_TGID;
	assert_true(is_wanted(RAW_EXITED, 1 << 8));
	assert_true(is_wanted(RAW_SIGNALLED, SIGPIPE));
	/* Asked to end, and says so. */
	assert_false(is_wanted(RAW_EXITED, 143 << 8));
	assert_false(is_wanted(RAW_SIGNALLED, SIGTERM));
}

static void test_exits_by_rules(void **state)
{
	static char victims[] = "victim:3,victim:141", none[] = "off";

	(void)state;
	settings.exit_rules = victims;
	assert_true(is_wanted(RAW_EXITED, 3 << 8));
	assert_false(is_wanted(RAW_EXITED, 1 << 8));
	assert_true(is_wanted(RAW_SIGNALLED, SIGPIPE));
	settings.exit_rules = none;
	wishes.command_tgid = RECORDS_TGID;
	assert_false(is_wanted(RAW_EXITED, 3 << 8));
}

static void add_fault(uint8_t context_kind)
{
	struct crash_thread_record record =
		crash_thread_record(CRASH_THREAD_HANDLED, RECORDS_TGID, SIGSEGV, 1);

	record.context_kind = context_kind;
	assert_int_equal(raw_crash_new_thread(&raw->threads[0], &record), 0);
	raw->threads_count = 1;
}

static void test_a_fault_before_an_exit(void **state)
{
	(void)state;
	add_fault(CONTEXT_THREAD);
	assert_true(is_wanted(RAW_FAULTED, 1 << 8));
	assert_int_equal(raw->verdict, RAW_FAULTED);
}

/* A nil dereference is a panic; only with the panic's own status it was the end. */
static void test_a_fault_in_go(void **state)
{
	(void)state;
	add_fault(CONTEXT_GOROUTINE);
	assert_true(is_wanted(RAW_FAULTED, 2 << 8));
	assert_int_equal(raw->verdict, RAW_FAULTED);
	assert_false(is_wanted(RAW_FAULTED, 1 << 8));
	assert_int_equal(raw->verdict, RAW_EXITED);
	wishes.command_tgid = RECORDS_TGID;
	assert_true(is_wanted(RAW_FAULTED, 1 << 8));
	assert_int_equal(raw->verdict, RAW_EXITED);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_crashes_always),         CASE(test_kills),
		CASE(test_exits_of_the_command),   CASE(test_exits_by_rules),
		CASE(test_a_fault_before_an_exit), CASE(test_a_fault_in_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
