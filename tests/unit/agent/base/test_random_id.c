/* Ids: every size filled, never all zero, all bits used, no two alike. */
#include "base/random_id.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static void test_fills_exactly(void **state)
{
	(void)state;
	for (size_t size = 0; size <= 600; size += size < 20 ? 1 : 97) {
		uint8_t *bytes = calloc(1, size + 1);
		bool is_last_byte_set = size == 0;

		for (int i = 0; i < 64; i++) {
			random_id_fill(bytes, size);
			is_last_byte_set |= size && bytes[size - 1] != 0;
			assert_int_equal(bytes[size], 0);
		}
		assert_true(is_last_byte_set);
		free(bytes);
	}
}

static void test_never_zero(void **state)
{
	uint8_t byte;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		random_id_fill(&byte, 1);
		assert_int_not_equal(byte, 0);
	}
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, 8);
}

static void test_different_and_all_bits(void **state)
{
	static uint8_t ids[10000][8];
	uint8_t ones[8] = {0}, zeroes[8] = {0};

	(void)state;
	for (size_t i = 0; i < 10000; i++) {
		random_id_fill(ids[i], 8);
		for (int j = 0; j < 8; j++) {
			ones[j] |= ids[i][j];
			zeroes[j] |= (uint8_t)~ids[i][j];
		}
	}
	for (int j = 0; j < 8; j++) {
		assert_int_equal(ones[j], 0xff);
		assert_int_equal(zeroes[j], 0xff);
	}
	qsort(ids, 10000, 8, compare);
	for (size_t i = 1; i < 10000; i++)
		assert_memory_not_equal(ids[i], ids[i - 1], 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fills_exactly),
		cmocka_unit_test(test_never_zero),
		cmocka_unit_test(test_different_and_all_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
