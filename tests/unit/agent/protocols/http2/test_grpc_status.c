/* Codes, names, and whose error they are. */
#include "cmocka_test.h"

#include "protocols/http2/grpc_status.h"

static void reads(void **state)
{
	(void)state;
	assert_int_equal(grpc_status_read(VIEW_LITERAL("0")), 0);
	assert_int_equal(grpc_status_read(VIEW_LITERAL("16")), 16);
	assert_int_equal(grpc_status_read(VIEW_LITERAL("")), -1);
	assert_int_equal(grpc_status_read(VIEW_LITERAL("OK")), -1);
	assert_int_equal(grpc_status_read(VIEW_LITERAL("-1")), -1);
	assert_int_equal(grpc_status_read(VIEW_LITERAL("123456")), -1);
}

static void names(void **state)
{
	(void)state;
	assert_string_equal(grpc_status_name(0), "OK");
	assert_string_equal(grpc_status_name(4), "DEADLINE_EXCEEDED");
	assert_string_equal(grpc_status_name(16), "UNAUTHENTICATED");
	assert_null(grpc_status_name(17));
	assert_null(grpc_status_name(-1));
}

static void errors(void **state)
{
	static const bool of_server[] = {false, false, true,  false, true,  false,
					 false, false, false, false, false, false,
					 true,  true,  true,  true,  false};

	(void)state;
	for (int code = 0; code <= 16; code++) {
		assert_int_equal(grpc_status_is_error(code, true), of_server[code]);
		assert_int_equal(grpc_status_is_error(code, false), code != 0);
	}
}

static void mappings(void **state)
{
	(void)state;
	assert_string_equal(grpc_status_name(grpc_status_of_http(400)), "INTERNAL");
	assert_string_equal(grpc_status_name(grpc_status_of_http(401)), "UNAUTHENTICATED");
	assert_string_equal(grpc_status_name(grpc_status_of_http(403)), "PERMISSION_DENIED");
	assert_string_equal(grpc_status_name(grpc_status_of_http(404)), "UNIMPLEMENTED");
	assert_string_equal(grpc_status_name(grpc_status_of_http(503)), "UNAVAILABLE");
	assert_string_equal(grpc_status_name(grpc_status_of_http(500)), "UNKNOWN");
	assert_string_equal(grpc_status_name(grpc_status_of_reset(0)), "INTERNAL");
	assert_string_equal(grpc_status_name(grpc_status_of_reset(7)), "UNAVAILABLE");
	assert_string_equal(grpc_status_name(grpc_status_of_reset(8)), "CANCELLED");
	assert_string_equal(grpc_status_name(grpc_status_of_reset(11)), "RESOURCE_EXHAUSTED");
	assert_string_equal(grpc_status_name(grpc_status_of_reset(12)), "PERMISSION_DENIED");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(names),
		cmocka_unit_test(errors),
		cmocka_unit_test(mappings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
