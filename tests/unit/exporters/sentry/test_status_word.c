/* The status table, row by row. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "exporters/sentry/status_word.h"
#include "known_segment.h"

static void follows_the_http_table(void **state)
{
	static const struct {
		int code;
		const char *word;
	} rows[] = {
		{100, "ok"},
		{200, "ok"},
		{304, "ok"},
		{399, "ok"},
		{400, "invalid_argument"},
		{401, "unauthenticated"},
		{402, "invalid_argument"},
		{403, "permission_denied"},
		{404, "not_found"},
		{409, "already_exists"},
		{413, "failed_precondition"},
		{429, "resource_exhausted"},
		{499, "cancelled"},
		{500, "internal_error"},
		{501, "unimplemented"},
		{502, "internal_error"},
		{503, "unavailable"},
		{504, "deadline_exceeded"},
		{599, "internal_error"},
		{600, "unknown_error"},
		{999, "unknown_error"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span span = {.http_status = rows[i].code};

		assert_string_equal(status_word(&span), rows[i].word);
	}
}

static void falls_back_to_the_span(void **state)
{
	struct span span = {0};

	(void)state;
	assert_string_equal(status_word(&span), "ok");
	span.status = STATUS_OK;
	assert_string_equal(status_word(&span), "ok");
	span.status = STATUS_ERROR;
	assert_string_equal(status_word(&span), "unknown_error");
	span.is_incomplete = true;
	assert_string_equal(status_word(&span), "aborted");
	span.http_status = 200;
	assert_string_equal(status_word(&span), "aborted");
	span.is_incomplete = false;
	assert_string_equal(status_word(&span), "unknown_error");
	span.http_status = 404;
	assert_string_equal(status_word(&span), "not_found");
}

/* The segment that a crash broke, whatever it had answered. */
static void a_crash_is_an_internal_error(void **state)
{
	struct segment *segment = known_segment();
	struct span *span = segment_root(segment);

	(void)state;
	span->status = STATUS_ERROR;
	span->http_status = 0;
	span->is_incomplete = true;
	attribute_set_static(&span->attributes, &segment->arena, "error.type", "SIGSEGV");
	assert_string_equal(status_word(span), "aborted");
	attribute_set_boolean(&span->attributes, &segment->arena, "limpet.crashed", false);
	assert_string_equal(status_word(span), "aborted");
	attribute_set_boolean(&span->attributes, &segment->arena, "limpet.crashed", true);
	assert_string_equal(status_word(span), "internal_error");
	span->http_status = 404;
	assert_string_equal(status_word(span), "internal_error");
	segment_free(&segment);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_the_http_table),
		cmocka_unit_test(falls_back_to_the_span),
		cmocka_unit_test(a_crash_is_an_internal_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
