/* The record layer and the two hellos, whole and cut at every byte; what only resembles them. */
#include "cmocka_test.h"

#include <stdlib.h>
#include "protocols/tls_record.h"
#include "tls_bytes.h"

static void records(void **state)
{
	(void)state;
	assert_true(tls_record_detect(VIEW_LITERAL("\x16\x03\x01\x02\x00")));
	assert_true(tls_record_detect(VIEW_LITERAL("\x17\x03\x03\x40\x11xyz")));
	assert_true(tls_record_detect(VIEW_LITERAL("\x15\x03\x03\x00\x02\x01\x00")));
	assert_false(tls_record_detect(VIEW_LITERAL("\x16\x03\x01\x02"))); /* short */
	assert_false(tls_record_detect(VIEW_LITERAL("\x16\x03\x01\x00\x00")));
	assert_false(tls_record_detect(VIEW_LITERAL("\x17\x03\x03\x48\x01")));
	assert_false(tls_record_detect(VIEW_LITERAL("\x16\x02\x01\x02\x00")));
	assert_false(tls_record_detect(VIEW_LITERAL("\x16\x03\x05\x02\x00")));
	assert_false(tls_record_detect(VIEW_LITERAL("\x13\x03\x03\x02\x00")));
	assert_false(tls_record_detect(VIEW_LITERAL("GET / HTTP/1.1\r\n")));
	assert_false(tls_record_detect(VIEW_LITERAL("SSH-2.0-OpenSSH")));
}

static void client_hello(void **state)
{
	struct tls_facts facts = {0};
	struct tls_bytes hello;

	(void)state;
	tls_bytes_client_hello(&hello, "shop.example");
	assert_int_equal(tls_record_read_hello(tls_bytes_view(&hello), &facts), TLS_HELLO_CLIENT);
	assert_true(facts.has_random);
	assert_memory_equal(facts.random, "cccccccccccccccc", 16);
	assert_string_equal(facts.server_name, "shop.example");
	assert_string_equal(facts.application, "");
	assert_int_equal(facts.version, 0);
}

static void server_hello(void **state)
{
	static const uint16_t versions[] = {0x0304, 0};
	static const uint16_t expected[] = {0x0304, 0x0303};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct tls_facts facts = {0};
		struct tls_bytes hello;

		tls_bytes_server_hello(&hello, versions[i], "h2");
		assert_int_equal(tls_record_read_hello(tls_bytes_view(&hello), &facts),
				 TLS_HELLO_SERVER);
		assert_int_equal(facts.version, expected[i]);
		assert_string_equal(facts.application, "h2");
		assert_false(facts.has_random);
	}
}

/* From a copy of its own each time: nothing behind the cut is read. */
static void cut(void **state)
{
	struct tls_bytes hello;

	(void)state;
	tls_bytes_client_hello(&hello, "shop.example");
	for (size_t size = 0; size < hello.size; size++) {
		struct tls_facts facts = {0}, none = {0};
		char *copy = malloc(size + 1);

		memcpy(copy, hello.bytes, size);
		assert_int_equal(tls_record_read_hello(view_of(copy, size), &facts), TLS_HELLO_CUT);
		assert_memory_equal(&facts, &none, sizeof(none));
		free(copy);
	}
}

/* Every length changed to every value: nothing is read that is not there, and no text is taken that
 * is none. */
static void hostile(void **state)
{
	struct tls_bytes hello;

	(void)state;
	tls_bytes_client_hello(&hello, "shop.example");
	for (size_t i = 0; i < hello.size; i++) {
		for (int value = 0; value < 256; value++) {
			struct tls_facts facts = {0};
			char *copy = malloc(hello.size);

			memcpy(copy, hello.bytes, hello.size);
			copy[i] = (char)value;
			(void)tls_record_read_hello(view_of(copy, hello.size), &facts);
			assert_int_equal(facts.server_name[sizeof(facts.server_name) - 1], 0);
			free(copy);
		}
	}
}

static void others(void **state)
{
	struct tls_facts facts = {0};

	(void)state;
	assert_int_equal(tls_record_read_hello(VIEW_LITERAL("\x17\x03\x03\x00\x05hello"), &facts),
			 TLS_HELLO_NONE);
	/* A certificate. */
	assert_int_equal(tls_record_read_hello(
				 VIEW_LITERAL("\x16\x03\x03\x00\x05\x0b\x00\x00\x01x"), &facts),
			 TLS_HELLO_NONE);
	assert_int_equal(tls_record_read_hello(VIEW_LITERAL("GET / HTTP/1.1"), &facts),
			 TLS_HELLO_NONE);
}

static void versions(void **state)
{
	(void)state;
	assert_string_equal(tls_record_version(0x0304), "1.3");
	assert_string_equal(tls_record_version(0x0301), "1.0");
	assert_string_equal(tls_record_version(0x0300), "3");
	assert_null(tls_record_version(0));
	assert_null(tls_record_version(0x0305));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records),      cmocka_unit_test(client_hello),
		cmocka_unit_test(server_hello), cmocka_unit_test(cut),
		cmocka_unit_test(hostile),      cmocka_unit_test(others),
		cmocka_unit_test(versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
