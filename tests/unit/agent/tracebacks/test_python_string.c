/* Strings as CPython keeps them, byte for byte what Python prints of them. */
#include "cmocka_test.h"

#include "tracebacks/python_string.h"

#define STATE(kind, is_ascii)                                                                      \
	((kind) << 2 | PYTHON_TEXT_IS_COMPACT | ((is_ascii) ? PYTHON_TEXT_IS_ASCII : 0))

static struct arena arena;

static void check(uint32_t state, const void *bytes, size_t size, uint64_t length,
		  const char *expected)
{
	struct python_text text = {.length = length, .state = state, .captured = (uint32_t)size};
	bool is_cut;
	struct view found =
		python_string_decode(&arena, &text, view_of((const char *)bytes, size), &is_cut);

	assert_true(view_equals(found, view_of_text(expected)));
	assert_int_equal(is_cut, (state & PYTHON_TEXT_IS_COMPACT) && (state >> 2 & 7) &&
					 (state >> 2 & 7) != 3 && size / (state >> 2 & 7) < length);
}

static void test_kinds(void **state)
{
	const uint16_t halves[] = {0x6570, 'a', 0x7ff, 0xdc80, 0xffff};
	const uint32_t wholes[] = {0x1f389, 'b', 0x10ffff, 0x110000};

	(void)state;
	arena_init(&arena, 1 << 20);
	check(STATE(1, true), "plain", 5, 5, "plain");
	check(STATE(1, false),
	      "Gr\xf6\xdf"
	      "e",
	      5, 5, "Größe");
	check(STATE(2, false), halves, sizeof(halves), 5, "数a\xdf\xbf\\udc80\xef\xbf\xbf");
	check(STATE(4, false), wholes, sizeof(wholes), 4, "🎉b\xf4\x8f\xbf\xbf\xef\xbf\xbd");
	check(STATE(1, true), "", 0, 0, "");
	/* Cut, also in the middle of a unit; longer than it says. */
	check(STATE(1, true), "plain", 5, 9, "plain");
	check(STATE(2, false), halves, 3, 5, "数");
	check(STATE(1, true), "plain", 5, 2, "pl");
	/* Not such strings. */
	check(1 << 2, "plain", 5, 5, "");
	check(STATE(0, true), "plain", 5, 5, "");
	check(STATE(3, true), "plain", 5, 5, "");
	arena_done(&arena);
}

static void quote(const char *text, const char *expected)
{
	assert_true(view_equals(python_string_quote(&arena, view_of_text(text)),
				view_of_text(expected)));
}

static void test_quotes(void **state)
{
	(void)state;
	arena_init(&arena, 1 << 20);
	quote("key", "'key'");
	quote("", "''");
	quote("it's", "\"it's\"");
	quote("it's \"so\"", "'it\\'s \"so\"'");
	quote("a\nb\\\t\r\x1b\x7f", "'a\\nb\\\\\\t\\r\\x1b\\x7f'");
	quote("Größe", "'Größe'");
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_quotes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
