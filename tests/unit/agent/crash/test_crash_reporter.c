/* The flow of the room: which ends are events, what a crash waits for, and which session it ends.
 */
#include "crash/crash_reporter.h"

#include <signal.h>
#include "cmocka_test.h"
#include "crash_reporter_fixture.h"

#define MS 1000000ull
#define T0 (20000 * MS)

static struct reporter_fixture f;

static int begin(void **state)
{
	(void)state;
	reporter_begin(&f);
	return 0;
}

static int end(void **state)
{
	(void)state;
	reporter_close(&f);
	return 0;
}

static void a_crash_from_end_to_end(void **state)
{
	const struct crash *crash;

	(void)state;
	reporter_open(&f);
	crash_reporter_process_began(f.reporter, RECORDS_TGID, T0);
	assert_false(crash_reporter_is_busy(f.reporter));
	reporter_take_thread(&f, SIGSEGV, T0 + 10 * MS);
	reporter_take_death(&f, SIGSEGV, T0 + 11 * MS);
	crash_reporter_link(f.reporter);
	assert_true(crash_reporter_is_busy(f.reporter));
	/* The clocks drift: the two are compared anew while the crash waits. */
	crash_reporter_tick(f.reporter, T0 + 20 * MS);
	crash_reporter_set_unix_offset(f.reporter, f.offset_ns + 1);
	reporter_tick(&f, T0 + 100 * MS, 1);
	assert_false(crash_reporter_is_busy(f.reporter));
	assert_int_equal(crash_reporter_count(f.reporter), 1);
	crash = f.crashes[0];
	assert_view(crash->type, "SIGSEGV");
	assert_view(crash->process_name, "victim");
	assert_int_equal(crash->unix_ns, T0 + 10 * MS + f.offset_ns);
	assert_int_equal(crash->threads_count, 1);
	assert_int_equal(crash->threads[0].frames[0].pc, 0x401000);
	assert_false(crash->trace.is_known);
	assert_true(crash->has_session);
	assert_int_equal(crash->session.status, SESSION_CRASHED);
	assert_int_equal(crash->session.started_unix_ns, T0 + f.offset_ns);
	assert_int_equal(crash->session.unix_ns, T0 + 11 * MS + f.offset_ns);
	crash_reporter_finish(f.reporter, T0 + 200 * MS);
	assert_int_equal(f.sessions_count, 0);
	assert_int_equal(drops_lost(&f.drops), 0);
}

/* A server that dies of its very first request: the segment comes some 30 ms after the end. */
static void a_server_that_crashes_at_once(void **state)
{
	struct segment *segment;

	(void)state;
	reporter_open(&f);
	segment = reporter_segment(&f, T0 + 5 * MS, true);
	f.has_link = true;
	crash_reporter_process_began(f.reporter, RECORDS_TGID, T0);
	reporter_take_thread(&f, SIGSEGV, T0 + 10 * MS);
	reporter_take_death(&f, SIGSEGV, T0 + 11 * MS);
	crash_reporter_link(f.reporter);
	assert_string_equal(f.error_type, "SIGSEGV");
	crash_reporter_tick(f.reporter, T0 + 12 * MS);
	crash_reporter_take_link(f.reporter, f.wanted_token, segment, "context");
	crash_reporter_take_segment(f.reporter, segment);
	segment_free(&segment);
	reporter_tick(&f, T0 + 100 * MS, 1);
	assert_true(f.crashes[0]->trace.is_known);
	assert_string_equal(f.crashes[0]->trace.source, "context");
	assert_false(f.crashes[0]->has_session);
	assert_int_equal(f.crashes[0]->breadcrumbs_count, 3);
	crash_reporter_finish(f.reporter, T0 + 200 * MS);
	assert_int_equal(f.sessions_count, 1);
	assert_int_equal(f.sessions[0]->counts_count, 1);
	assert_int_equal(f.sessions[0]->counts[0].crashed, 1);
}

/* Time enough for the symbol process to have answered. */
static void let_answer(uint64_t now_ns)
{
	for (int i = 0; i < 10; i++) {
		struct pollfd answer = {.fd = crash_reporter_fd(f.reporter), .events = POLLIN};

		(void)poll(&answer, 1, 20);
		crash_reporter_tick(f.reporter, now_ns);
	}
}

