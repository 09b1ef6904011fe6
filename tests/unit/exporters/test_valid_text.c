/* Valid UTF-8 out of anything. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "exporters/valid_text.h"

static void check(struct view text, size_t prefix, const char *expected)
{
	struct byte_buffer scratch;
	struct view valid;

	byte_buffer_init(&scratch, 1024);
	assert_int_equal(valid_text_prefix(text), prefix);
	valid = valid_text_of(text, &scratch);
	assert_int_equal(valid.size, strlen(expected));
	assert_memory_equal(valid.bytes, expected, valid.size);
	if (prefix == text.size)
		assert_ptr_equal(valid.bytes, text.bytes);
	byte_buffer_done(&scratch);
}

static void valid_text_stays(void **state)
{
	(void)state;
	check(VIEW_LITERAL("abc"), 3, "abc");
	check(VIEW_LITERAL("abcdefgh"), 8, "abcdefgh");
	check(VIEW_LITERAL("abcdefghi"), 9, "abcdefghi");
	check(VIEW_LITERAL("gr\xc3\xbc\xc3\x9f dich, \xe2\x82\xac and \xf0\x9f\x90\x9a"), 25,
	      "gr\xc3\xbc\xc3\x9f dich, \xe2\x82\xac and \xf0\x9f\x90\x9a");
}

static void bad_bytes_are_replaced_one_by_one(void **state)
{
	(void)state;
	check(VIEW_LITERAL("\xff"), 0, "\xef\xbf\xbd");
	check(VIEW_LITERAL("a\xff\xfe z"), 1, "a\xef\xbf\xbd\xef\xbf\xbd z");
	check(VIEW_LITERAL("12345678\x80"), 8, "12345678\xef\xbf\xbd");
	check(VIEW_LITERAL("cut \xe2\x82"), 4, "cut \xef\xbf\xbd\xef\xbf\xbd");
	check(VIEW_LITERAL("\xc0\xaf"), 0, "\xef\xbf\xbd\xef\xbf\xbd");
	check(VIEW_LITERAL("\xed\xa0\x80"), 0, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

static void empty_and_too_long(void **state)
{
	struct byte_buffer scratch;

	(void)state;
	byte_buffer_init(&scratch, 3);
	assert_int_equal(valid_text_of((struct view){0}, &scratch).size, 0);
	assert_int_equal(valid_text_of(VIEW_LITERAL("\xff"), &scratch).size, 3);
	assert_int_equal(valid_text_of(VIEW_LITERAL("\xff\xff"), &scratch).size, 0);
	assert_int_equal(valid_text_of(VIEW_LITERAL("\xfe"), &scratch).size, 3);
	byte_buffer_done(&scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid_text_stays),
		cmocka_unit_test(bad_bytes_are_replaced_one_by_one),
		cmocka_unit_test(empty_and_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
