/* What text may look like: printable, file names, URLs, pairs. */
#include "settings/text_rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

static void test_printable(void **state)
{
	static char large[MAX_TEXT_BYTES + 1];

	(void)state;
	memset(large, 'a', sizeof(large));
	assert_true(text_rules_is_printable(view_of_text("")));
	assert_true(text_rules_is_printable(view_of_text("shop Größe 店")));
	assert_false(text_rules_is_printable(view_of_text("a\nb")));
	assert_false(text_rules_is_printable(view_of_text("a\x1b[31m")));
	assert_false(text_rules_is_printable(view_of_text("\xff")));
	assert_false(text_rules_is_printable(view_of("a\0b", 3)));
	assert_true(text_rules_is_printable(view_of(large, MAX_TEXT_BYTES)));
	assert_false(text_rules_is_printable(view_of(large, MAX_TEXT_BYTES + 1)));
}

static void test_file_name(void **state)
{
	(void)state;
	assert_true(text_rules_is_file_name(view_of_text("/tmp/\xff name")));
	assert_false(text_rules_is_file_name(view_of_text("a\tb")));
	assert_false(text_rules_is_file_name(view_of("a\0b", 3)));
	assert_false(text_rules_is_file_name(view_of_text("\x7f")));
}

static void test_url(void **state)
{
	static const char *const good[] = {
		"http://localhost:4318",   "HTTPS://key@o1.ingest.sentry.io/42",
		"http://[::1]:80/v1",      "http://[::1]",
		"https://u:p@h:65535?x#y", "http://a@b@h"};
	static const char *const bad[] = {"",
					  "localhost:4318",
					  "ftp://h",
					  "http://",
					  "http:///x",
					  "http://:80",
					  "http://h:",
					  "http://h:0",
					  "http://h:65536",
					  "http://h:080808",
					  "http://h:8x",
					  "http://h:1:2",
					  "http://a b",
					  "http://h/\n",
					  "http://[]",
					  "http://[::1",
					  "http://[::1]x",
					  "http://[::1]:",
					  "http://u@",
					  "http:/h"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(text_rules_is_url(view_of_text(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(text_rules_is_url(view_of_text(bad[i])));
}

static void test_url_cut_anywhere(void **state)
{
	static const char url[] = "https://user:word@[::1]:443/path?q=@#@";

	(void)state;
	for (size_t size = 0; size < sizeof(url); size++) {
		char *copy = strndup(url, size); /* its end is guarded by the sanitizer */
		struct view v = view_of(copy, size);

		assert_int_equal(text_rules_is_url(v),
				 (size >= 9 && size <= 12) || size == 23 || size >= 25);
		free(copy);
	}
}

static void test_credentials(void **state)
{
	(void)state;
	assert_true(view_equals(text_rules_url_credentials(view_of_text("https://u:p@h/x@y")),
				VIEW_LITERAL("u:p")));
	assert_true(view_equals(text_rules_url_credentials(view_of_text("https://a@b@h")),
				VIEW_LITERAL("a@b")));
	assert_null(text_rules_url_credentials(view_of_text("https://h/x@y")).bytes);
	assert_null(text_rules_url_credentials(view_of_text("u@h")).bytes);
}

static void test_pairs(void **state)
{
	static const char *const good[] = {
		"a=b", "a=b,c=d", " a = b , c = ", "a=%2C%3d", "a==", "ü=%C3%BC"};
	static const char *const bad[] = {"",      "a",     "a=b,",    ",a=b",  "=b",
					  " =b",   "a=%",   "a=%2",    "a=%zz", "a=%0d%0aX: y",
					  "a=%ff", "a=%00", "a=b,,c=d"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(text_rules_is_pairs(view_of_text(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(text_rules_is_pairs(view_of_text(bad[i])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_printable),   cmocka_unit_test(test_file_name),
		cmocka_unit_test(test_url),         cmocka_unit_test(test_url_cut_anywhere),
		cmocka_unit_test(test_credentials), cmocka_unit_test(test_pairs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
