/* Tables of real code objects of each version, every instruction of them (tests/goldens/
 * python_lines/make_vectors.py), and bytes that are none. */
#include "cmocka_test.h"

#include <stdio.h>
#include <stdlib.h>
#include "tracebacks/python_line_table.h"

#define MAX_LINE_BYTES 65536

static size_t read_hex(const char *text, char *bytes)
{
	size_t size = 0;
	unsigned int byte;

	while (sscanf(text + 2 * size, "%2x", &byte) == 1 && text[2 * size] != ' ')
		bytes[size++] = (char)byte;
	return size;
}

/* Returns how many instructions were looked at. */
static uint32_t check_code(uint32_t minor, char *text)
{
	static char table[MAX_LINE_BYTES];
	char *place = strchr(text, ' ') + 1, *pair, *state = place;
	uint32_t first = (uint32_t)atoi(text), line = 0, at = 0, count = 0;
	size_t size = read_hex(place, table);

	/* An empty table is no word. */
	if (*place != ' ')
		(void)strtok_r(NULL, " \n", &state);
	while ((pair = strtok_r(NULL, " \n", &state))) {
		uint32_t next = (uint32_t)atoi(pair);

		for (; at < next; at += 2, count++)
			assert_int_equal(python_line_table_find(minor, view_of(table, size), size,
								first, at),
					 line);
		line = (uint32_t)atoi(strchr(pair, ':') + 1);
	}
	return count;
}

static void test_real_tables(void **state)
{
	char path[64], text[MAX_LINE_BYTES];

	(void)state;
	for (uint32_t minor = 8; minor <= 13; minor++) {
		uint32_t codes = 0, instructions = 0;
		FILE *file;

		(void)snprintf(path, sizeof(path), "tests/goldens/python_lines/3.%u.txt", minor);
		file = fopen(path, "r");
		assert_non_null(file);
		for (; fgets(text, sizeof(text), file); codes++)
			instructions += check_code(minor, text);
		(void)fclose(file);
		assert_true(codes > 30 && instructions > 1500);
	}
}

static uint32_t find(uint32_t minor, struct view table, uint32_t instruction)
{
	return python_line_table_find(minor, table, table.size, 10, instruction);
}

/* A table of which only the beginning is there: right, or unknown. */
static void test_cut_tables(void **state)
{
	/* kinds: short 1, one line 11, no columns +2, long +3, none */
	static const char entries[] = "\x89\x01\xd9\x01\x02\xe8\x04\xf0\x06\x01\x01\x01\xf8";
	static const uint32_t lines[] = {10, 10, 11, 11, 13, 16, 0, 0};
	struct view table = view_of(entries, sizeof(entries) - 1);

	(void)state;
	for (uint32_t i = 0; i < 8; i++)
		assert_int_equal(find(11, table, 2 * i), lines[i]);
	for (size_t size = 0; size < table.size; size++)
		for (uint32_t i = 0; i < 8; i++) {
			uint32_t line = python_line_table_find(12, view_take(table, size),
							       table.size, 10, 2 * i);

			assert_true(line == 0 || line == lines[i]);
		}
	/* Until 3.9 an instruction beyond what is there may be anywhere. */
	assert_int_equal(python_line_table_find(8, VIEW_LITERAL("\4\1"), 2, 10, 100), 11);
	assert_int_equal(python_line_table_find(8, VIEW_LITERAL("\4\1"), 4, 10, 100), 0);
	assert_int_equal(python_line_table_find(9, VIEW_LITERAL("\4\1"), 4, 10, 2), 10);
	/* 3.10: a range without a line; beyond the end. */
	assert_int_equal(find(10, VIEW_LITERAL("\2\1\2\x80\2\1"), 0), 11);
	assert_int_equal(find(10, VIEW_LITERAL("\2\1\2\x80\2\1"), 2), 0);
	assert_int_equal(find(10, VIEW_LITERAL("\2\1\2\x80\2\1"), 4), 12);
	assert_int_equal(find(10, VIEW_LITERAL("\2\1\2\x80\2\1"), 6), 0);
}

static void test_garbage(void **state)
{
	unsigned int seed = 1;
	char bytes[64];

	(void)state;
	for (int round = 0; round < 20000; round++) {
		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (char)(rand_r(&seed) >> 4);
		for (uint32_t minor = 7; minor < 15; minor++)
			(void)python_line_table_find(minor, view_of(bytes, (size_t)round % 64),
						     (uint64_t)round, UINT32_MAX - 3,
						     (uint32_t)round % 300);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real_tables),
		cmocka_unit_test(test_cut_tables),
		cmocka_unit_test(test_garbage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
