/* JSON log lines: what has several lines, who says so, and objects that end anywhere. */
#include <errno.h>
#include "cmocka_test.h"
#include "base/cleanup.h"
#include "tracebacks/json_log.h"

static struct json_log *read_line(const char *line)
{
	struct view copy = exact_copy(view_of_text(line));
	struct json_log *log = NULL;

	assert_true(json_log_is_candidate(copy));
	assert_int_equal(json_log_read(&log, copy), 0);
	free_copy(copy);
	return log;
}

static void test_texts(void **state)
{
	_cleanup_(json_log_free) struct json_log *log = read_line(
		"x | {\"level\":\"error\",\"logger\":\"shop\",\"msg\":\"no stock\",\"n\":[1,{\"a\":2}],"
		"\"exc_info\":\"a\\n\\tb \\\"c\\\" \\\\n \\/\",\"err\": {\"stack\" : \"x\\r\\ny\"}}");

	(void)state;
	assert_int_equal(log->texts_count, 2);
	assert_view(log->texts[0], "a\n\tb \"c\" \\n /");
	assert_view(log->texts[1], "x\r\ny");
	assert_view(log->logger, "shop");
	assert_view(log->message, "no stock");
	assert_false(log->is_container);
	assert_false(log->is_cut);
}

static void test_unicode(void **state)
{
	_cleanup_(json_log_free) struct json_log *log =
		read_line("{\"m\":\"\\u00fc\\u20ac\\ud83d\\ude00\\ud83dx\\u12\\n\\q\"}");

	(void)state;
	assert_view(log->texts[0], "ü€😀\xef\xbf\xbdx12\n");
}

static void test_container(void **state)
{
	_cleanup_(json_log_free) struct json_log *log = read_line(
		"{\"log\":\"  File \\\"x\\\"\\n\",\"stream\":\"stderr\",\"time\":\"2026\"}");

	(void)state;
	assert_true(log->is_container);
	assert_int_equal(log->texts_count, 1);
	assert_view(log->texts[0], "  File \"x\"\n");
}

static void test_cut(void **state)
{
	_cleanup_(json_log_free) struct json_log *log = read_line("{\"a\":\"b\",\"stack\":\"x\\ny");

	(void)state;
	assert_true(log->is_cut);
	assert_view(log->texts[0], "x\ny");
}

static void test_none(void **state)
{
	static const char *const lines[] = {
		"{\"a\":\"b\"} x\\n y",
		"{\"a\":{\"b\":{\"c\":\"x\\n\"}}}",
		"{\"a\\n\":1}",
		"{\"\\n",
	};
	struct json_log *log = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]) - 1; i++)
		assert_int_equal(json_log_read(&log, view_of_text(lines[i])), -EINVAL);
	assert_int_equal(json_log_read(&log, VIEW_LITERAL("{1}")), -EINVAL);
	assert_false(json_log_is_candidate(VIEW_LITERAL("{\"a\":\"bcdefg\"}")));
	assert_false(json_log_is_candidate(VIEW_LITERAL("printf(\"%d\\n\")")));
}

static void test_every_cut(void **state)
{
	static const char line[] =
		"{ \"log\" : \"a\\u00fc\\ud83d\\ude00\\n\" , \"stream\":\"x\\n\"}";

	(void)state;
	for (size_t size = 0; size < sizeof(line); size++) {
		struct view cut = exact_copy(view_of(line, size));
		struct json_log *log = NULL;

		if (json_log_read(&log, cut) == 0)
			assert_true(log->texts_count > 0 && log->size <= size);
		json_log_free(&log);
		free_copy(cut);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),     cmocka_unit_test(test_unicode),
		cmocka_unit_test(test_container), cmocka_unit_test(test_cut),
		cmocka_unit_test(test_none),      cmocka_unit_test(test_every_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
