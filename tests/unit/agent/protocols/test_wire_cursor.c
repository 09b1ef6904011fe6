/* Numbers and counted texts, and what follows once something does not fit. */
#include "cmocka_test.h"

#include "protocols/wire_cursor.h"

static void reads_numbers(void **state)
{
	struct view bytes = exact_copy(VIEW_LITERAL("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b"
						    "\x0c\x0d\x0e\x0f\x03"
						    "abc"));
	struct wire_cursor cursor = wire_cursor_over(bytes);

	(void)state;
	assert_int_equal(wire_cursor_u8(&cursor), 0x01);
	assert_int_equal(wire_cursor_u16(&cursor), 0x0203);
	assert_int_equal(wire_cursor_u32(&cursor), 0x04050607);
	assert_true(wire_cursor_u64(&cursor) == UINT64_C(0x08090a0b0c0d0e0f));
	assert_view(wire_cursor_short_text(&cursor), "abc");
	assert_int_equal(cursor.rest.size, 0);
	assert_false(cursor.is_short);
	assert_int_equal(wire_cursor_u8(&cursor), 0);
	assert_true(cursor.is_short);
	free_copy(bytes);
}

static void stays_short(void **state)
{
	struct wire_cursor cursor = wire_cursor_over(VIEW_LITERAL("\x05"
								  "abc"));

	(void)state;
	assert_view(wire_cursor_short_text(&cursor), "");
	assert_true(cursor.is_short);
	assert_int_equal(wire_cursor_u8(&cursor), 0);
	assert_int_equal(wire_cursor_take(&cursor, 0).size, 0);
	assert_int_equal(wire_cursor_varint(&cursor), 0);
}

static void assert_varint(struct view bytes, uint32_t wanted, bool is_short)
{
	struct wire_cursor cursor = wire_cursor_over(bytes);

	assert_int_equal(wire_cursor_varint(&cursor), wanted);
	assert_int_equal(cursor.is_short, is_short);
	assert_int_equal(cursor.rest.size, 0);
}

static void reads_varints(void **state)
{
	(void)state;
	assert_varint(VIEW_LITERAL("\x00"), 0, false);
	assert_varint(VIEW_LITERAL("\x7f"), 127, false);
	assert_varint(VIEW_LITERAL("\x80\x01"), 128, false);
	assert_varint(VIEW_LITERAL("\xff\xff\xff\xff\x0f"), UINT32_MAX, false);
	assert_varint(VIEW_LITERAL("\xff\xff\xff\xff\x1f"), 0, true);
	assert_varint(VIEW_LITERAL("\x80\x80\x80\x80\x80\x01"), 0, true);
	assert_varint(VIEW_LITERAL("\x80"), 0, true);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_numbers),
		cmocka_unit_test(stays_short),
		cmocka_unit_test(reads_varints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
