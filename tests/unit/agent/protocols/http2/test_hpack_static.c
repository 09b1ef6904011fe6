/* The rows that matter stand at their places of RFC 7541 appendix A. */
#include "cmocka_test.h"

#include "protocols/http2/hpack_static.h"

static void rows(void **state)
{
	(void)state;
	assert_int_equal(hpack_static_field(1), HTTP2_FIELD_AUTHORITY);
	assert_int_equal(hpack_static_field(3), HTTP2_FIELD_METHOD);
	assert_view(hpack_static_value(3), "POST");
	assert_int_equal(hpack_static_field(7), HTTP2_FIELD_SCHEME);
	assert_view(hpack_static_value(7), "https");
	assert_int_equal(hpack_static_field(14), HTTP2_FIELD_STATUS);
	assert_view(hpack_static_value(14), "500");
	assert_int_equal(hpack_static_field(31), HTTP2_FIELD_CONTENT_TYPE);
	assert_int_equal(hpack_static_field(32), HTTP2_FIELD_OTHER); /* cookie */
	assert_int_equal(hpack_static_field(58), HTTP2_FIELD_USER_AGENT);
	assert_int_equal(hpack_static_field(HPACK_STATIC_COUNT), HTTP2_FIELD_OTHER);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(rows)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