/* No request is known for certain, but some were open: their segments are waited for. */
static void an_answer_does_not_overtake_segments(void **state)
{
	struct segment *segment;

	(void)state;
	reporter_open(&f);
	segment = reporter_segment(&f, T0 + 5 * MS, false);
	crash_reporter_process_began(f.reporter, RECORDS_TGID, T0);
	reporter_take_thread(&f, SIGSEGV, T0 + 10 * MS);
	reporter_take_death(&f, SIGSEGV, T0 + 11 * MS);
	crash_reporter_link(f.reporter);
	crash_reporter_tick(f.reporter, T0 + 12 * MS);
	let_answer(T0 + 30 * MS);
	assert_int_equal(f.crashes_count, 0);
	crash_reporter_take_segment(f.reporter, segment);
	segment_free(&segment);
	reporter_tick(&f, T0 + 100 * MS, 1);
	assert_false(f.crashes[0]->has_session);
}

/* The link is asked for when the traffic has been read: until then the crash waits. */
static void traffic_that_is_behind(void **state)
{
	struct segment *segment;

	(void)state;
	reporter_open(&f);
	segment = reporter_segment(&f, T0 + 5 * MS, true);
	f.has_link = true;
	reporter_take_thread(&f, SIGBUS, T0 + 10 * MS);
	reporter_take_death(&f, SIGBUS, T0 + 11 * MS);
	crash_reporter_tick(f.reporter, T0 + 12 * MS);
	let_answer(T0 + 200 * MS);
	assert_int_equal(f.crashes_count, 0);
	crash_reporter_link(f.reporter);
	crash_reporter_tick(f.reporter, T0 + 210 * MS);
	assert_int_equal(f.crashes_count, 0);
	crash_reporter_take_link(f.reporter, f.wanted_token, segment, "context");
	segment_free(&segment);
	reporter_tick(&f, T0 + 220 * MS, 1);
	assert_true(f.crashes[0]->trace.is_known);
	/* A request that never comes is not waited for long. */
	reporter_take_thread(&f, SIGILL, T0 + 1000 * MS);
	reporter_take_death(&f, SIGILL, T0 + 1001 * MS);
	crash_reporter_link(f.reporter);
	crash_reporter_tick(f.reporter, T0 + 1500 * MS);
	reporter_tick(&f, T0 + 4000 * MS, 2);
	assert_false(f.crashes[1]->trace.is_known);
}

static void what_is_left_out_ends_its_session(void **state)
{
	(void)state;
	reporter_open(&f);
	for (uint32_t i = 0; i < 2; i++) {
		uint64_t base_ns = T0 + i * 1000 * MS;

		crash_reporter_process_began(f.reporter, RECORDS_TGID, base_ns);
		reporter_take_thread(&f, SIGSEGV, base_ns + 10 * MS);
		reporter_take_death(&f, SIGSEGV, base_ns + 11 * MS);
		crash_reporter_link(f.reporter);
		reporter_tick(&f, base_ns + 100 * MS, 1);
	}
	assert_int_equal(f.crashes_count, 1);
	assert_int_equal(drops_get(&f.drops, DROP_CRASH_SUPPRESSED), 1);
	assert_false(crash_reporter_is_busy(f.reporter));
	crash_reporter_tick(f.reporter, T0 + 5000 * MS);
	assert_int_equal(f.sessions_count, 1);
	assert_int_equal(f.sessions[0]->update.status, SESSION_CRASHED);
	assert_int_equal(f.sessions[0]->update.started_unix_ns, T0 + 1000 * MS + f.offset_ns);
	crash_reporter_finish(f.reporter, T0 + 6000 * MS);
	assert_int_equal(f.sessions_count, 1);
}

