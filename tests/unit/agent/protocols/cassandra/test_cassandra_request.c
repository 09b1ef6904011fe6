/* What requests ask, whole and cut at every byte. */
#include "cassandra_bytes.h"

#include "protocols/cassandra/cassandra_request.h"

#define ID "0123456789abcdef"

static void read_cut(const struct cassandra_bytes *b, size_t cut, struct cassandra_fields *ret)
{
	struct cassandra_header header;

	assert_int_equal(cassandra_frame_read_header(cassandra_bytes_view(b), &header), PARSE_DONE);
	cassandra_request_read(&header, view_of(b->bytes + 9, cut), ret);
}

/* "statement id batch 2 page 100 consistency 4" */
static void assert_read(const struct cassandra_bytes *b, const char *wanted)
{
	struct cassandra_fields whole, part;
	char text[256];

	read_cut(b, b->used - 9, &whole);
	snprintf(text, sizeof(text), "%.*s %.*s batch %lld page %d consistency %d",
		 VIEW_FORMAT(whole.statement), VIEW_FORMAT(whole.id), (long long)whole.batch_size,
		 whole.page_size, whole.consistency);
	assert_string_equal(text, wanted);
	for (size_t cut = 0; cut < b->used - 9; cut++) {
		read_cut(b, cut, &part);
		assert_true(view_starts_with(whole.statement, part.statement));
		assert_true(part.id.size == 0 || view_equals(part.id, whole.id));
		assert_true(part.batch_size == -1 || part.batch_size == whole.batch_size);
		assert_true(part.page_size == -1 || part.page_size == whole.page_size);
		assert_true(part.consistency == -1 || part.consistency == whole.consistency);
	}
}

static void reads_statements(void **state)
{
	struct cassandra_bytes b = {.used = 0};

	(void)state;
	for (int version = 4; version <= 5; version++) {
		b.used = 0;
		cassandra_bytes_query(&b, version, 1, "SELECT 1");
		assert_read(&b, "SELECT 1  batch -1 page -1 consistency 1");
		b.used = 0;
		cassandra_bytes_prepare(&b, version, 1, "SELECT 1");
		assert_read(&b, "SELECT 1  batch -1 page -1 consistency -1");
		b.used = 0;
		cassandra_bytes_execute(&b, version, 1, ID);
		assert_read(&b, " " ID " batch -1 page 100 consistency 4");
	}
}

static void put_batch(struct cassandra_bytes *b, const char *first, const char *second)
{
	size_t at;

	b->used = 0;
	at = cassandra_bytes_open(b, 4, 0, 1, CASSANDRA_BATCH);
	cassandra_bytes_put(b, "\0\0\2", 3);
	for (int i = 0; i < 2; i++) {
		const char *text = i ? second : first;
		bool is_id = strcmp(text, ID) == 0;

		cassandra_bytes_number(b, is_id, 1);
		cassandra_bytes_text(b, text, is_id ? 2 : 4);
		cassandra_bytes_number(b, 1, 2);
		cassandra_bytes_text(b, "4111", 4);
	}
	cassandra_bytes_put(b, "\0\6\0", 3);
	cassandra_bytes_close(b, at);
}

/* What all its statements share, and nothing of those that differ. */
static void reads_batches(void **state)
{
	struct cassandra_bytes b = {.used = 0};
	struct cassandra_fields fields;

	(void)state;
	put_batch(&b, ID, ID);
	read_cut(&b, b.used - 9, &fields);
	assert_view(fields.id, ID);
	assert_int_equal(fields.batch_size, 2);
	assert_int_equal(fields.consistency, 6);
	read_cut(&b, b.used - 9 - 8, &fields);
	assert_view(fields.id, "");
	put_batch(&b, "UPDATE x", "UPDATE x");
	read_cut(&b, b.used - 9, &fields);
	assert_view(fields.statement, "UPDATE x");
	put_batch(&b, "UPDATE x", "UPDATE y");
	read_cut(&b, b.used - 9, &fields);
	assert_view(fields.statement, "");
	put_batch(&b, "UPDATE x", ID);
	read_cut(&b, b.used - 9, &fields);
	assert_view(fields.statement, "");
	assert_view(fields.id, "");
}

static void reads_compression(void **state)
{
	(void)state;
	assert_string_equal(cassandra_request_compression(view_of("\0\1\0\x0b"
								  "COMPRESSION\0\3lz4",
								  20)),
			    "lz4");
	assert_string_equal(cassandra_request_compression(view_of("\0\1\0\x0b"
								  "COMPRESSION\0\6snappy",
								  23)),
			    "snappy");
	assert_null(cassandra_request_compression(view_of("\0\1\0\x0b"
							  "CQL_VERSION\0\3"
							  "3.0",
							  20)));
	assert_null(cassandra_request_compression((struct view){0}));
}

/* Credentials are not looked at. */
static void leaves_credentials(void **state)
{
	struct cassandra_bytes b = {.used = 0};
	size_t at = cassandra_bytes_open(&b, 4, 0, 1, CASSANDRA_AUTH_RESPONSE);

	(void)state;
	cassandra_bytes_text(&b, "_user_password", 4);
	cassandra_bytes_close(&b, at);
	assert_read(&b, "  batch -1 page -1 consistency -1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_statements),
		cmocka_unit_test(reads_batches),
		cmocka_unit_test(reads_compression),
		cmocka_unit_test(leaves_credentials),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
