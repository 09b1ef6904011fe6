/* Keys are unique, and windows lose what is not open any more. */
#include "cmocka_test.h"

#include "conversation_log.h"
#include "protocols/amqp/amqp.h"
#include "protocols/amqp/amqp_fields.h"
#include "protocols/amqp/amqp_key.h"

static void keys_are_unique(void **state)
{
	struct amqp_channel one = {.number = 1}, last = {.number = 65535};

	(void)state;
	assert_true(amqp_key_of(AMQP_KEY_CALL, &one, 0) != 0);
	assert_true(amqp_key_of(AMQP_KEY_CALL, &one, 1) != amqp_key_of(AMQP_KEY_CALL, &one, 2));
	assert_true(amqp_key_of(AMQP_KEY_CALL, &one, 1) != amqp_key_of(AMQP_KEY_CALL, &last, 1));
	assert_true(amqp_key_of(AMQP_KEY_PUBLISH, &last, AMQP_KEY_NUMBER) !=
		    amqp_key_of(AMQP_KEY_DELIVERY, &last, AMQP_KEY_NUMBER));
	assert_true(amqp_key_destination(VIEW_LITERAL("a"), VIEW_LITERAL("bc")) !=
		    amqp_key_destination(VIEW_LITERAL("ab"), VIEW_LITERAL("c")));
}

static void settles_what_is_open(void **state)
{
	static struct conversation_log log;
	struct amqp_channel channel = {.number = 1, .calls = {.low = 3, .next = 6}};
	struct amqp_place place = {.channel = &channel, .sink = &log.sink};
	struct message message = {.kind = MESSAGE_REQUEST};
	uint64_t key = amqp_key_of(AMQP_KEY_CALL, &channel, 4);

	(void)state;
	conversation_log_init(&log, &protocol_amqp, false);
	conversation_log_begin(&log, true);
	((struct amqp_fields *)message.fields)->method = AMQP_QUEUE_DECLARE;
	log.sink.open(&log, key, &message);
	amqp_key_shrink(&place, &channel.calls, AMQP_KEY_CALL);
	assert_int_equal(channel.calls.low, 4);
	amqp_key_settle(&place, key + 1, NULL);
	amqp_key_pair(&place, key)->method = AMQP_QUEUE_DECLARE;
	amqp_key_pair(&place, key)->is_returned = true;
	amqp_key_settle_with(&place, key, 0, false);
	amqp_key_settle_with(&place, key, 0, false);
	assert_null(amqp_key_pair(&place, key));
	amqp_key_shrink(&place, &channel.calls, AMQP_KEY_CALL);
	assert_int_equal(channel.calls.low, 6);
	assert_string_equal(log.text, "#1 CLIENT: queue.declare\n"
				      "#1 answer queue.declare error NO_ROUTE\n#1 end\n");
	conversation_log_done(&log);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_unique),
		cmocka_unit_test(settles_what_is_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