static void without_a_release_there_is_no_session(void **state)
{
	(void)state;
	f.settings.identity.release = NULL;
	reporter_open(&f);
	crash_reporter_process_began(f.reporter, RECORDS_TGID, T0);
	reporter_take_thread(&f, SIGSEGV, T0 + 10 * MS);
	reporter_take_death(&f, SIGSEGV, T0 + 11 * MS);
	reporter_tick(&f, T0 + 20 * MS, 0);
	/* The last ones are waited for a moment, then they go. */
	crash_reporter_finish(f.reporter, T0 + 20 * MS);
	assert_int_equal(f.crashes_count, 1);
	assert_false(f.crashes[0]->has_session);
	assert_int_equal(f.sessions_count, 0);
}

/* One end after the other, each of a process of its own time. */
static uint32_t crashes_of(uint32_t exit_code)
{
	static uint64_t now_ns = T0;

	f.crashes_count = 0;
	now_ns += 100000 * MS;
	reporter_take_death(&f, exit_code, now_ns);
	crash_reporter_tick(f.reporter, now_ns + MS);
	crash_reporter_tick(f.reporter, now_ns + 100 * MS);
	for (uint32_t i = 0; i < f.crashes_count; i++)
		if (i + 1 < f.crashes_count)
			crash_free(&f.crashes[i]);
	return f.crashes_count;
}

static uint32_t one_of(uint32_t exit_code, const char *type)
{
	uint32_t count = crashes_of(exit_code);

	if (count) {
		assert_view(f.crashes[0]->type, type);
		crash_free(&f.crashes[0]);
	}
	f.crashes_count = 0;
	return count;
}

static void which_ends_are_events(void **state)
{
	static char rules[] = "other,victim:3,victim:141";

	(void)state;
	reporter_open(&f);
	assert_int_equal(one_of(0, ""), 0);
	/* The command that is run is looked at, not the tools it uses. */
	crash_reporter_set_command(f.reporter, RECORDS_TGID);
	assert_int_equal(one_of(3 << 8, "ExitStatus"), 1);
	assert_int_equal(one_of(143 << 8, "ExitStatus"), 0);
	assert_int_equal(one_of(141 << 8, "ExitStatus"), 1);
	assert_int_equal(one_of(SIGKILL, "SIGKILL"), 1);
	assert_int_equal(one_of(SIGPIPE, "SIGPIPE"), 1);
	crash_reporter_set_command(f.reporter, RECORDS_TGID + 1);
	assert_int_equal(one_of(3 << 8, "ExitStatus"), 0);
	assert_int_equal(one_of(SIGPIPE, "SIGPIPE"), 0);
	assert_int_equal(one_of(SIGKILL, "SIGKILL"), 1);
	f.settings.crash.kills = KILLS_OFF;
	assert_int_equal(one_of(SIGKILL, "SIGKILL"), 0);
	f.settings.crash.exit_rules = rules;
	assert_int_equal(one_of(3 << 8, "ExitStatus"), 1);
	assert_int_equal(one_of(4 << 8, "ExitStatus"), 0);
	assert_int_equal(one_of(SIGPIPE, "SIGPIPE"), 1);
}

static void how_sessions_end(void **state)
{
	static const struct {
		uint32_t exit_code;
		enum session_status status;
	} rows[] = {
		{0, SESSION_EXITED},         {3 << 8, SESSION_EXITED},
		{SIGTERM, SESSION_EXITED},   {SIGINT, SESSION_EXITED},
		{SIGKILL, SESSION_ABNORMAL}, {SIGPIPE, SESSION_ABNORMAL},
		{SIGSEGV, SESSION_CRASHED},
	};
	static char off[] = "off";

	(void)state;
	f.settings.crash.exit_rules = off;
	f.settings.crash.kills = KILLS_OFF;
	reporter_open(&f);
	for (uint64_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t now_ns = T0 + i * 10000 * MS;

		crash_reporter_process_began(f.reporter, RECORDS_TGID, now_ns);
		reporter_take_death(&f, rows[i].exit_code, now_ns + MS);
		crash_reporter_tick(f.reporter, now_ns + 100 * MS);
		crash_reporter_tick(f.reporter, now_ns + 5000 * MS);
		if (f.crashes_count) {
			assert_int_equal(f.crashes[0]->session.status, rows[i].status);
			assert_int_equal(f.crashes[0]->session.errors, 1);
		} else {
			assert_int_equal(f.sessions_count, i + 1);
			assert_int_equal(f.sessions[i]->update.status, rows[i].status);
			assert_int_equal(f.sessions[i]->update.errors, 0);
		}
	}
	assert_int_equal(f.crashes_count, 1);
}

