/* Breadcrumbs: types by what they are about, the newest when there are too many. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <jansson.h>
#include "exporters/sentry/breadcrumb_encoder.h"
#include "crash_variants.h"

static char *encode(struct crash *crash, uint32_t max_count)
{
	struct byte_buffer out;
	char *text;

	byte_buffer_init(&out, 1 << 20);
	breadcrumb_encoder_append(&out, crash, max_count);
	assert_false(out.is_failed);
	text = strndup(out.bytes, out.size);
	byte_buffer_done(&out);
	crash_free(&crash);
	assert_non_null(text);
	return text;
}

#define NEWEST                                                                                     \
	"{\"timestamp\":\"2026-01-05T10:00:12.714204Z\",\"type\":\"default\",\"category\":"        \
	"\"syscall\",\"message\":\"connect: ECONNREFUSED\",\"level\":\"error\",\"data\":"          \
	"{\"thread.id\":4714}},"                                                                   \
	"{\"timestamp\":\"2026-01-05T10:00:12.715204Z\",\"type\":\"default\",\"category\":"        \
	"\"stderr\",\"message\":\"tax service is gone, guessing\",\"level\":\"info\"}]"

static void has_one_type_each(void **state)
{
	char *text = encode(known_crash(), 100);

	(void)state;
	assert_string_equal(
		text,
		"[{\"timestamp\":\"2026-01-05T10:00:12.701204Z\",\"type\":\"http\",\"category\":"
		"\"http.client\",\"message\":\"GET /stock/{id}\",\"level\":\"info\",\"data\":"
		"{\"http.request.method\":\"GET\",\"http.response.status_code\":200,\"method\":"
		"\"GET\",\"status_code\":200}},"
		"{\"timestamp\":\"2026-01-05T10:00:12.707204Z\",\"type\":\"query\",\"category\":"
		"\"db.query\",\"message\":\"SELECT orders\",\"level\":\"info\",\"data\":"
		"{\"db.system\":\"postgresql\"}}," NEWEST);
	free(text);
}

static void keeps_the_newest(void **state)
{
	char *text = encode(known_crash(), 2);

	(void)state;
	assert_string_equal(text, "[" NEWEST);
	free(text);
	text = encode(known_crash(), 0);
	assert_string_equal(text, "[]");
	free(text);
}

static void survives_hostile_text(void **state)
{
	struct crash *crash = known_crash();
	json_t *crumbs;
	char *text;

	(void)state;
	crash_make_hostile(crash);
	text = encode(crash, 100);
	crumbs = json_loads(text, 0, NULL);
	assert_int_equal(json_array_size(crumbs), 4);
	json_decref(crumbs);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_one_type_each),
		cmocka_unit_test(keeps_the_newest),
		cmocka_unit_test(survives_hostile_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
