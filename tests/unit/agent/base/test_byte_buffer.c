/* Byte buffers: growth, the cap, the first failure that stays. */
#include "base/byte_buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdint.h>

/* An impossible size is to come back as NULL, as it does without the sanitizer. */
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static void test_append(void **state)
{
	struct byte_buffer b;

	(void)state;
	byte_buffer_init(&b, 1000);
	byte_buffer_append(&b, view_of(NULL, 0));
	assert_int_equal(b.size, 0);
	assert_false(b.is_failed);
	byte_buffer_append_text(&b, "ab");
	byte_buffer_append_byte(&b, '\0');
	byte_buffer_append(&b, VIEW_LITERAL("cd"));
	byte_buffer_append_format(&b, "%d%s", 12, "x");
	assert_true(view_equals(byte_buffer_view(&b), VIEW_LITERAL("ab\0cd12x")));
	byte_buffer_done(&b);
	assert_null(b.bytes);
	assert_int_equal(b.max_bytes, 1000);
	byte_buffer_done(&b);
}

static void test_every_size_up_to_the_cap(void **state)
{
	(void)state;
	for (size_t max = 0; max < 700; max += 61) {
		struct byte_buffer b;

		byte_buffer_init(&b, max);
		for (size_t i = 0; i < max; i++)
			byte_buffer_append_byte(&b, (char)i);
		assert_false(b.is_failed);
		assert_int_equal(b.size, max);
		byte_buffer_append_byte(&b, 'x');
		assert_true(b.is_failed);
		assert_int_equal(b.size, max);
		for (size_t i = 0; i < max; i++)
			assert_int_equal(b.bytes[i], (char)i);
		byte_buffer_done(&b);
	}
}

static void test_failure_stays_until_cleared(void **state)
{
	struct byte_buffer b;

	(void)state;
	byte_buffer_init(&b, 4);
	byte_buffer_append_text(&b, "abc");
	byte_buffer_append_text(&b, "de");
	byte_buffer_append_text(&b, "f"); /* would fit, but comes after a failure */
	assert_true(b.is_failed);
	assert_true(view_equals(byte_buffer_view(&b), VIEW_LITERAL("abc")));
	byte_buffer_clear(&b);
	byte_buffer_append_text(&b, "wxyz");
	assert_false(b.is_failed);
	assert_true(view_equals(byte_buffer_view(&b), VIEW_LITERAL("wxyz")));
	byte_buffer_done(&b);
}

static void test_long_format(void **state)
{
	struct byte_buffer b;

	(void)state;
	byte_buffer_init(&b, 5000);
	byte_buffer_append_text(&b, "<");
	byte_buffer_append_format(&b, "%0*d", 3000, 1);
	byte_buffer_append_text(&b, ">");
	assert_false(b.is_failed);
	assert_int_equal(b.size, 3002);
	assert_int_equal(b.bytes[3000], '1');
	assert_int_equal(b.bytes[3001], '>');
	byte_buffer_append_format(&b, "%0*d", 3000, 1);
	assert_true(b.is_failed);
	assert_int_equal(b.size, 3002);
	byte_buffer_done(&b);
}

static void test_reserve_and_consume(void **state)
{
	struct byte_buffer b;
	char *room;

	(void)state;
	byte_buffer_init(&b, SIZE_MAX);
	room = byte_buffer_reserve(&b, 600);
	assert_non_null(room);
	memset(room, 'a', 600);
	assert_int_equal(b.size, 0);
	b.size += 600;
	byte_buffer_append_text(&b, "xyz");
	byte_buffer_consume(&b, 601);
	assert_int_equal(b.size, 2);
	assert_memory_equal(b.bytes, "yz", 2);
	byte_buffer_consume(&b, 0);
	assert_int_equal(b.size, 2);
	byte_buffer_consume(&b, SIZE_MAX);
	assert_int_equal(b.size, 0);
	byte_buffer_consume(&b, 1);
	assert_null(byte_buffer_reserve(&b, SIZE_MAX / 2 +
						    2)); /* no memory, but no endless loop either */
	assert_true(b.is_failed);
	byte_buffer_done(&b);
	byte_buffer_consume(&b, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_append),
		cmocka_unit_test(test_every_size_up_to_the_cap),
		cmocka_unit_test(test_failure_stays_until_cleared),
		cmocka_unit_test(test_long_format),
		cmocka_unit_test(test_reserve_and_consume),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