static void an_end_whose_record_is_lost(void **state)
{
	struct process_exit_record exit = {.tgid = RECORDS_TGID, .exit_code = SIGKILL};

	(void)state;
	reporter_open(&f);
	crash_reporter_process_began(f.reporter, RECORDS_TGID, T0);
	reporter_take(&f, RECORD_PROCESS_EXIT, &exit, T0 + 10 * MS);
	crash_reporter_tick(f.reporter, T0 + 20000 * MS);
	crash_reporter_tick(f.reporter, T0 + 22000 * MS);
	assert_int_equal(f.crashes_count, 0);
	assert_int_equal(f.sessions_count, 1);
	assert_int_equal(f.sessions[0]->update.status, SESSION_ABNORMAL);
}

/* What limpet says itself, as it does of a command that does not exist. */
static void a_child_that_never_was_a_program(void **state)
{
	(void)state;
	reporter_open(&f);
	crash_reporter_set_command(f.reporter, RECORDS_TGID);
	crash_reporter_ignore(f.reporter, RECORDS_TGID);
	assert_int_equal(one_of(127 << 8, "ExitStatus"), 0);
	crash_reporter_ignore(f.reporter, RECORDS_TGID + 1);
	assert_int_equal(one_of(127 << 8, "ExitStatus"), 1);
	crash_reporter_finish(f.reporter, T0);
	assert_int_equal(f.sessions_count, 0);
}

/* The clocks of the machine that made the recording count, not ours. */
static void a_recording_of_long_ago(void **state)
{
	(void)state;
	f.settings.command = COMMAND_REPLAY;
	f.offset_ns = 1700000000000000000ull;
	reporter_open(&f);
	reporter_take_thread(&f, SIGSEGV, T0 + 10 * MS);
	reporter_take_death(&f, SIGSEGV, T0 + 11 * MS);
	crash_reporter_link(f.reporter);
	reporter_tick(&f, T0 + 100 * MS, 1);
	assert_int_equal(f.crashes[0]->start_unix_ns, RECORDS_START_NS + f.offset_ns);
}

static void switched_off(void **state)
{
	(void)state;
	f.settings.crash.sessions = false;
	f.settings.crash.breadcrumbs = BREADCRUMBS_OFF;
	reporter_open(&f);
	crash_reporter_process_began(f.reporter, RECORDS_TGID, T0);
	reporter_take_thread(&f, SIGSEGV, T0 + 10 * MS);
	reporter_take_death(&f, SIGSEGV, T0 + 11 * MS);
	reporter_tick(&f, T0 + 100 * MS, 0);
	crash_reporter_link(f.reporter);
	reporter_tick(&f, T0 + 110 * MS, 1);
	assert_false(f.crashes[0]->has_session);
	assert_int_equal(f.crashes[0]->breadcrumbs_count, 0);
	crash_reporter_finish(f.reporter, T0 + 200 * MS);
	assert_int_equal(f.sessions_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_crash_from_end_to_end, begin, end),
		cmocka_unit_test_setup_teardown(a_server_that_crashes_at_once, begin, end),
		cmocka_unit_test_setup_teardown(an_answer_does_not_overtake_segments, begin, end),
		cmocka_unit_test_setup_teardown(traffic_that_is_behind, begin, end),
		cmocka_unit_test_setup_teardown(what_is_left_out_ends_its_session, begin, end),
		cmocka_unit_test_setup_teardown(without_a_release_there_is_no_session, begin, end),
		cmocka_unit_test_setup_teardown(which_ends_are_events, begin, end),
		cmocka_unit_test_setup_teardown(how_sessions_end, begin, end),
		cmocka_unit_test_setup_teardown(an_end_whose_record_is_lost, begin, end),
		cmocka_unit_test_setup_teardown(a_child_that_never_was_a_program, begin, end),
		cmocka_unit_test_setup_teardown(a_recording_of_long_ago, begin, end),
		cmocka_unit_test_setup_teardown(switched_off, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
