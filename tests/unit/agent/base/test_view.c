/* Views: comparing, searching, cutting, numbers; at both ends and on nothing. */
#include "base/view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>

#define V(text) VIEW_LITERAL(text)

static const struct view nothing;

static void test_equality(void **state)
{
	(void)state;
	assert_true(view_equals(V("abc"), V("abc")));
	assert_false(view_equals(V("abc"), V("abd")));
	assert_false(view_equals(V("abc"), V("ab")));
	assert_true(view_equals(nothing, V("")));
	assert_true(view_equals(view_of("a\0b", 3), view_of("a\0b", 3)));
	assert_true(view_equals_ignoring_case(V("Content-Length"), V("content-lENGTH")));
	assert_false(view_equals_ignoring_case(V("[a"), V("{a")));
	assert_false(view_equals_ignoring_case(V("\xc4"), V("\xe4"))); /* ASCII only */
	assert_false(view_equals_ignoring_case(V("a"), V("ab")));
	assert_true(view_is_empty(nothing));
	assert_int_equal(view_of_text(NULL).size, 0);
}

static void test_prefix_and_suffix(void **state)
{
	(void)state;
	assert_true(view_starts_with(V("HTTP/1.1"), V("HTTP/")));
	assert_true(view_starts_with(V("a"), V("a")));
	assert_true(view_starts_with(V("a"), nothing));
	assert_true(view_starts_with(nothing, nothing));
	assert_false(view_starts_with(V("HTT"), V("HTTP")));
	assert_false(view_starts_with(V("xHTTP"), V("HTTP")));
	assert_true(view_ends_with(V("a.service"), V(".service")));
	assert_false(view_ends_with(V("service"), V(".service")));
	assert_false(view_ends_with(V("a.servicE"), V(".service")));
	assert_true(view_ends_with(nothing, nothing));
}

static void test_find(void **state)
{
	(void)state;
	assert_int_equal(view_find_byte(V("a=b=c"), '='), 1);
	assert_int_equal(view_find_byte(V("abc"), 'c'), 2);
	assert_int_equal(view_find_byte(V("abc"), '\0'), -1);
	assert_int_equal(view_find_byte(nothing, 'a'), -1);
	assert_int_equal(view_find(V("xx\r\n\r\nyy"), V("\r\n\r\n")), 2);
	assert_int_equal(view_find(V("aab"), V("ab")), 1);
	assert_int_equal(view_find(V("ab"), V("abc")), -1);
	assert_int_equal(view_find(V("ab"), nothing), 0);
	assert_int_equal(view_find(nothing, V("a")), -1);
}

static void test_cutting(void **state)
{
	struct view v = V("abc");

	(void)state;
	assert_true(view_equals(view_skip(v, 1), V("bc")));
	assert_int_equal(view_skip(v, 3).size, 0);
	assert_int_equal(view_skip(v, SIZE_MAX).size, 0);
	assert_ptr_equal(view_skip(v, SIZE_MAX).bytes, v.bytes + 3);
	assert_null(view_skip(nothing, 5).bytes);
	assert_true(view_equals(view_take(v, 2), V("ab")));
	assert_true(view_equals(view_take(v, SIZE_MAX), v));
	assert_true(view_equals(view_trim(V(" \t a b\t ")), V("a b")));
	assert_int_equal(view_trim(V(" \t ")).size, 0);
	assert_int_equal(view_trim(nothing).size, 0);
	assert_true(view_equals(view_trim(V("\na")), V("\na")));
}

static void check_tokens(const char *text, size_t count, const char *const *expected)
{
	struct view rest = view_of_text(text), token;

	for (size_t i = 0; i < count; i++) {
		assert_true(view_next_token(&rest, ',', &token));
		assert_true(view_equals(token, view_of_text(expected[i])));
	}
	assert_false(view_next_token(&rest, ',', &token));
	assert_null(rest.bytes);
}

static void test_tokens(void **state)
{
	(void)state;
	check_tokens("a,bc,d", 3, (const char *[]){"a", "bc", "d"});
	check_tokens(",a,", 3, (const char *[]){"", "a", ""});
	check_tokens("", 1, (const char *[]){""});
	check_tokens(NULL, 0, NULL);
}

static int parse(const char *text, uint64_t *ret)
{
	return view_parse_u64(view_of_text(text), ret);
}

static void test_numbers(void **state)
{
	static const char *const bad[] = {"", " 1", "1 ", "+1", "-1", "0x1", "1.0", "a"};
	uint64_t value = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(parse(bad[i], &value), -EINVAL);
	assert_int_equal(parse("18446744073709551616", &value), -ERANGE);
	assert_int_equal(parse("99999999999999999999", &value), -ERANGE);
	assert_int_equal(value, 7);
	assert_int_equal(parse("18446744073709551615", &value), 0);
	assert_true(value == UINT64_MAX);
	assert_int_equal(parse("000", &value), 0);
	assert_int_equal(value, 0);
}

static void test_hex(void **state)
{
	uint8_t bytes[4] = {1, 2, 3, 4};

	(void)state;
	assert_int_equal(view_parse_hex(V("00fFA9b"), bytes, 4), -EINVAL);
	assert_int_equal(view_parse_hex(V("00fFA9bg"), bytes, 4), -EINVAL);
	assert_int_equal(view_parse_hex(V("00fFA9b0c"), bytes, 4), -EINVAL);
	assert_memory_equal(bytes, ((uint8_t[]){1, 2, 3, 4}), 4);
	assert_int_equal(view_parse_hex(V("00fFA9b0"), bytes, 4), 0);
	assert_memory_equal(bytes, ((uint8_t[]){0, 0xff, 0xa9, 0xb0}), 4);
	assert_int_equal(view_parse_hex(nothing, bytes, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equality), cmocka_unit_test(test_prefix_and_suffix),
		cmocka_unit_test(test_find),     cmocka_unit_test(test_cutting),
		cmocka_unit_test(test_tokens),   cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_hex),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
