/* Headers of segments: a real one, every cut, every changed bit. */
#include "cassandra_bytes.h"

#include "protocols/cassandra/cassandra_segment.h"

static void reads_a_recorded_header(void **state)
{
	static const char bytes[] = "\x86\0\2\x7d\xe8\xa6";
	struct cassandra_segment segment;

	(void)state;
	assert_int_equal(cassandra_segment_read(view_of(bytes, 6), false, &segment), PARSE_DONE);
	assert_int_equal(segment.header_size, 6);
	assert_int_equal(segment.payload_size, 134);
	assert_int_equal(segment.size, 6 + 134 + 4);
	assert_true(segment.is_self_contained);
	assert_false(segment.is_compressed);
	for (size_t cut = 0; cut < 6; cut++)
		assert_int_equal(cassandra_segment_read(view_of(bytes, cut), false, &segment),
				 PARSE_NEED_MORE);
	for (int bit = 0; bit < 48; bit++) {
		char changed[6];

		memcpy(changed, bytes, 6);
		changed[bit / 8] = (char)(changed[bit / 8] ^ 1 << bit % 8);
		assert_int_equal(cassandra_segment_read(view_of(changed, 6), false, &segment),
				 PARSE_INVALID);
	}
}

static void reads_compressed_headers(void **state)
{
	struct cassandra_bytes b = {.used = 0};
	struct cassandra_segment segment;

	(void)state;
	cassandra_bytes_put(&b, "packed", 6);
	cassandra_bytes_segment(&b, 0, 6 | 64ull << 17, 5);
	assert_int_equal(cassandra_segment_read(cassandra_bytes_view(&b), true, &segment),
			 PARSE_DONE);
	assert_int_equal(segment.header_size, 8);
	assert_int_equal(segment.size, b.used);
	assert_true(segment.is_compressed);
	assert_false(segment.is_self_contained);
	b.used = 0;
	cassandra_bytes_put(&b, "plain", 5);
	cassandra_bytes_segment(&b, 0, 5 | 1ull << 34, 5);
	assert_int_equal(cassandra_segment_read(cassandra_bytes_view(&b), true, &segment),
			 PARSE_DONE);
	assert_false(segment.is_compressed);
	assert_true(segment.is_self_contained);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_recorded_header),
		cmocka_unit_test(reads_compressed_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
