/* What a connection of Kafka remembers, and what it forgets. */
#include "cmocka_test.h"

#include "protocols/kafka/kafka_session.h"

static void waits_for_responses(void **state)
{
	static struct kafka_session session;

	(void)state;
	assert_null(kafka_session_find(&session, 0));
	for (uint32_t i = 0; i < KAFKA_MAX_WAITING + 1; i++)
		kafka_session_wait(&session, i, 1, 12);
	assert_null(kafka_session_find(&session, 0));
	assert_int_equal(kafka_session_find(&session, KAFKA_MAX_WAITING)->version, 12);
	kafka_session_wait(&session, KAFKA_MAX_WAITING, 3, 4);
	assert_int_equal(kafka_session_find(&session, KAFKA_MAX_WAITING)->api, 3);
	assert_non_null(kafka_session_find(&session, 1));
}

static void follows_fetch_sessions(void **state)
{
	static struct kafka_session s;
	struct view a = VIEW_LITERAL("a"), b = VIEW_LITERAL("b"), none = {0};

	(void)state;
	assert_view(kafka_session_fetch(&s, true, 1, a), "a");
	assert_view(kafka_session_fetch(&s, false, 0, none), "a");
	assert_view(kafka_session_fetch(&s, false, 1, b), "b");
	assert_view(kafka_session_fetch(&s, false, 0, none), "");
	assert_view(kafka_session_fetch(&s, true, 2, a), "");
	assert_view(kafka_session_fetch(&s, true, 1, a), "a");
	kafka_session_lose(&s, MESSAGE_REQUEST);
	assert_true(s.is_unsure[MESSAGE_REQUEST] && !s.is_unsure[MESSAGE_RESPONSE]);
	assert_view(kafka_session_fetch(&s, false, 0, none), "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_for_responses),
		cmocka_unit_test(follows_fetch_sessions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
