/* The tables of requests and errors. */
#include "cmocka_test.h"

#include "protocols/kafka/kafka_api.h"

static void finds_requests(void **state)
{
	(void)state;
	assert_string_equal(kafka_api_find(KAFKA_PRODUCE, 13)->name, "Produce");
	assert_null(kafka_api_find(KAFKA_PRODUCE, 14));
	assert_null(kafka_api_find(KAFKA_PRODUCE, -1));
	assert_string_equal(kafka_api_find(68, 0)->name, "ConsumerGroupHeartbeat");
	assert_string_equal(kafka_api_find(58, 0)->name, "Envelope");
	assert_null(kafka_api_find(58, 1));
	assert_null(kafka_api_find(95, 0));
	assert_string_equal(kafka_api_name(KAFKA_PRODUCE), "Produce");
	assert_string_equal(kafka_api_name(94), "UnregisterController");
	assert_null(kafka_api_name(95));
	assert_null(kafka_api_name(-1));
	assert_null(kafka_api_find(1000, 0));
	assert_int_equal(kafka_api_find(17, 1)->flexible_from, KAFKA_NEVER);
}

static void names_errors(void **state)
{
	(void)state;
	assert_string_equal(kafka_api_error_name(6), "NOT_LEADER_OR_FOLLOWER");
	assert_string_equal(kafka_api_error_name(-1), "UNKNOWN_SERVER_ERROR");
	assert_string_equal(kafka_api_error_name(113), "STALE_MEMBER_EPOCH");
	assert_null(kafka_api_error_name(0));
	assert_string_equal(kafka_api_error_name(61), "DELEGATION_TOKEN_AUTH_DISABLED");
	assert_string_equal(kafka_api_error_name(136), "CONTROLLER_ID_NOT_REGISTERED");
	assert_null(kafka_api_error_name(137));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_requests),
		cmocka_unit_test(names_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
