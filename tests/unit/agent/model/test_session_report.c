/* Session reports: zeroed, with a reference to the resource, and the words of their states. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "sample_session.h"

static void holds_its_resource(void **state)
{
	struct resource *resource = sample_resource();
	struct session_report *report;

	(void)state;
	assert_int_equal(session_report_new(&report, resource), 0);
	assert_ptr_equal(report->resource, resource);
	assert_int_equal(resource->references, 2);
	assert_int_equal(report->counts_count, 0);
	session_report_free(&report);
	assert_null(report);
	session_report_free(&report);
	assert_int_equal(resource->references, 1);
	resource_release(&resource);
}

static void has_words(void **state)
{
	(void)state;
	assert_string_equal(session_report_status_word(SESSION_OK), "ok");
	assert_string_equal(session_report_status_word(SESSION_EXITED), "exited");
	assert_string_equal(session_report_status_word(SESSION_CRASHED), "crashed");
	assert_string_equal(session_report_status_word(SESSION_ABNORMAL), "abnormal");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds_its_resource),
		cmocka_unit_test(has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
