/* Lines by number, however they end; copies that are valid text of bounded size. */
#include "cmocka_test.h"
#include "exceptions/source_lines.h"

static struct arena arena;

static int begin(void **state)
{
	(void)state;
	arena_init(&arena, 1 << 20);
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static void test_ends(void **state)
{
	struct view text = exact_copy(view_of_text("one\r\n\ttwo  \n\nfour\rx\n\r\nsix"));
	static const char *const wanted[] = {"one", "\ttwo  ", "", "four\rx", "", "six"};
	struct source_lines lines;
	struct view line;

	(void)state;
	source_lines_index(&lines, text);
	assert_int_equal(lines.count, 6);
	for (uint32_t i = 0; i < 6; i++) {
		assert_true(source_lines_find(&lines, i + 1, &line));
		assert_view(line, wanted[i]);
	}
	assert_false(source_lines_find(&lines, 0, &line));
	assert_false(source_lines_find(&lines, 7, &line));
	assert_false(source_lines_find(&lines, UINT32_MAX, &line));
	free_copy(text);
}

static void test_empty(void **state)
{
	struct source_lines lines;
	struct view line;

	(void)state;
	source_lines_index(&lines, (struct view){0});
	assert_int_equal(lines.count, 0);
	assert_false(source_lines_find(&lines, 1, &line));
	source_lines_index(&lines, VIEW_LITERAL("\n"));
	assert_int_equal(lines.count, 1);
	assert_true(source_lines_find(&lines, 1, &line));
	assert_view(line, "");
}

/* More lines than marks, by one and by many. */
static void test_many(void **state)
{
	static const uint32_t counts[] = {MAX_SOURCE_MARKS - 1, MAX_SOURCE_MARKS,
					  MAX_SOURCE_MARKS + 1, 100000};

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		char *text = malloc((size_t)counts[i] * 8 + 16), number[16];
		struct source_lines lines;
		struct view line;

		for (uint32_t k = 0; k < counts[i]; k++)
			(void)snprintf(text + (size_t)k * 8, 16, "%07u\n", (k + 1) % 10000000);
		source_lines_index(&lines, view_of(text, (size_t)counts[i] * 8));
		assert_int_equal(lines.count, counts[i]);
		for (uint32_t k = 1; k <= counts[i]; k += k < 600 ? 1 : 997) {
			(void)snprintf(number, sizeof(number), "%07u", k);
			assert_true(source_lines_find(&lines, k, &line));
			assert_view(line, number);
		}
		assert_true(source_lines_find(&lines, counts[i], &line));
		assert_false(source_lines_find(&lines, counts[i] + 1, &line));
		free(text);
	}
}

static void test_copies(void **state)
{
	char line[2000];

	(void)state;
	assert_view(source_lines_copy(VIEW_LITERAL("\tpanic(\"x\")"), &arena), "\tpanic(\"x\")");
	assert_view(source_lines_copy(VIEW_LITERAL("caf\xe9 \xc3\xa9 \xff"), &arena),
		    "caf\xef\xbf\xbd \xc3\xa9 \xef\xbf\xbd");
	assert_view(source_lines_copy(VIEW_LITERAL("\xe2\x82"), &arena),
		    "\xef\xbf\xbd\xef\xbf\xbd");
	memset(line, 'x', sizeof(line));
	assert_int_equal(source_lines_copy(view_of(line, 1024), &arena).size, 1024);
}

/* A character is not cut in two. */
static void test_cut(void **state)
{
	char line[2048], wanted[1100];
	struct view copy;

	(void)state;
	memset(line, 'x', sizeof(line));
	memset(wanted, 'x', 1021);
	strcpy(wanted + 1021, "...");
	assert_view(source_lines_copy(view_of(line, 1025), &arena), wanted);
	line[1020] = '\xc3';
	line[1021] = '\xa9';
	strcpy(wanted + 1020, "...");
	assert_view(source_lines_copy(view_of(line, sizeof(line)), &arena), wanted);
	copy = source_lines_copy(view_of(line, 1024), &arena);
	assert_int_equal(copy.size, 1024);
	assert_memory_equal(copy.bytes, line, 1024);
}

static void test_arena_full(void **state)
{
	struct arena small;

	(void)state;
	arena_init(&small, 1);
	assert_null(source_lines_copy(VIEW_LITERAL("some text longer than that"), &small).bytes);
	arena_done(&small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_many),
		cmocka_unit_test_setup_teardown(test_copies, begin, end),
		cmocka_unit_test_setup_teardown(test_cut, begin, end),
		cmocka_unit_test(test_arena_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
