/* What responses say, whole and cut at every byte. */
#include "cassandra_bytes.h"

#include "protocols/cassandra/cassandra_result.h"

static void read_cut(const struct cassandra_bytes *b, size_t cut, struct cassandra_fields *ret)
{
	struct cassandra_header header;
	struct view copy = exact_copy(view_of(b->bytes, b->used));

	assert_int_equal(cassandra_frame_read_header(copy, &header), PARSE_DONE);
	cassandra_result_read(&header, view_of(b->bytes + 9, cut), ret);
	free_copy(copy);
}

static void reads_rows(void **state)
{
	struct cassandra_bytes b = {.used = 0};
	struct cassandra_fields fields;

	(void)state;
	cassandra_bytes_rows(&b, 0x84, 1, 3);
	for (size_t cut = 0; cut <= b.used - 9; cut++) {
		read_cut(&b, cut, &fields);
		assert_true(fields.returned_rows == 3 ||
			    (fields.returned_rows == -1 && cut < b.used - 9 - 24));
		assert_false(fields.is_error);
	}
}

/* Every type that holds types; one that is nested too deep leaves the rows uncounted. */
static void reads_nested_types(void **state)
{
	static const char types[] =
		"\0\x20\0\x21\0\x0d\0\x31\0\2\0\x09\0\x22\0\x0d"; /* list<map<…>> */
	static const char udt[] = "\0\x30\0\1k\0\1t\0\2\0\1a\0\x0d\0\1b\0\x20\0\x09";
	static const char custom[] = "\0\0\0\2ab";

	(void)state;
	for (int depth = 0; depth < 12; depth++) {
		struct cassandra_bytes b = {.used = 0};
		struct cassandra_fields fields;
		size_t at = cassandra_bytes_open(&b, 0x84, 0, 1, CASSANDRA_RESULT);

		cassandra_bytes_put(&b, "\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\2pg", 18);
		cassandra_bytes_put(&b, "\0\1k\0\1t", 6);
		cassandra_bytes_put(&b, "\0\1a", 3);
		cassandra_bytes_put(&b, types, sizeof(types) - 1);
		cassandra_bytes_put(&b, "\0\1b", 3);
		cassandra_bytes_put(&b, udt, sizeof(udt) - 1);
		cassandra_bytes_put(&b, "\0\1c", 3);
		cassandra_bytes_put(&b, custom, sizeof(custom) - 1);
		cassandra_bytes_put(&b, "\0\1d", 3);
		for (int i = 0; i < depth; i++)
			cassandra_bytes_put(&b, "\0\x20", 2);
		cassandra_bytes_put(&b, "\0\x0d\0\0\0\7", 6);
		cassandra_bytes_close(&b, at);
		read_cut(&b, b.used - 9, &fields);
		assert_int_equal(fields.returned_rows, depth <= 8 ? 7 : -1);
	}
}

static void reads_others(void **state)
{
	struct cassandra_bytes b = {.used = 0};
	struct cassandra_fields fields;

	(void)state;
	cassandra_bytes_keyspace(&b, 0x84, 1, "shop");
	read_cut(&b, b.used - 9, &fields);
	assert_view(fields.keyspace, "shop");
	read_cut(&b, b.used - 10, &fields);
	assert_view(fields.keyspace, "");
	b.used = 0;
	cassandra_bytes_prepared(&b, 0x84, 1, "0123456789abcdef");
	read_cut(&b, b.used - 9, &fields);
	assert_view(fields.id, "0123456789abcdef");
	b.used = 0;
	cassandra_bytes_error(&b, 0x84, 1, 0x1100);
	read_cut(&b, b.used - 9, &fields);
	assert_true(fields.is_error);
	assert_int_equal(fields.error_code, 0x1100);
	read_cut(&b, 3, &fields);
	assert_true(fields.is_error);
	assert_int_equal(fields.error_code, UINT32_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_rows),
		cmocka_unit_test(reads_nested_types),
		cmocka_unit_test(reads_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
