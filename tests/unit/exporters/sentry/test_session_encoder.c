/* Session items: what names a session never changes, the last update says how long it was. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "exporters/sentry/session_encoder.h"
#include "sample_crash.h"

static struct byte_buffer out;
static struct item *item;
static struct session_report *report;

static int set_up(void **state)
{
	(void)state;
	byte_buffer_init(&out, 65536);
	item = sample_session_item(KNOWN_CRASH_NS, SESSION_OK);
	report = item->session;
	sample_hex(KNOWN_SESSION_ID, report->update.id);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	item_release(&item);
	byte_buffer_done(&out);
	return 0;
}

static void assert_out(const char *expected)
{
	assert_false(out.is_failed);
	byte_buffer_append_byte(&out, '\0');
	assert_string_equal(out.bytes, expected);
	byte_buffer_clear(&out);
}

#define SID "{\"sid\":\"1c7d4f2e-6b5a-4e0f-9a8b-7c6d5e4f3a2b\""
#define TIMES                                                                                      \
	",\"started\":\"2026-01-05T09:59:12.716204Z\",\"timestamp\":\"2026-01-05T10:00:12.716204Z\""
#define ATTRS ",\"attrs\":{\"release\":\"shop@1.2.3\",\"environment\":\"staging\"}"

static void writes_updates(void **state)
{
	(void)state;
	session_encoder_append_update(&out, &report->update, report->resource);
	assert_out(SID ",\"init\":true" TIMES ",\"status\":\"ok\",\"errors\":0" ATTRS "}");
	report->update.is_init = false;
	report->update.status = SESSION_EXITED;
	session_encoder_append_update(&out, &report->update, report->resource);
	assert_out(SID ",\"init\":false" TIMES ",\"status\":\"exited\",\"errors\":0" ATTRS
		       ",\"duration\":60.000000}");
	report->update.status = SESSION_ABNORMAL;
	report->update.errors = 2;
	session_encoder_append_update(&out, &report->update, report->resource);
	assert_out(SID ",\"init\":false" TIMES ",\"status\":\"abnormal\",\"errors\":2" ATTRS
		       ",\"duration\":60.000000}");
}

static void a_crash_is_an_error(void **state)
{
	(void)state;
	report->update.status = SESSION_CRASHED;
	report->update.errors = 0;
	/* A clock that was set back. */
	report->update.unix_ns = report->update.started_unix_ns - 1;
	report->resource->environment = (struct view){0};
	session_encoder_append_update(&out, &report->update, report->resource);
	assert_out(SID ",\"init\":true,\"started\":\"2026-01-05T09:59:12.716204Z\",\"timestamp\":"
		       "\"2026-01-05T09:59:12.716204Z\",\"status\":\"crashed\",\"errors\":1,"
		       "\"attrs\":{\"release\":\"shop@1.2.3\",\"environment\":\"production\"},"
		       "\"duration\":0.000000}");
}

static void counts_by_the_minute(void **state)
{
	(void)state;
	report->counts_count = 3;
	report->counts[0] = (struct session_counts){
		.started_unix_ns = 1767607200000000000ull, .exited = 998, .errored = 2};
	report->counts[1] = (struct session_counts){.started_unix_ns = 1767607260000000000ull};
	report->counts[2] = (struct session_counts){
		.started_unix_ns = 1767607320000000000ull, .crashed = 1, .abnormal = 7};
	session_encoder_append_counts(&out, report);
	assert_out("{\"aggregates\":[{\"started\":\"2026-01-05T10:00:00.000000Z\",\"exited\":998,"
		   "\"errored\":2},{\"started\":\"2026-01-05T10:02:00.000000Z\",\"crashed\":1,"
		   "\"abnormal\":7}]" ATTRS "}");
	assert_int_equal(session_encoder_quantity(report), 1008);
	report->counts_count = 0;
	assert_int_equal(session_encoder_quantity(report), 1);
}

static void needs_a_release(void **state)
{
	(void)state;
	assert_true(session_encoder_has_release(report->resource));
	report->resource->release = (struct view){0};
	assert_false(session_encoder_has_release(report->resource));
	report->resource->service_version = VIEW_LITERAL("2.14.0");
	assert_true(session_encoder_has_release(report->resource));
	session_encoder_append_update(&out, &report->update, report->resource);
	assert_out(SID ",\"init\":true" TIMES ",\"status\":\"ok\",\"errors\":0,\"attrs\":"
		       "{\"release\":\"shop@2.14.0\",\"environment\":\"staging\"}}");
	report->resource->service_name = (struct view){0};
	assert_false(session_encoder_has_release(report->resource));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(writes_updates, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_crash_is_an_error, set_up, tear_down),
		cmocka_unit_test_setup_teardown(counts_by_the_minute, set_up, tear_down),
		cmocka_unit_test_setup_teardown(needs_a_release, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
