/* JSON text: hostile strings come out as valid UTF-8, times as six decimals in any locale. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <locale.h>
#include <string.h>
#include "exporters/sentry/json_text.h"

static void assert_json(json_t *value, const char *expected)
{
	char *text = json_dumps(value, JSON_ENCODE_ANY);

	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
	json_decref(value);
}

static void keeps_valid_text(void **state)
{
	(void)state;
	assert_json(json_text_string(VIEW_LITERAL("plain"), 100), "\"plain\"");
	assert_json(json_text_string(VIEW_LITERAL(""), 100), "\"\"");
	assert_json(json_text_string(VIEW_LITERAL("a\"b\\c\n\x1b[0m"), 100),
		    "\"a\\\"b\\\\c\\n\\u001B[0m\"");
	assert_json(json_text_string(VIEW_LITERAL("\xc3\xa9\xe2\x82\xac\xf0\x9f\xa6\xaa"), 100),
		    "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\xa6\xaa\"");
}

static void replaces_what_is_not_text(void **state)
{
	(void)state;
	assert_json(json_text_string(VIEW_LITERAL("a\xff"
						  "b\xc3"),
				     100),
		    "\"a\xef\xbf\xbd"
		    "b\xef\xbf\xbd\"");
	assert_json(json_text_string(VIEW_LITERAL("a\0b"), 100), "\"a\xef\xbf\xbd"
								 "b\"");
	/* A surrogate and an overlong slash: three and two bad bytes. */
	assert_json(json_text_string(VIEW_LITERAL("\xed\xa0\x80\xc0\xaf"), 100),
		    "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}

static void cuts_at_characters(void **state)
{
	(void)state;
	assert_json(json_text_string(VIEW_LITERAL("abcdef"), 3), "\"abc\"");
	assert_json(json_text_string(VIEW_LITERAL("\xc3\xa9\xc3\xa9\xc3\xa9"), 2),
		    "\"\xc3\xa9\xc3\xa9\"");
	assert_json(json_text_string(VIEW_LITERAL("\xff\xff\xff"), 2),
		    "\"\xef\xbf\xbd\xef\xbf\xbd\"");
}

static void one_line_has_no_controls(void **state)
{
	(void)state;
	/* But a tab, which source lines begin with. */
	assert_json(json_text_line(VIEW_LITERAL("a\nb\tc\x7f"), 100), "\"a b\\tc \"");
}

static void prints_ids(void **state)
{
	const uint8_t id[] = {0x4b, 0xf9, 0x2f, 0x35, 0x77, 0xb3, 0x4d, 0xa6};
	const uint8_t long_id[17] = {0};

	(void)state;
	assert_json(json_text_id(id, sizeof(id)), "\"4bf92f3577b34da6\"");
	assert_null(json_text_id(long_id, sizeof(long_id)));
}

static void assert_seconds(uint64_t unix_ns, const char *expected)
{
	struct byte_buffer out;

	byte_buffer_init(&out, 100);
	json_text_append_seconds(&out, unix_ns);
	assert_int_equal(out.size, strlen(expected));
	assert_memory_equal(out.bytes, expected, out.size);
	byte_buffer_done(&out);
}

static void prints_seconds(void **state)
{
	(void)state;
	(void)setlocale(LC_ALL, "de_DE.UTF-8");
	assert_seconds(1767607212716204999, "1767607212.716204");
	assert_seconds(1767607212000000000, "1767607212.000000");
	assert_seconds(1767607212000001000, "1767607212.000001");
	assert_seconds(0, "0.000000");
	assert_seconds(UINT64_MAX, "18446744073.709551");
	(void)setlocale(LC_ALL, "C");
}

static void leaves_out_what_cannot_be(void **state)
{
	json_t *object = json_object();

	(void)state;
	json_text_set(object, "nan", json_real(0.0 / 0.0));
	json_text_set(object, "\xff", json_true());
	json_text_set_string(object, "empty", (struct view){0}, 10);
	json_text_set_string(object, "kept", VIEW_LITERAL("x"), 10);
	assert_json(object, "{\"kept\": \"x\"}");
}

static void dump_respects_the_cap(void **state)
{
	struct byte_buffer out;
	json_t *object = json_pack("{s:s}", "key", "value");

	(void)state;
	byte_buffer_init(&out, 15);
	json_text_append(&out, object, 0);
	assert_false(out.is_failed);
	assert_memory_equal(out.bytes, "{\"key\":\"value\"}", 15);
	json_text_append(&out, object, 0);
	assert_true(out.is_failed);
	byte_buffer_clear(&out);
	json_text_append(&out, object, JSON_EMBED);
	assert_int_equal(out.size, 13);
	assert_memory_equal(out.bytes, "\"key\":\"value\"", 13);
	json_text_append(&out, NULL, 0);
	assert_true(out.is_failed);
	byte_buffer_done(&out);
	json_decref(object);
}

static void assert_text(json_t *string, const char *expected)
{
	assert_string_equal(json_string_value(string), expected);
	json_decref(string);
}

static void prints_times_and_addresses(void **state)
{
	(void)state;
	assert_text(json_text_time(1767607212716204999), "2026-01-05T10:00:12.716204Z");
	assert_text(json_text_time(951782400000000000), "2000-02-29T00:00:00.000000Z");
	assert_text(json_text_time(0), "1970-01-01T00:00:00.000000Z");
	assert_text(json_text_time(UINT64_MAX), "2554-07-21T23:34:33.709551Z");
	assert_text(json_text_address(0), "0x0");
	assert_text(json_text_address(0x55d5b0001139), "0x55d5b0001139");
	assert_text(json_text_address(UINT64_MAX), "0xffffffffffffffff");
}

static void empty_contexts_are_left_out(void **state)
{
	json_t *contexts = json_object();

	(void)state;
	json_text_set_context(contexts, "a", json_object());
	json_text_set_context(contexts, "b", json_pack("{s:i}", "c", 1));
	assert_int_equal(json_object_size(contexts), 1);
	assert_non_null(json_object_get(contexts, "b"));
	json_decref(contexts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_valid_text),
		cmocka_unit_test(replaces_what_is_not_text),
		cmocka_unit_test(cuts_at_characters),
		cmocka_unit_test(one_line_has_no_controls),
		cmocka_unit_test(prints_ids),
		cmocka_unit_test(prints_seconds),
		cmocka_unit_test(prints_times_and_addresses),
		cmocka_unit_test(empty_contexts_are_left_out),
		cmocka_unit_test(leaves_out_what_cannot_be),
		cmocka_unit_test(dump_respects_the_cap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
