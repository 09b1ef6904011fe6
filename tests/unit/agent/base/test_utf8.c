/* UTF-8: the borders of every range, cut sequences, and what a terminal must not see. */
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

struct row {
	const char *bytes;
	size_t length, printable;
};

static void test_borders(void **state)
{
	static const struct row rows[] = {{"a", 1, 1},
					  {"\x7f", 1, 0},
					  {"\x1b", 1, 0},
					  {"\x80", 0, 0},
					  {"\xbf", 0, 0},
					  {"\xc0\x80", 0, 0},
					  {"\xc1\xbf", 0, 0},
					  {"\xc2\x80", 2, 0},
					  {"\xc2\x9f", 2, 0},
					  {"\xc2\xa0", 2, 2},
					  {"\xdf\xbf", 2, 2},
					  {"\xc2\xc0", 0, 0},
					  {"\xc2\x7f", 0, 0},
					  {"\xd8\x9c", 2, 0},
					  {"\xd8\x9d", 2, 2},
					  {"\xe0\x9f\xbf", 0, 0},
					  {"\xe0\xa0\x80", 3, 3},
					  {"\xed\x9f\xbf", 3, 3},
					  {"\xed\xa0\x80", 0, 0},
					  {"\xef\xbf\xbf", 3, 3},
					  {"\xf0\x8f\xbf\xbf", 0, 0},
					  {"\xf0\x90\x80\x80", 4, 4},
					  {"\xf4\x8f\xbf\xbf", 4, 4},
					  {"\xf4\x90\x80\x80", 0, 0},
					  {"\xf5\x80\x80\x80", 0, 0},
					  {"\xff", 0, 0},
					  {"\xe2\x80\x8d", 3, 3},
					  {"\xe2\x80\x8e", 3, 0},
					  {"\xe2\x80\x8f", 3, 0},
					  {"\xe2\x80\x90", 3, 3},
					  {"\xe2\x80\xa7", 3, 3},
					  {"\xe2\x80\xa8", 3, 0},
					  {"\xe2\x80\xae", 3, 0},
					  {"\xe2\x80\xaf", 3, 3},
					  {"\xe2\x81\xa5", 3, 3},
					  {"\xe2\x81\xa6", 3, 0},
					  {"\xe2\x81\xa9", 3, 0},
					  {"\xe2\x81\xaa", 3, 3}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct view text = view_of_text(rows[i].bytes);

		assert_int_equal(utf8_sequence_length(text), rows[i].length);
		assert_int_equal(utf8_printable_length(text), rows[i].printable);
		/* Cut anywhere it is no sequence. */
		for (size_t size = 0; size < rows[i].length; size++)
			assert_int_equal(utf8_sequence_length(view_take(text, size)), 0);
	}
	assert_int_equal(utf8_sequence_length(view_of("\0", 1)), 1);
	assert_int_equal(utf8_printable_length(view_of("\0", 1)), 0);
	assert_int_equal(utf8_sequence_length(view_of(NULL, 0)), 0);
}

/* Every three-byte input: length 3 exactly for the well-formed ones, of which there are 61440. */
static void test_all_of_three_bytes(void **state)
{
	unsigned count = 0;

	(void)state;
	for (unsigned i = 0xe00000; i <= 0xefffff; i++) {
		char bytes[3] = {(char)(i >> 16), (char)(i >> 8), (char)i};

		count += utf8_sequence_length(view_of(bytes, 3)) == 3;
	}
	assert_int_equal(count, 65536 - 2048 - 2048);
}

static void test_clean(void **state)
{
	char buffer[8];
	struct view clean = utf8_clean(VIEW_LITERAL("a\xff\xc3\xa9zzz"), buffer, sizeof(buffer));

	(void)state;
	assert_true(view_equals(clean, VIEW_LITERAL("a\xef\xbf\xbd\xc3\xa9")));
	clean = utf8_clean(VIEW_LITERAL("a\xc3\xa9zzz"), buffer, sizeof(buffer));
	assert_true(view_equals(clean, VIEW_LITERAL("a\xc3\xa9zz")));
	clean = utf8_clean(VIEW_LITERAL("abc"), buffer, 4);
	assert_true(view_equals(clean, VIEW_LITERAL("a")));
	clean = utf8_clean((struct view){0}, buffer, 4);
	assert_int_equal(clean.size, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_borders),
		cmocka_unit_test(test_all_of_three_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
