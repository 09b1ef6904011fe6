/* Exact JSON text, for structure, numbers and hostile strings. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <jansson.h>
#include "exporters/json_writer.h"

static struct byte_buffer buffer;
static struct json_writer writer;

static int set_up(void **state)
{
	(void)state;
	byte_buffer_init(&buffer, 10000);
	json_writer_init(&writer, &buffer);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	byte_buffer_done(&buffer);
	return 0;
}

static void check(const char *expected)
{
	byte_buffer_append(&buffer, view_of("", 1));
	assert_false(buffer.is_failed);
	assert_string_equal(buffer.bytes, expected);
	byte_buffer_clear(&buffer);
	json_writer_init(&writer, &buffer);
}

static void structure(void **state)
{
	(void)state;
	json_writer_begin(&writer, '{');
	json_writer_key(&writer, "a");
	json_writer_integer(&writer, -7);
	json_writer_key(&writer, "list");
	json_writer_begin(&writer, '[');
	json_writer_boolean(&writer, true);
	json_writer_begin(&writer, '{');
	json_writer_end(&writer, '}');
	json_writer_string(&writer, VIEW_LITERAL("x"));
	json_writer_end(&writer, ']');
	json_writer_key(&writer, "empty");
	json_writer_begin(&writer, '[');
	json_writer_end(&writer, ']');
	json_writer_key(&writer, "id");
	json_writer_hex(&writer, VIEW_LITERAL("\x00\x9f\xff"));
	json_writer_end(&writer, '}');
	check("{\"a\":-7,\"list\":[true,{},\"x\"],\"empty\":[],\"id\":\"009fff\"}");
}

static void check_text(struct view text, const char *expected)
{
	json_writer_string(&writer, text);
	check(expected);
}

static void strings(void **state)
{
	(void)state;
	check_text((struct view){0}, "\"\"");
	check_text(VIEW_LITERAL("a\"b\\c/d"), "\"a\\\"b\\\\c/d\"");
	check_text(VIEW_LITERAL("\n\t\r\x01\x1b[31m\x00\x7f"),
		   "\"\\n\\u0009\\u000d\\u0001\\u001b[31m\\u0000\\u007f\"");
	check_text(VIEW_LITERAL("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x9a"),
		   "\"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\x9a\"");
	check_text(VIEW_LITERAL("\xc2\x9b \xe2\x80\xae \xe2\x81\xa6"),
		   "\"\\u009b \\u202e \\u2066\"");
	check_text(VIEW_LITERAL("\xff\xc3"), "\"\xef\xbf\xbd\xef\xbf\xbd\"");
}

/* An independent reader takes every byte pair, and every string is valid UTF-8. */
static void every_pair_of_bytes_is_json(void **state)
{
	(void)state;
	for (unsigned int pair = 0; pair < 65536; pair++) {
		char text[2] = {(char)(pair >> 8), (char)pair};
		json_error_t error;
		json_t *value;

		json_writer_begin(&writer, '[');
		json_writer_string(&writer, view_of(text, 2));
		json_writer_end(&writer, ']');
		value = json_loadb(buffer.bytes, buffer.size, JSON_ALLOW_NUL, &error);
		assert_non_null(value);
		if (pair >> 8 < 0x80 && (pair & 0xff) < 0x80)
			assert_memory_equal(json_string_value(json_array_get(value, 0)), text, 2);
		json_decref(value);
		byte_buffer_clear(&buffer);
		json_writer_init(&writer, &buffer);
	}
}

static void numbers(void **state)
{
	(void)state;
	json_writer_integer_text(&writer, INT64_MIN);
	json_writer_integer_text(&writer, 0);
	json_writer_unsigned_text(&writer, UINT64_MAX);
	check("\"-9223372036854775808\",\"0\",\"18446744073709551615\"");
	json_writer_double(&writer, 0.1);
	json_writer_double(&writer, -2);
	json_writer_double(&writer, NAN);
	json_writer_double(&writer, INFINITY);
	json_writer_double(&writer, -INFINITY);
	check("0.1,-2,\"NaN\",\"Infinity\",\"-Infinity\"");
}

static void doubles_read_back(void **state)
{
	static const double values[] = {1.0 / 3, DBL_MAX, DBL_MIN, DBL_EPSILON, 123456789.123456789,
					5e-324,  1e22};

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		json_writer_double(&writer, values[i]);
		byte_buffer_append(&buffer, view_of("", 1));
		assert_true(strtod(buffer.bytes, NULL) == values[i]);
		byte_buffer_clear(&buffer);
		json_writer_init(&writer, &buffer);
	}
}

/* Nothing in it ends a script or begins a comment; elsewhere text stays as it is. */
static void in_markup(void **state)
{
	(void)state;
	json_writer_string(&writer, VIEW_LITERAL("a<b"));
	check("\"a<b\"");
	writer.is_in_markup = true;
	json_writer_string(&writer, VIEW_LITERAL("</script><!--<\"<"));
	check("\"\\u003c/script>\\u003c!--\\u003c\\\"\\u003c\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(structure, set_up, tear_down),
		cmocka_unit_test_setup_teardown(strings, set_up, tear_down),
		cmocka_unit_test_setup_teardown(in_markup, set_up, tear_down),
		cmocka_unit_test_setup_teardown(every_pair_of_bytes_is_json, set_up, tear_down),
		cmocka_unit_test_setup_teardown(numbers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(doubles_read_back, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
