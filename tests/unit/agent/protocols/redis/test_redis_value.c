/* Elements, one by one and skipped with all they contain. */
#include "cmocka_test.h"

#include "protocols/redis/redis_value.h"

static enum parse_result read_text(const char *text, struct redis_value *ret)
{
	struct view copy = exact_copy(view_of_text(text));
	enum parse_result result = redis_value_read(copy, ret);

	free_copy(copy);
	return result;
}

static void reads_every_type(void **state)
{
	static const struct {
		const char *text;
		size_t line_size;
		uint64_t payload_size, children;
		int64_t number;
	} cases[] = {
		{"+OK\r\n", 5, 0, 0, 0},   {"-ERR x\r\n", 8, 0, 0, 0}, {":-12\r\n", 6, 0, 0, -12},
		{"$3\r\n", 4, 5, 0, 3},    {"$-1\r\n", 5, 0, 0, -1},   {"$0\r\n", 4, 2, 0, 0},
		{"*2\r\n", 4, 0, 2, 2},    {"*-1\r\n", 5, 0, 0, -1},   {"%2\r\n", 4, 0, 4, 2},
		{"~2\r\n", 4, 0, 2, 2},    {">2\r\n", 4, 0, 2, 2},     {"|1\r\n", 4, 0, 2, 1},
		{"_\r\n", 3, 0, 0, 0},     {"#t\r\n", 4, 0, 0, 0},     {",3.14\r\n", 7, 0, 0, 0},
		{"(1234\r\n", 7, 0, 0, 0}, {"!5\r\n", 4, 7, 0, 5},     {"=5\r\n", 4, 7, 0, 5},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct redis_value value;

		assert_int_equal(read_text(cases[i].text, &value), PARSE_DONE);
		assert_int_equal(value.type, cases[i].text[0]);
		assert_int_equal(value.line_size, cases[i].line_size);
		assert_int_equal(value.payload_size, cases[i].payload_size);
		assert_int_equal(value.children, cases[i].children);
		assert_int_equal(value.number, cases[i].number);
		for (size_t cut = 0; cut < strlen(cases[i].text); cut++) {
			struct view part = exact_copy(view_of(cases[i].text, cut));

			assert_int_equal(redis_value_read(part, &value), PARSE_NEED_MORE);
			free_copy(part);
		}
	}
}

static void refuses_what_is_none(void **state)
{
	static const char *const texts[] = {
		"x\r\n",
		"$x\r\n",
		"$-2\r\n",
		"%-1\r\n",
		"!-1\r\n",
		"$536870913\r\n",
		"*536870913\r\n",
		"_x\r\n",
		"#x\r\n",
		",\r\n",
		":\r\n",
		":1x\r\n",
		":--1\r\n",
		"+OK\rx",
		"$12345678901234567890123",
		":99999999999999999999\r\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct redis_value value;

		assert_int_equal(read_text(texts[i], &value), PARSE_INVALID);
	}
}

static void reads_short_texts(void **state)
{
	struct view text;
	size_t size;

	(void)state;
	assert_int_equal(redis_value_read_text(VIEW_LITERAL("$3\r\nabcX\n"), 3, &text, &size),
			 PARSE_INVALID);
	assert_int_equal(redis_value_read_text(VIEW_LITERAL("$3\r\nabc\r\n+x"), 3, &text, &size),
			 PARSE_DONE);
	assert_view(text, "abc");
	assert_int_equal(size, 9);
	assert_int_equal(redis_value_read_text(VIEW_LITERAL("+abc\r\n"), 3, &text, &size),
			 PARSE_DONE);
	assert_view(text, "abc");
	assert_int_equal(redis_value_read_text(VIEW_LITERAL("$3\r\nabc\r"), 3, &text, &size),
			 PARSE_NEED_MORE);
	assert_int_equal(redis_value_read_text(VIEW_LITERAL("$4\r\n"), 3, &text, &size),
			 PARSE_INVALID);
	assert_int_equal(redis_value_read_text(VIEW_LITERAL(":4\r\n"), 3, &text, &size),
			 PARSE_INVALID);
	assert_int_equal(redis_value_read_text(VIEW_LITERAL("$-1\r\n"), 3, &text, &size),
			 PARSE_INVALID);
}

static void skips_without_recursion(void **state)
{
	char deep[4 * 5000];
	uint64_t left = 1, skip;
	int64_t number = 0;
	size_t used;

	(void)state;
	for (size_t i = 0; i < sizeof(deep); i += 4)
		memcpy(deep + i, "*1\r\n", 4);
	assert_int_equal(
		redis_value_skip(view_of(deep, sizeof(deep)), &left, &used, &skip, &number),
		PARSE_NEED_MORE);
	assert_int_equal(used, sizeof(deep));
	assert_int_equal(left, 1);
	assert_int_equal(
		redis_value_skip(VIEW_LITERAL(":5\r\n:6\r\n"), &left, &used, &skip, &number),
		PARSE_DONE);
	assert_int_equal(used, 4);
	assert_int_equal(left, 0);
	assert_int_equal(number, 5);
}

static void skips_strings_by_their_length(void **state)
{
	uint64_t left = 1, skip;
	int64_t number = 0;
	size_t used;

	(void)state;
	assert_int_equal(
		redis_value_skip(VIEW_LITERAL("*2\r\n$10\r\nabc"), &left, &used, &skip, &number),
		PARSE_DONE);
	assert_int_equal(left, 1);
	assert_int_equal(used, 12);
	assert_int_equal(skip, 9);
	assert_int_equal(
		redis_value_skip(VIEW_LITERAL("$3\r\nabcde"), &left, &used, &skip, &number),
		PARSE_INVALID);
	left = MAX_REDIS_ELEMENTS;
	assert_int_equal(redis_value_skip(VIEW_LITERAL("*9\r\n"), &left, &used, &skip, &number),
			 PARSE_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_type),
		cmocka_unit_test(refuses_what_is_none),
		cmocka_unit_test(reads_short_texts),
		cmocka_unit_test(skips_without_recursion),
		cmocka_unit_test(skips_strings_by_their_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
