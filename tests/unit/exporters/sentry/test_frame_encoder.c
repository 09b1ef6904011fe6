/* Frames of languages: every field, folded recursion, and what stays of a stack too long. */
#include "exporters/sentry/frame_encoder.h"

#include "cmocka_test.h"
#include "sample_exception.h"

static const struct frame_limits all = {
	.max_frames = 500, .max_name_characters = 100, .max_source_lines = 5};

static void assert_frames(const struct exception_frame *frames, uint32_t count,
			  struct frame_limits limits, const char *expected)
{
	json_t *stacktrace = frame_encoder_encode(frames, count, limits);
	char *text = json_dumps(stacktrace, JSON_COMPACT);

	assert_string_equal(text, expected);
	free(text);
	json_decref(stacktrace);
}

static void has_every_field(void **state)
{
	struct crash *crash = known_exception(SAMPLE_PYTHON);
	struct crash *java = known_exception(SAMPLE_JAVA);
	struct crash *node = known_exception(SAMPLE_NODE);

	(void)state;
	assert_frames(crash->exceptions[0].frames, 2, all,
		      "{\"frames\":[{\"filename\":\"flask/app.py\",\"abs_path\":"
		      "\"/usr/lib/python3/dist-packages/flask/app.py\",\"function\":"
		      "\"dispatch_request\",\"lineno\":1799,\"in_app\":false},{\"filename\":"
		      "\"app.py\",\"abs_path\":\"/srv/shop/app.py\",\"function\":"
		      "\"divide_by_zero\",\"lineno\":12,\"in_app\":true,\"pre_context\":"
		      "[\"@app.route(\\\"/divide_by_zero\\\")\",\"def divide_by_zero():\"],"
		      "\"context_line\":\"    return 1 / rate()\",\"post_context\":[\"\"]}]}");
	assert_frames(java->exceptions[0].frames, 1, all,
		      "{\"frames\":[{\"filename\":\"Order.java\",\"abs_path\":\"Order.java\","
		      "\"module\":\"com.shop.Order\",\"function\":\"total\",\"lineno\":42,"
		      "\"in_app\":true}]}");
	assert_frames(java->exceptions[2].frames, 1, all,
		      "{\"frames\":[{\"module\":\"jdk.internal.reflect.Native\",\"function\":"
		      "\"invoke0\",\"in_app\":false}]}");
	assert_frames(node->exceptions[1].frames, 1, all,
		      "{\"frames\":[{\"filename\":\"node:net\",\"abs_path\":\"node:net\","
		      "\"lineno\":1595,\"colno\":16,\"in_app\":false}]}");
	crash_free(&node);
	crash_free(&java);
	crash_free(&crash);
}

static void says_what_was_folded(void **state)
{
	const struct exception_frame frame = {.repeats = 40}, named = {.function = {"f", 1}};

	(void)state;
	assert_frames(&frame, 1, all,
		      "{\"frames\":[{\"function\":\"[recursion left out]\",\"in_app\":false},"
		      "{\"function\":\"?\",\"in_app\":false}]}");
	assert_frames(&named, 1, all, "{\"frames\":[{\"function\":\"f\",\"in_app\":false}]}");
	assert_null(frame_encoder_encode(&named, 0, all));
	assert_null(
		frame_encoder_encode(&named, 1, (struct frame_limits){.max_name_characters = 9}));
}

static void keeps_both_ends(void **state)
{
	struct exception_frame frames[5] = {{.line = 0}};

	(void)state;
	for (uint32_t i = 0; i < 5; i++)
		frames[i] = (struct exception_frame){.function = view_of("01234" + i, 1)};
	assert_frames(frames, 5, (struct frame_limits){.max_frames = 3, .max_name_characters = 9},
		      "{\"frames\":[{\"function\":\"4\",\"in_app\":false},{\"function\":\"1\","
		      "\"in_app\":false},{\"function\":\"0\",\"in_app\":false}]}");
}

static void shortens_source(void **state)
{
	struct view lines[] = {VIEW_LITERAL("a"), VIEW_LITERAL("b\n")};
	struct exception_frame frame = {.function = VIEW_LITERAL("f"),
					.context_line = VIEW_LITERAL("c\xff"),
					.before = lines,
					.before_count = 2,
					.after = lines,
					.after_count = 2};
	struct frame_limits limits = {
		.max_frames = 9, .max_name_characters = 9, .max_source_lines = 1};

	(void)state;
	assert_frames(&frame, 1, limits,
		      "{\"frames\":[{\"function\":\"f\",\"in_app\":false,\"pre_context\":[\"b \"],"
		      "\"context_line\":\"c\xef\xbf\xbd\",\"post_context\":[\"a\"]}]}");
	limits.max_source_lines = 0;
	assert_frames(&frame, 1, limits,
		      "{\"frames\":[{\"function\":\"f\",\"in_app\":false,"
		      "\"context_line\":\"c\xef\xbf\xbd\"}]}");
	limits.is_without_source = true;
	assert_frames(&frame, 1, limits, "{\"frames\":[{\"function\":\"f\",\"in_app\":false}]}");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_every_field),
		cmocka_unit_test(says_what_was_folded),
		cmocka_unit_test(keeps_both_ends),
		cmocka_unit_test(shortens_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
