/* The content index: finds what was added, nothing else, through every growth. */
#include "base/content_index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

static bool is_same_number(const void *owner, const void *wanted, uint32_t id)
{
	return ((const uint64_t *)owner)[id] == *(const uint64_t *)wanted;
}

static uint32_t find(const struct content_index *index, const uint64_t *numbers, uint64_t number)
{
	struct content_question question = {is_same_number, numbers, &number};

	return content_index_find(index, content_index_hash(index, 0, &number, sizeof(number)),
				  &question);
}

static void test_found_through_growth(void **state)
{
	static uint64_t numbers[5000];
	struct content_index index;

	(void)state;
	content_index_init(&index);
	assert_int_equal(find(&index, numbers, 7), NO_CONTENT);
	for (uint32_t i = 0; i < 5000; i++) {
		numbers[i] = i * 4096ull;
		assert_int_equal(find(&index, numbers, numbers[i]), NO_CONTENT);
		assert_int_equal(
			content_index_add(&index, content_index_hash(&index, 0, &numbers[i], 8), i),
			0);
	}
	for (uint32_t i = 0; i < 5000; i++)
		assert_int_equal(find(&index, numbers, i * 4096ull), i);
	assert_int_equal(find(&index, numbers, 1), NO_CONTENT);
	assert_int_equal(index.count, 5000);
	assert_int_equal(index.slots_count, 8192);
	assert_int_equal(content_index_bytes(&index), 8192 * 8);
	content_index_done(&index);
	assert_int_equal(content_index_bytes(&index), 0);
	content_index_done(&index);
}

static bool is_never_same(const void *owner, const void *wanted, uint32_t id)
{
	(void)owner;
	(void)wanted;
	(void)id;
	return false;
}

static void test_same_hash_is_not_same_content(void **state)
{
	uint64_t numbers[] = {10, 20, 30}, wanted = 30;
	struct content_question question = {is_same_number, numbers, &wanted};
	struct content_question never = {is_never_same, NULL, NULL};
	struct content_index index;

	(void)state;
	content_index_init(&index);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(content_index_add(&index, 99, i), 0);
	assert_int_equal(content_index_find(&index, 99, &question), 2);
	assert_int_equal(content_index_find(&index, 99, &never), NO_CONTENT);
	content_index_done(&index);
}

static void test_hash_of_parts(void **state)
{
	struct content_index a, b;

	(void)state;
	content_index_init(&a);
	content_index_init(&b);
	assert_true(content_index_hash(&a, 0, "abc", 3) == content_index_hash(&a, 0, "abc", 3));
	assert_true(content_index_hash(&a, 0, "abc", 3) != content_index_hash(&a, 1, "abc", 3));
	assert_true(content_index_hash(&a, 0, "abc", 3) != content_index_hash(&a, 0, "abd", 3));
	/* Padding with zeros is another content. */
	assert_true(content_index_hash(&a, 0, "abc\0", 3) != content_index_hash(&a, 0, "abc\0", 4));
	/* Nobody outside can choose texts that collide. */
	assert_true(content_index_hash(&a, 0, "abc", 3) != content_index_hash(&b, 0, "abc", 3));
	content_index_done(&a);
	content_index_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found_through_growth),
		cmocka_unit_test(test_same_hash_is_not_same_content),
		cmocka_unit_test(test_hash_of_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
