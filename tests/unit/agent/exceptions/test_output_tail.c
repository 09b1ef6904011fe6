/* Writes that were kept before a stream: whole ones in order, what is cut off left out, garbage. */
#include "cmocka_test.h"

#include "exceptions/output_tail.h"

static struct view writes[MAX_TAIL_WRITES];

/* Of text with sizes in it. */
#define SPLIT(text) output_tail_split(view_of(text, sizeof(text) - 1), writes)

static void whole_writes(void **state)
{
	(void)state;
	assert_int_equal(SPLIT("app.rb:3:in `total'\x13\0: \2\0x\1\0"), 3);
	assert_true(view_equals(writes[0], VIEW_LITERAL("app.rb:3:in `total'")));
	assert_true(view_equals(writes[1], VIEW_LITERAL(": ")));
	assert_true(view_equals(writes[2], VIEW_LITERAL("x")));
	assert_int_equal(SPLIT("\nab\3\0"), 1);
	assert_true(view_equals(writes[0], VIEW_LITERAL("\nab")));
}

static void a_large_one(void **state)
{
	static char bytes[MAX_TAIL_WRITE_BYTES + 2 + 3] = {'a', 1, 0};

	(void)state;
	memset(bytes + 3, 'x', MAX_TAIL_WRITE_BYTES);
	bytes[sizeof(bytes) - 2] = (char)(MAX_TAIL_WRITE_BYTES & 0xff);
	bytes[sizeof(bytes) - 1] = (char)(MAX_TAIL_WRITE_BYTES >> 8);
	assert_int_equal(output_tail_split(view_of(bytes, sizeof(bytes)), writes), 2);
	assert_int_equal(writes[1].size, MAX_TAIL_WRITE_BYTES);
	assert_true(view_equals(writes[0], VIEW_LITERAL("a")));
}

static void cut_at_every_place(void **state)
{
	static const char bytes[] = "one\3\0twenty\6\0three\5";
	static const size_t expected[] = {3, 2, 2, 2, 2, 2, 1, 1, 1, 1,
					  1, 1, 1, 1, 0, 0, 0, 0, 0, 0};

	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		size_t count = output_tail_split(view_of(bytes + i, sizeof(bytes) - i), writes);

		assert_int_equal(count, expected[i]);
		if (count)
			assert_true(view_equals(writes[count - 1], VIEW_LITERAL("three")));
	}
}

static void garbage(void **state)
{
	static char zeros[2 * OUTPUT_TAIL_BYTES], ones[2 * OUTPUT_TAIL_BYTES];

	(void)state;
	memset(ones, 1, sizeof(ones));
	assert_int_equal(output_tail_split((struct view){0}, writes), 0);
	assert_int_equal(SPLIT("\1\0"), 0);
	assert_int_equal(output_tail_split(view_of(zeros, sizeof(zeros)), writes), 0);
	assert_int_equal(output_tail_split(view_of(ones, sizeof(ones)), writes), 7);
	for (size_t i = 0; i + 3 <= sizeof(ones); i += 3)
		ones[i + 2] = 0;
	assert_int_equal(output_tail_split(view_of(ones, sizeof(ones) - 2), writes),
			 MAX_TAIL_WRITES);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_writes),
		cmocka_unit_test(a_large_one),
		cmocka_unit_test(cut_at_every_place),
		cmocka_unit_test(garbage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
