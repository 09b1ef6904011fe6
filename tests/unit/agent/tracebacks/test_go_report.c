/* What all forms of Go's reports share: values of several lines, and where frames go. */
#include "base/cleanup.h"
#include "cmocka_test.h"
#include "tracebacks/go_report.h"

static void blank_lines_within_a_value_are_kept(void **state)
{
	_cleanup_(traceback_free) struct traceback *report = NULL;
	struct go_report going = {0};

	(void)state;
	assert_int_equal(traceback_new(&report, LANGUAGE_GO), 0);
	go_report_add_value(&going, report, VIEW_LITERAL("no exception yet"));
	going.exception = traceback_add_exception(report, RELATION_RAISED, NO_PARENT);
	going.blanks = 1;
	go_report_add_value(&going, report, VIEW_LITERAL("one"));
	going.blanks = 2;
	go_report_add_value(&going, report, VIEW_LITERAL("two"));
	assert_view(going.exception->value, "one\n\n\ntwo");
}

static void frames_go_to_the_goroutine_being_read(void **state)
{
	_cleanup_(traceback_free) struct traceback *report = NULL;
	struct exception_frame *frame;
	struct go_report going = {0};

	(void)state;
	assert_int_equal(traceback_new(&report, LANGUAGE_GO), 0);
	traceback_add_exception(report, RELATION_RAISED, NO_PARENT);
	frame = go_report_add_frame(&going, report);
	assert_ptr_equal(frame, report->exceptions[0].frames);
	going.is_other = true;
	assert_null(go_report_add_frame(&going, report));
	going.thread = traceback_add_thread(report);
	frame = go_report_add_frame(&going, report);
	assert_ptr_equal(frame, report->threads[0].frames);
	assert_int_equal(report->exceptions[0].frames_count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blank_lines_within_a_value_are_kept),
		cmocka_unit_test(frames_go_to_the_goroutine_being_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
