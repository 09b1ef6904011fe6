/* Records of Go's panics as reports, and what a mark says of a report near it. */
#include "exceptions/runtime_reports.h"

#include <errno.h>
#include "cmocka_test.h"
#include "made_report.h"
#include "shared/go_panic_record.h"

#define MS   1000000ull
#define T0   (20000 * MS)
#define TGID 500
#define TID  501

static struct runtime_reports reports;

static int begin(void **state)
{
	(void)state;
	memset(&reports, 0, sizeof(reports));
	return 0;
}

static void test_a_panic(void **state)
{
	struct go_panic_record record = {
		.header = {RECORD_GO_PANIC, 0, sizeof(record), T0},
		.context = 7,
		.tgid = TGID,
		.tid = TID,
		.goroutine = 17,
		.kind = GO_PANIC_FATAL,
		.value_kind = GO_KIND_INT,
		.word = 42,
	};
	struct event event = {
		RECORD_GO_PANIC, T0, {.raw = &record.header}, view_of(&record, sizeof(record))};
	struct traceback *report = NULL;
	struct output_place place;

	(void)state;
	assert_int_equal(runtime_reports_decode(&reports, &event, &place, &report), 0);
	assert_int_equal(place.tgid, TGID);
	assert_int_equal(place.tid, TID);
	assert_int_equal(place.context, 7);
	assert_int_equal(place.time_ns, T0);
	assert_view(report->exceptions[0].value, "42");
	assert_int_equal(report->thread_id, 17);
	traceback_free(&report);
	event.bytes.size -= 8;
	assert_int_equal(runtime_reports_decode(&reports, &event, &place, &report), -EINVAL);
	event.kind = RECORD_OUTPUT;
	assert_int_equal(runtime_reports_decode(&reports, &event, &place, &report), -EINVAL);
	assert_null(report);
}

static void mark(enum runtime_mark_kind kind, uint32_t tgid, uint32_t tid, uint64_t time_ns)
{
	struct runtime_mark_record record = {
		.header = {RECORD_RUNTIME_MARK, 0, sizeof(record), time_ns},
		.tgid = tgid,
		.tid = tid,
		.kind = (uint8_t)kind,
	};

	runtime_reports_mark(&reports, &record);
}

/* What a report of this manner becomes. */
static void assert_becomes(enum exception_language language, enum exception_manner manner,
			   enum exception_manner wanted, const char *mechanism, bool is_confirmed)
{
	struct pending_exception pending = {
		.place = {.tgid = TGID, .tid = TID, .time_ns = T0},
		.report = made_report(language, manner, "Error", "no stock"),
	};

	runtime_reports_confirm(&reports, &pending);
	assert_int_equal(pending.report->manner, wanted);
	assert_string_equal(pending.report->mechanism, mechanism);
	assert_int_equal(pending.is_confirmed, is_confirmed);
	pending_exception_done(&pending);
}

static void assert_untouched(enum exception_language language, enum exception_manner manner)
{
	assert_becomes(language, manner, manner, "generic", false);
}

/* A hook printed it: nobody caught it all the same. */
static void test_node(void **state)
{
	(void)state;
	assert_untouched(LANGUAGE_NODE, MANNER_LOGGED);
	mark(MARK_NODE_UNCAUGHT, TGID, TID, T0);
	assert_becomes(LANGUAGE_NODE, MANNER_LOGGED, MANNER_UNOBSERVED, "onuncaughtexception",
		       true);
	assert_becomes(LANGUAGE_NODE, MANNER_PRINTED, MANNER_UNOBSERVED, "onuncaughtexception",
		       true);
	assert_becomes(LANGUAGE_NODE, MANNER_UNCAUGHT, MANNER_UNCAUGHT, "generic", true);
	assert_untouched(LANGUAGE_PYTHON, MANNER_PRINTED);
}

static void test_java(void **state)
{
	(void)state;
	mark(MARK_JAVA_THREAD_EXIT, TGID, TID, T0);
	assert_becomes(LANGUAGE_JAVA, MANNER_THREAD, MANNER_THREAD, "generic", true);
	assert_untouched(LANGUAGE_JAVA, MANNER_LOGGED);
	assert_untouched(LANGUAGE_NODE, MANNER_THREAD);
}

static void test_python(void **state)
{
	(void)state;
	mark(MARK_PYTHON_FINISHING, TGID, TID, T0);
	assert_becomes(LANGUAGE_PYTHON, MANNER_PRINTED, MANNER_UNCAUGHT, "excepthook", true);
	assert_untouched(LANGUAGE_PYTHON, MANNER_LOGGED);
	assert_untouched(LANGUAGE_JAVA, MANNER_PRINTED);
}

static void test_near_in_time_and_on_the_thread(void **state)
{
	(void)state;
	mark(MARK_PYTHON_FINISHING, TGID + 1, TID, T0);
	mark(MARK_PYTHON_FINISHING, TGID, TID + 1, T0);
	mark(MARK_PYTHON_FINISHING, TGID, TID, T0 - 2000 * MS - 1);
	mark(MARK_PYTHON_FINISHING, TGID, TID, T0 + 2000 * MS + 1);
	assert_untouched(LANGUAGE_PYTHON, MANNER_PRINTED);
	mark(MARK_PYTHON_FINISHING, TGID, TID, T0 + 2000 * MS);
	assert_becomes(LANGUAGE_PYTHON, MANNER_PRINTED, MANNER_UNCAUGHT, "excepthook", true);
}

static void test_a_ring(void **state)
{
	(void)state;
	mark(MARK_PYTHON_FINISHING, TGID, TID, T0);
	for (uint32_t i = 0; i < MAX_RUNTIME_MARKS - 1; i++)
		mark(MARK_JAVA_THREAD_EXIT, 1, 1, T0);
	assert_becomes(LANGUAGE_PYTHON, MANNER_PRINTED, MANNER_UNCAUGHT, "excepthook", true);
	mark(MARK_JAVA_THREAD_EXIT, 1, 1, T0);
	assert_untouched(LANGUAGE_PYTHON, MANNER_PRINTED);
}

#define CASE(test) cmocka_unit_test_setup(test, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_panic),
		CASE(test_node),
		CASE(test_java),
		CASE(test_python),
		CASE(test_near_in_time_and_on_the_thread),
		CASE(test_a_ring),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
