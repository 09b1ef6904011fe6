/* Notations, whole and short. */
#include "cassandra_bytes.h"

#include "protocols/cassandra/cassandra_body.h"

static void reads_notations(void **state)
{
	struct cassandra_body body = {
		.rest = view_of("\1\2\3\4\0\2ab\0\0\0\1c\xff\xff\xff\xff!", 18)};

	(void)state;
	assert_int_equal(cassandra_body_number(&body, 4), 0x01020304);
	assert_view(cassandra_body_text(&body, 2), "ab");
	assert_view(cassandra_body_text(&body, 4), "c");
	assert_view(cassandra_body_text(&body, 4), ""); /* no value */
	assert_false(body.is_short);
	assert_view(body.rest, "!");
	assert_int_equal(cassandra_body_number(&body, 2), 0);
	assert_true(body.is_short);
	assert_int_equal(body.rest.size, 0);
}

static void gives_what_is_there(void **state)
{
	struct cassandra_body body = {.rest = view_of("\0\5abc", 5)};

	(void)state;
	assert_view(cassandra_body_text(&body, 2), "abc");
	assert_true(body.is_short);
}

static void skips(void **state)
{
	struct cassandra_body body = {.rest = view_of("\0\2\0\1a\0\1b\0\1\0\1k\0\0\0\1vrest", 22)};
	struct cassandra_body lying = {.rest = view_of("\xff\xff\0\1a", 5)};

	(void)state;
	cassandra_body_skip_strings(&body);
	cassandra_body_skip_payload(&body);
	assert_view(body.rest, "rest");
	cassandra_body_skip(&body, 4);
	assert_false(body.is_short);
	cassandra_body_skip(&body, 1);
	assert_true(body.is_short);
	cassandra_body_skip_strings(&lying);
	assert_true(lying.is_short);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_notations),
		cmocka_unit_test(gives_what_is_there),
		cmocka_unit_test(skips),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
