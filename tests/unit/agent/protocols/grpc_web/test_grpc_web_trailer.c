/* Trailer frames of gRPC-Web in what was captured of bodies. */
#include "cmocka_test.h"

#include "protocols/grpc_web/grpc_web_trailer.h"

static int status_of(const char *bytes, size_t size, bool is_text)
{
	struct view copy = exact_copy(view_of(bytes, size));
	int status = grpc_web_trailer_status(copy, is_text);

	free_copy(copy);
	return status;
}

#define BINARY(text) status_of(text, sizeof(text) - 1, false)
#define TEXT(text)   status_of(text, sizeof(text) - 1, true)

static void binary(void **state)
{
	(void)state;
	assert_int_equal(BINARY("\0\0\0\0\2hi\x80\0\0\0\x0fgrpc-status:0\r\n"), 0);
	assert_int_equal(BINARY("\x80\0\0\0\x24grpc-status: 5\r\ngrpc-message: gone\r\n"), 5);
	assert_int_equal(BINARY("\x80\0\0\0\x0egrpc-status:13"), 13);
	/* In a chunk. */
	assert_int_equal(BINARY("14\r\n\x80\0\0\0\x0fgrpc-status:7\r\n\r\n0\r\n\r\n"), 7);
	/* Not whole, not trailers, no status. */
	assert_int_equal(BINARY("\x80\0\0\0\x0fgrpc-status:0\r"), -1);
	assert_int_equal(BINARY("\0\0\0\0\x0fgrpc-status:0\r\n"), -1);
	assert_int_equal(BINARY("\x80\0\0\0\x0fgrpc-sta us:0\r\n"), -1);
	assert_int_equal(BINARY("\x80\0\0\0\x06"
				"a: b\r\n"),
			 -1);
	assert_int_equal(BINARY(""), -1);
}

static void text(void **state)
{
	(void)state;
	/* base64 of "\0\0\0\0\2hi" and of the trailers, apart and together. */
	assert_int_equal(TEXT("AAAAAAJoaQ==gAAAAA9ncnBjLXN0YXR1czowDQo="), 0);
	assert_int_equal(TEXT("1c\r\ngAAAAA9ncnBjLXN0YXR1czo1DQo=\r\n0\r\n\r\n"), 5);
	assert_int_equal(TEXT("gAAAAA9ncnBjLXN0YXR1czow"), -1);
	assert_int_equal(TEXT("====!!"), -1);
	assert_int_equal(TEXT(""), -1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(binary), cmocka_unit_test(text)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
