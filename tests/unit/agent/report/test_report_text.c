/* Names are cut between characters, and what has no room is taken back with its comma. */
#include "cmocka_test.h"

#include "hostile_names.h"
#include "parsed_json.h"
#include "report/report_text.h"

static struct byte_buffer buffer;
static struct json_writer writer;

static int begin(void **state)
{
	(void)state;
	byte_buffer_init(&buffer, 65536);
	writer = report_text_begin(&buffer);
	return 0;
}

static int end(void **state)
{
	(void)state;
	byte_buffer_done(&buffer);
	return 0;
}

static void assert_written(const char *expected)
{
	assert_view(byte_buffer_view(&buffer), expected);
	byte_buffer_clear(&buffer);
	writer = report_text_begin(&buffer);
}

static void cut_between_characters(void **state)
{
	(void)state;
	report_text_string(&writer, VIEW_LITERAL("abc"), 3);
	assert_written("\"abc\"");
	report_text_string(&writer, VIEW_LITERAL("abcd"), 3);
	assert_written("\"abc…\"");
	/* two bytes, three, four: never half of one */
	report_text_string(&writer, VIEW_LITERAL("aéd"), 2);
	assert_written("\"a…\"");
	report_text_string(&writer, VIEW_LITERAL("a…d"), 3);
	assert_written("\"a…\"");
	report_text_string(&writer, VIEW_LITERAL("a\xf0\x9f\x90\x9a"), 4);
	assert_written("\"a…\"");
	/* what is no character is cut anywhere */
	report_text_string(&writer, VIEW_LITERAL("\x80\x80\x80\x80\x80\x80"), 5);
	assert_written("\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd…\"");
}

static void markup_is_escaped(void **state)
{
	(void)state;
	report_text_string(&writer, VIEW_LITERAL("</script>"), 100);
	assert_written("\"\\u003c/script>\"");
}

static void members(void **state)
{
	(void)state;
	json_writer_begin(&writer, '{');
	report_text_set(&writer, "name", VIEW_LITERAL("a"));
	report_text_set(&writer, "empty", (struct view){0});
	report_text_set_number(&writer, "large", UINT64_MAX);
	report_text_set_truth(&writer, "yes", true);
	report_text_set_truth(&writer, "no", false);
	report_text_set_address(&writer, "at", 0xfffffffffffffff8);
	json_writer_end(&writer, '}');
	assert_written("{\"name\":\"a\",\"large\":9223372036854775807,\"yes\":true,"
		       "\"at\":\"0xfffffffffffffff8\"}");
}

static void what_has_no_room_is_taken_back(void **state)
{
	struct report_mark mark;

	(void)state;
	json_writer_begin(&writer, '[');
	for (int i = 0; i < 5; i++) {
		mark = report_text_mark(&writer);
		report_text_string(&writer, VIEW_LITERAL("1234"), 10);
		assert_int_equal(report_text_keep(&writer, mark, 14), i < 2);
	}
	json_writer_end(&writer, ']');
	assert_written("[\"1234\",\"1234\"]");
}

static void a_failed_buffer_goes_on(void **state)
{
	struct report_mark mark;

	(void)state;
	byte_buffer_done(&buffer);
	byte_buffer_init(&buffer, 12);
	writer = report_text_begin(&buffer);
	json_writer_begin(&writer, '[');
	mark = report_text_mark(&writer);
	report_text_string(&writer, VIEW_LITERAL("12345678901234567890"), 100);
	assert_true(buffer.is_failed);
	assert_false(report_text_keep(&writer, mark, 12));
	json_writer_integer(&writer, 1);
	json_writer_end(&writer, ']');
	assert_written("[1]");
}

static void hostile(void **state)
{
	const struct view *names;
	size_t count = hostile_names(&names);

	(void)state;
	for (size_t i = 0; i < count; i++)
		for (size_t max = 1; max < 250; max++) {
			byte_buffer_clear(&buffer);
			writer = report_text_begin(&buffer);
			report_text_string(&writer, names[i], max);
			json_decref(parsed_json(&buffer));
			assert_true(buffer.size <= 6 * max + 5);
		}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(cut_between_characters, begin, end),
		cmocka_unit_test_setup_teardown(markup_is_escaped, begin, end),
		cmocka_unit_test_setup_teardown(members, begin, end),
		cmocka_unit_test_setup_teardown(what_has_no_room_is_taken_back, begin, end),
		cmocka_unit_test_setup_teardown(a_failed_buffer_goes_on, begin, end),
		cmocka_unit_test_setup_teardown(hostile, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
