/* Arenas: alignment, zeroing, the cap, copies that stay. */
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdint.h>

static void test_aligned_and_zeroed(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena, 1 << 20);
	assert_null(arena.blocks);
	for (size_t size = 0; size < 300; size++) {
		unsigned char *bytes = arena_allocate(&arena, size);

		assert_non_null(bytes);
		assert_int_equal((uintptr_t)bytes % 8, 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(bytes[i], 0);
		memset(bytes, 0xff, size);
	}
	assert_false(arena.is_full);
	arena_done(&arena);
	assert_null(arena.blocks);
	assert_int_equal(arena.max_bytes, 1 << 20);
	assert_non_null(arena_allocate(&arena, 1)); /* usable again */
	arena_done(&arena);
	arena_done(&arena);
}

static void test_cap(void **state)
{
	struct arena arena;
	size_t total = 0;

	(void)state;
	arena_init(&arena, 10000);
	while (arena_allocate(&arena, 64))
		total += 64;
	assert_true(arena.is_full);
	assert_in_range(total, 9000, 10000);
	assert_true(arena.used_bytes <= 10000);
	arena_done(&arena);
	assert_false(arena.is_full);
	assert_non_null(arena_allocate(&arena, 10000));
	assert_null(arena_allocate(&arena, 1));
	arena_done(&arena);
	assert_null(arena_allocate(&arena, 10001));
	assert_true(arena.is_full);
	arena_done(&arena);
	assert_null(arena_allocate(&arena, SIZE_MAX));
	assert_true(arena.is_full);
	arena_done(&arena);
	arena_init(&arena, SIZE_MAX);
	assert_null(arena_allocate(&arena, SIZE_MAX));
	assert_null(arena_allocate(&arena, SIZE_MAX - 15));
	arena_done(&arena);
}

static void test_large_blocks(void **state)
{
	struct arena arena;
	unsigned char *large;

	(void)state;
	arena_init(&arena, 1 << 24);
	large = arena_allocate(&arena, 1 << 20);
	assert_non_null(large);
	assert_int_equal(large[(1 << 20) - 1], 0);
	assert_non_null(arena_allocate(&arena, 8));
	arena_done(&arena);
}

static void test_copy(void **state)
{
	struct arena arena;
	char text[] = "hello";
	struct view copy;

	(void)state;
	arena_init(&arena, 4096);
	copy = arena_copy(&arena, view_of(text, 5));
	text[0] = 'j';
	assert_true(view_equals(copy, VIEW_LITERAL("hello")));
	assert_int_equal(copy.bytes[5], '\0');
	copy = arena_copy(&arena, view_of(NULL, 0));
	assert_non_null(copy.bytes);
	assert_int_equal(copy.size, 0);
	assert_null(arena_copy(&arena, view_of(text, SIZE_MAX)).bytes);
	arena_done(&arena);
}

static void test_format(void **state)
{
	struct arena arena;
	struct view text;

	(void)state;
	arena_init(&arena, 4096);
	text = arena_format(&arena, "%s-%d", "a", 7);
	assert_string_equal(text.bytes, "a-7");
	assert_int_equal(text.size, 3);
	text = arena_format(&arena, "%0*d", 2000, 1); /* not cut at any hidden size */
	assert_int_equal(text.size, 2000);
	assert_int_equal(text.bytes[1999], '1');
	assert_null(arena_format(&arena, "%0*d", 4000, 1).bytes);
	assert_true(arena.is_full);
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_aligned_and_zeroed),
		cmocka_unit_test(test_cap),
		cmocka_unit_test(test_large_blocks),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
