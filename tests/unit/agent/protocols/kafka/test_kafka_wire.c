/* Kafka's types, classic and compact. */
#include "cmocka_test.h"

#include "kafka_bytes.h"
#include "protocols/kafka/kafka_wire.h"

static void reads_texts_and_counts(void **state)
{
	struct wire_cursor c = wire_cursor_over(VIEW_LITERAL("\0\2ab\xff\xff\3cd\0\1"));

	(void)state;
	assert_view(kafka_wire_text(&c, false), "ab");
	assert_view(kafka_wire_text(&c, false), "");
	assert_view(kafka_wire_text(&c, true), "cd");
	assert_view(kafka_wire_text(&c, true), "");
	assert_view(kafka_wire_text(&c, true), "");
	assert_false(c.is_short);
	c = wire_cursor_over(VIEW_LITERAL("\0\0\0\7\xff\xff\xff\xff\x08\0"));
	assert_int_equal(kafka_wire_count(&c, false), 7);
	assert_int_equal(kafka_wire_count(&c, false), 0);
	assert_int_equal(kafka_wire_count(&c, true), 7);
	assert_int_equal(kafka_wire_count(&c, true), 0);
}

static void skips_tags(void **state)
{
	struct wire_cursor c = wire_cursor_over(VIEW_LITERAL("\2\0\1x\5\2yzE"));

	(void)state;
	kafka_wire_skip_tags(&c, false);
	kafka_wire_skip_tags(&c, true);
	assert_view(c.rest, "E");
	c = wire_cursor_over(VIEW_LITERAL("\x7f"
					  "abc"));
	kafka_wire_skip_tags(&c, true);
	assert_true(c.is_short);
}

static void counts_records(void **state)
{
	struct kafka_bytes b = {.used = 0};
	struct wire_cursor c;
	uint64_t count = 99;

	(void)state;
	kafka_batch(&b, 12, 300, false);
	c = wire_cursor_over(kafka_view(&b));
	assert_true(kafka_wire_records(&c, false, &count));
	assert_true(count == 12 && !c.is_short && !c.rest.size);
	/* The head of the batch is enough. */
	c = wire_cursor_over(view_take(kafka_view(&b), 65));
	assert_true(kafka_wire_records(&c, false, &count));
	assert_true(c.is_short);
	c = wire_cursor_over(view_take(kafka_view(&b), 64));
	assert_false(kafka_wire_records(&c, false, &count));
	b.bytes[20] = 1; /* as Kafka had them before 0.11 */
	c = wire_cursor_over(kafka_view(&b));
	assert_false(kafka_wire_records(&c, false, &count));
	c = wire_cursor_over(VIEW_LITERAL("\0"));
	assert_true(kafka_wire_records(&c, true, &count));
	assert_true(count == 0);
}

/* Several, of which the last is not whole, or not there yet. */
static void counts_batches(void **state)
{
	struct kafka_bytes b = {.used = 4}, one = {.used = 0};
	uint64_t count = 99;

	(void)state;
	kafka_batch(&one, 12, 30, false);
	for (int i = 0; i < 3; i++)
		kafka_raw(&b, view_skip(kafka_view(&one), 4));
	b.bytes[4 + 91 + 22] = 0x20; /* the second is what a transaction leaves behind */
	for (size_t size = 0; size <= 3 * 91; size++) {
		size_t end = b.used;

		b.used = 0;
		kafka_number(&b, size, 4);
		b.used = end;
		for (size_t seen = 0; seen <= size; seen++) {
			struct view copy = exact_copy(view_take(kafka_view(&b), 4 + seen));
			struct wire_cursor c = wire_cursor_over(copy);
			bool is_known = kafka_wire_records(&c, false, &count);
			size_t heads = (size < 91    ? size >= 61
					: size < 182 ? 1 + (size - 91 >= 61)
						     : 2 + (size - 182 >= 61));

			assert_int_equal(is_known, !heads || seen >= (heads - 1) * 91 + 61);
			if (is_known)
				assert_int_equal(count, size < 91 ? 0 : size < 273 ? 12 : 24);
			free_copy(copy);
		}
	}
	/* A batch that says it is shorter than its head. */
	b.bytes[4 + 11] = 40;
	assert_false(
		kafka_wire_records(&(struct wire_cursor){.rest = kafka_view(&b)}, false, &count));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_texts_and_counts),
		cmocka_unit_test(skips_tags),
		cmocka_unit_test(counts_records),
		cmocka_unit_test(counts_batches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
