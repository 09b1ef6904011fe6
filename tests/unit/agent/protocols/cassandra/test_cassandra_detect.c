/* What a stream is known by, and what is never taken for it. */
#include "cassandra_bytes.h"

#include "protocols/cassandra/cassandra_detect.h"

/* Never anything else before, then the same with whatever follows. */
static void assert_detects(const struct cassandra_bytes *b, enum detect_result wanted)
{
	bool is_claimed = false;

	for (size_t cut = 0; cut <= b->used; cut++) {
		struct view copy = exact_copy(view_of(b->bytes, cut));
		enum detect_result result = cassandra_detect(copy);

		assert_true(result == wanted || (!is_claimed && result == DETECT_NEED_MORE));
		is_claimed = result == wanted;
		free_copy(copy);
	}
	assert_true(is_claimed);
}

static void detects_requests(void **state)
{
	struct cassandra_bytes b = {.used = 0};
	size_t at;

	(void)state;
	for (int version = 3; version <= 5; version++) {
		b.used = 0;
		cassandra_bytes_query(&b, version, 1, "SELECT * FROM orders");
		assert_detects(&b, DETECT_REQUEST);
		b.used = 0;
		cassandra_bytes_prepare(&b, version, 1, "SELECT * FROM orders");
		assert_detects(&b, DETECT_REQUEST);
		b.used = 0;
		cassandra_bytes_execute(&b, version, 1, "0123456789abcdef");
		assert_detects(&b, DETECT_REQUEST);
	}
	b.used = 0;
	cassandra_bytes_close(&b, cassandra_bytes_open(&b, 4, 0, 0, CASSANDRA_OPTIONS));
	assert_detects(&b, DETECT_REQUEST);
	b.used = 0;
	at = cassandra_bytes_open(&b, 4, 0, 0, CASSANDRA_STARTUP);
	cassandra_bytes_put(&b,
			    "\0\1\0\x0b"
			    "CQL_VERSION\0\5"
			    "3.0.0",
			    22);
	cassandra_bytes_close(&b, at);
	assert_detects(&b, DETECT_REQUEST);
	b.used = 0;
	cassandra_bytes_query(&b, 5, 1, "SELECT * FROM orders");
	cassandra_bytes_wrap(&b, 0, true);
	assert_detects(&b, DETECT_REQUEST);
}

static void detects_responses(void **state)
{
	struct cassandra_bytes b = {.used = 0};

	(void)state;
	cassandra_bytes_void(&b, 0x84, 1);
	assert_detects(&b, DETECT_RESPONSE);
	b.used = 0;
	cassandra_bytes_rows(&b, 0x84, 1, 2);
	assert_detects(&b, DETECT_RESPONSE);
	b.used = 0;
	cassandra_bytes_prepared(&b, 0x84, 1, "0123456789abcdef");
	assert_detects(&b, DETECT_RESPONSE);
	b.used = 0;
	cassandra_bytes_keyspace(&b, 0x84, 1, "shop");
	assert_detects(&b, DETECT_RESPONSE);
	b.used = 0;
	cassandra_bytes_error(&b, 0x84, 1, 0x2200);
	assert_detects(&b, DETECT_RESPONSE);
	b.used = 0;
	cassandra_bytes_rows(&b, 0x85, 1, 2);
	cassandra_bytes_wrap(&b, 0, true);
	assert_detects(&b, DETECT_RESPONSE);
}

static void claims_nothing_foreign(void **state)
{
	static const struct view foreign[] = {
		{"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 27},
		{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\xab\xcd\xef\x01\x23", 16},
		{"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", 32},
		{"220 mail.example ESMTP Postfix\r\n", 32},
		{"\1\1\0\1\0\x08\0\0\0\1\0\0\0\0\0\0", 16},
		{"\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03", 16},
		{"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1", 20},
		{"*1\r\n$4\r\nPING\r\n", 14},
		{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24},
		{"\4\0\0\0\5\0\0\0\4"
		 "0123456789",
		 19},
		{"\x84\0\0\0\2\0\0\0\1"
		 "0123456789",
		 19},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
		assert_int_equal(cassandra_detect(foreign[i]), DETECT_NO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(detects_requests),
		cmocka_unit_test(detects_responses),
		cmocka_unit_test(claims_nothing_foreign),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
