/* The hash map: growth, the cap, removal while walking, reuse of entries, order of age, odd key
 * sizes. */
#include "base/hash_map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

static struct hash_map *new_map(size_t max_entries)
{
	struct hash_map *map;

	assert_int_equal(hash_map_new(&map, sizeof(uint64_t), sizeof(uint64_t), max_entries), 0);
	return map;
}

static uint64_t *add(struct hash_map *map, uint64_t key, bool *is_new)
{
	return hash_map_add(map, &key, is_new);
}

static uint64_t *find(const struct hash_map *map, uint64_t key)
{
	return hash_map_find(map, &key);
}

static bool remove_key(struct hash_map *map, uint64_t key)
{
	return hash_map_remove(map, &key);
}

static void test_add_find_remove(void **state)
{
	struct hash_map *map = new_map(10);
	bool is_new;
	uint64_t *value;

	(void)state;
	assert_null(find(map, 1));
	assert_null(hash_map_oldest(map));
	value = add(map, 1, &is_new);
	assert_true(is_new);
	assert_int_equal(*value, 0);
	*value = 11;
	assert_ptr_equal(add(map, 1, &is_new), value);
	assert_false(is_new);
	assert_ptr_equal(find(map, 1), value);
	assert_int_equal(*(const uint64_t *)hash_map_key(map, value), 1);
	assert_int_equal(hash_map_count(map), 1);
	assert_true(remove_key(map, 1));
	assert_false(remove_key(map, 1));
	assert_int_equal(hash_map_count(map), 0);
	value = add(map, 2, NULL);
	assert_int_equal(*value, 0); /* the entry is used again, its old value is not */
	hash_map_free(&map);
	assert_null(map);
	hash_map_free(&map);
}

static void test_cap(void **state)
{
	struct hash_map *map = new_map(3);
	bool is_new;

	(void)state;
	for (uint64_t i = 0; i < 3; i++)
		assert_non_null(add(map, i, NULL));
	assert_null(add(map, 3, NULL));
	assert_non_null(add(map, 2, &is_new)); /* already there: not refused */
	assert_false(is_new);
	assert_true(remove_key(map, 0));
	assert_non_null(add(map, 3, NULL));
	assert_null(add(map, 4, NULL));
	assert_int_equal(hash_map_count(map), 3);
	hash_map_free(&map);
	map = new_map(0);
	assert_null(add(map, 1, NULL));
	hash_map_free(&map);
}

/* Values never move while the table grows around them. */
static void test_growth(void **state)
{
	enum { COUNT = 20000 };
	static uint64_t *values[COUNT];
	struct hash_map *map = new_map(COUNT);

	(void)state;
	for (uint64_t i = 0; i < COUNT; i++) {
		values[i] = add(map, i * 4096, NULL);
		*values[i] = i;
	}
	for (uint64_t i = 0; i < COUNT; i++) {
		assert_ptr_equal(find(map, i * 4096), values[i]);
		assert_int_equal(*values[i], i);
		assert_null(find(map, i * 4096 + 1));
	}
	for (uint64_t i = 0; i < COUNT; i += 2)
		assert_true(remove_key(map, i * 4096));
	for (uint64_t i = 0; i < COUNT; i++)
		assert_ptr_equal(find(map, i * 4096), i % 2 ? values[i] : NULL);
	hash_map_free(&map);
}

/* Whatever subset goes while walking, each entry is seen once, in order. */
static void test_removal_while_walking(void **state)
{
	(void)state;
	for (unsigned subset = 0; subset < 64; subset++) {
		struct hash_map *map = new_map(6);
		void *cursor = NULL;
		uint64_t *value, next = 0;

		for (uint64_t i = 0; i < 6; i++)
			*add(map, i, NULL) = i;
		while ((value = hash_map_next(map, &cursor))) {
			assert_int_equal(*value, next);
			if (subset >> next & 1)
				assert_true(remove_key(map, next));
			next++;
		}
		assert_int_equal(next, 6);
		assert_null(hash_map_next(map, &cursor)); /* finished stays finished */
		assert_int_equal(hash_map_count(map), 6 - __builtin_popcount(subset));
		for (uint64_t i = 0; i < 6; i++)
			assert_int_equal(find(map, i) != NULL, !(subset >> i & 1));
		hash_map_free(&map);
	}
}

static void test_age_and_touch(void **state)
{
	struct hash_map *map = new_map(4);

	(void)state;
	for (uint64_t i = 0; i < 4; i++)
		*add(map, i, NULL) = i;
	assert_int_equal(*(uint64_t *)hash_map_oldest(map), 0);
	hash_map_touch(map, find(map, 0));
	assert_int_equal(*(uint64_t *)hash_map_oldest(map), 1);
	hash_map_touch(map, find(map, 2)); /* from the middle */
	hash_map_touch(map, find(map, 2)); /* the newest already */
	assert_true(remove_key(map, 1));
	assert_int_equal(*(uint64_t *)hash_map_oldest(map), 3);
	assert_true(remove_key(map, 3));
	assert_int_equal(*(uint64_t *)hash_map_oldest(map), 0);
	assert_true(remove_key(map, 0));
	assert_int_equal(*(uint64_t *)hash_map_oldest(map), 2);
	assert_true(remove_key(map, 2));
	assert_null(hash_map_oldest(map));
	hash_map_free(&map);
}

/* Evict-oldest as the tables do it, for long: no growth, always the last ones in. */
static void test_steady_state(void **state)
{
	struct hash_map *map = new_map(100);

	(void)state;
	for (uint64_t i = 0; i < 50000; i++) {
		if (hash_map_count(map) == 100)
			assert_true(hash_map_remove(map, hash_map_key(map, hash_map_oldest(map))));
		*add(map, i, NULL) = i;
	}
	for (uint64_t i = 49900; i < 50000; i++)
		assert_int_equal(*find(map, i), i);
	assert_null(find(map, 49899));
	hash_map_free(&map);
}

static void test_odd_sizes(void **state)
{
	(void)state;
	for (size_t key_size = 1; key_size <= 40; key_size++) {
		struct hash_map *map;
		char key[40] = {0};

		assert_int_equal(hash_map_new(&map, key_size, key_size % 11, 200), 0);
		for (int i = 0; i < 100; i++) {
			bool is_new;
			void *value;

			key[key_size - 1] = (char)i;
			value = hash_map_add(map, key, &is_new);
			assert_true(is_new);
			assert_int_equal((uintptr_t)value % 8, 0);
			memset(value, 0xff, key_size % 11);
			assert_memory_equal(hash_map_key(map, value), key, key_size);
		}
		assert_int_equal(hash_map_count(map), 100);
		hash_map_free(&map);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add_find_remove),
		cmocka_unit_test(test_cap),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_removal_while_walking),
		cmocka_unit_test(test_age_and_touch),
		cmocka_unit_test(test_steady_state),
		cmocka_unit_test(test_odd_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
