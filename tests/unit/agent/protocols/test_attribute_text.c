/* Whatever goes in, one line of valid UTF-8 within the limit comes out. */
#include "cmocka_test.h"

#include "base/arena.h"
#include "base/utf8.h"
#include "protocols/attribute_text.h"

static void assert_clean(struct view text, size_t size, const char *wanted)
{
	struct view copy = exact_copy(text);
	char *buffer = malloc(size + 1);

	assert_view(attribute_text_clean(copy, buffer, size), wanted);
	free(buffer);
	free_copy(copy);
}

static void cleans(void **state)
{
	(void)state;
	assert_clean(VIEW_LITERAL("plain ~ text"), 100, "plain ~ text");
	assert_clean(VIEW_LITERAL(""), 100, "");
	assert_clean(VIEW_LITERAL("caf\xc3\xa9"), 100, "caf\xc3\xa9");
	assert_clean(VIEW_LITERAL("a\xff\xc3"), 100, "a\xef\xbf\xbd\xef\xbf\xbd");
	assert_clean(VIEW_LITERAL("\xed\xa0\x80"), 100, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	assert_clean(VIEW_LITERAL("a\0b\x1b[0m\x7f"), 100,
		     "a\xef\xbf\xbd"
		     "b\xef\xbf\xbd[0m\xef\xbf\xbd");
	assert_clean(VIEW_LITERAL("a \r\n\t b\tc"), 100, "a b\tc");
}

static void cuts_between_characters(void **state)
{
	(void)state;
	assert_clean(VIEW_LITERAL("abcdef"), 4, "abcd");
	assert_clean(VIEW_LITERAL("abc\xc3\xa9"), 4, "abc");
	assert_clean(VIEW_LITERAL("abc\xff"), 5, "abc");
	assert_clean(VIEW_LITERAL("abc"), 0, "");
}

static void is_always_valid(void **state)
{
	unsigned int seed = 7;
	char bytes[40], buffer[32];

	(void)state;
	for (int round = 0; round < 20000; round++) {
		struct view text;

		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (char)(rand_r(&seed) >> 5);
		text = attribute_text_clean(view_of(bytes, sizeof(bytes)), buffer, sizeof(buffer));
		assert_in_range(text.size, 1, sizeof(buffer));
		while (text.size) {
			assert_true(text.bytes[0] == '\t' || (unsigned char)text.bytes[0] >= 0x20);
			assert_in_range(utf8_sequence_length(text), 1, 4);
			text = view_skip(text, utf8_sequence_length(text));
		}
	}
}

static void sets_attributes(void **state)
{
	struct attribute_list list = {0};
	struct arena arena;
	char large[4000];

	(void)state;
	arena_init(&arena, 65536);
	memset(large, 'x', sizeof(large));
	attribute_text_set(&list, &arena, "k", view_of(large, sizeof(large)), 5);
	assert_view(attribute_string(&list, "k"), "xxxxx");
	attribute_text_set(&list, &arena, "k", view_of(large, sizeof(large)), SIZE_MAX);
	assert_int_equal(attribute_string(&list, "k").size, MAX_ATTRIBUTE_TEXT_BYTES);
	arena_done(&arena);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(cleans),
		cmocka_unit_test(cuts_between_characters),
		cmocka_unit_test(is_always_valid),
		cmocka_unit_test(sets_attributes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
