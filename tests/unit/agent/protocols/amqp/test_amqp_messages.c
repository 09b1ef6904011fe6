/* Publishes, confirms, deliveries and acknowledgements. */
#include "amqp_talk.h"

static void publishes_end_with_their_bodies(void **state)
{
	static struct talk talk;
	struct amqp_bytes *b;

	(void)state;
	talk.count = 0;
	open_channel(&talk);
	b = client(&talk);
	amqp_publish(b, 1, "logs", "a.b", "hello");
	amqp_publish(b, 1, "", "orders", "");
	amqp_publish(b, 1, "", "", "x");
	amqp_method(b, 1, AMQP_BASIC_PUBLISH, "2ss1", TEXTS("", "amq.gen-1"), NUMBERS(0, 0));
	amqp_header(b, 1, 4, "00-1", NULL);
	amqp_body(b, 1, "ab");
	amqp_body(b, 1, "cd");
	assert_talk(&talk, "#1 PRODUCER: publish logs:a.b\n#1 add 5\n#1 end\n"
			   "#2 PRODUCER: publish orders\n#2 end\n"
			   "#3 PRODUCER: publish amq.default\n#3 add 1\n#3 end\n"
			   "#4 PRODUCER: publish\n  traceparent 00-1\n"
			   "#4 add 2\n#4 add 2\n#4 end\n");
}

static void publishes_end_with_confirms(void **state)
{
	static struct talk talk;
	struct amqp_bytes *b;

	(void)state;
	talk.count = 0;
	open_channel(&talk);
	amqp_publish(client(&talk), 1, "logs", "zero", "");
	select_confirms(&talk);
	b = client(&talk);
	for (int i = 0; i < 5; i++)
		amqp_publish(b, 1, "logs", i == 3 ? "nowhere" : "k", "");
	b = server(&talk);
	amqp_settle(b, 1, 80, 2, 0);
	amqp_settle(b, 1, 80, 9, 1); /* more than there are */
	amqp_settle(b, 1, 120, 3, 1);
	amqp_method(b, 1, AMQP_BASIC_RETURN, "2sss",
		    TEXTS("NO_ROUTE, said with words", "logs", "nowhere"), NUMBERS(312));
	amqp_header(b, 1, 0, NULL, NULL);
	amqp_settle(b, 1, 80, 0, 1);
	assert_talk(&talk, "#1 PRODUCER: publish logs:zero\n#1 end\n"
			   "#2 CLIENT: confirm.select\n#2 answer confirm.select\n#2 end\n"
			   "#3 PRODUCER: publish logs:k\n#4 PRODUCER: publish logs:k\n"
			   "#5 PRODUCER: publish logs:k\n#6 PRODUCER: publish logs:nowhere\n"
			   "#7 PRODUCER: publish logs:k\n"
			   "#4 answer publish logs:k\n#4 end\n"
			   "#3 answer publish logs:k error basic.nack\n#3 end\n"
			   "#5 answer publish logs:k error basic.nack\n#5 end\n"
			   "#6 answer publish logs:nowhere error NO_ROUTE\n#6 end\n"
			   "#7 answer publish logs:k\n#7 end\n");
}

static void deliveries_end_with_acknowledgements(void **state)
{
	static struct talk talk;
	struct amqp_bytes *b;

	(void)state;
	talk.count = 0;
	open_channel(&talk);
	b = client(&talk);
	amqp_method(b, 1, AMQP_BASIC_CONSUME, "2ss14", TEXTS("orders", "c1"), NUMBERS(0, 0, 0));
	amqp_method(b, 1, AMQP_BASIC_CONSUME, "2ss14", TEXTS("amq.gen-7", ""), NUMBERS(0, 2, 0));
	b = server(&talk);
	amqp_method(b, 1, AMQP_BASIC_CONSUME_OK, "s", TEXTS("c1"), NULL);
	amqp_method(b, 1, AMQP_BASIC_CONSUME_OK, "s", TEXTS("made-up"), NULL);
	amqp_deliver(b, 1, "c1", 1, "k", "abc");
	amqp_deliver(b, 1, "made-up", 2, "k", "abc");
	amqp_deliver(b, 1, "c1", 3, "orders", "abc");
	amqp_deliver(b, 1, "c1", 4, "k", "abc");
	b = client(&talk);
	amqp_settle(b, 1, 80, 3, 1);
	amqp_settle(b, 1, 90, 4, 1);
	assert_talk(&talk,
		    "#1 CLIENT: basic.consume orders\n#2 CLIENT: basic.consume\n"
		    "#1 answer basic.consume orders\n#1 end\n#2 answer basic.consume\n#2 end\n"
		    "#3 CONSUMER: process logs:k:orders\n"
		    "  traceparent 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n"
		    "#3 add 3\n#4 CONSUMER: process logs:k\n"
		    "  traceparent 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n"
		    "#4 add 3\n#4 end\n#5 CONSUMER: process logs:orders\n"
		    "  traceparent 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n"
		    "#5 add 3\n#6 CONSUMER: process logs:k:orders\n"
		    "  traceparent 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n"
		    "#6 add 3\n#3 answer process logs:k:orders\n#3 end\n"
		    "#5 answer process logs:orders\n#5 end\n"
		    "#6 answer process logs:k:orders\n#6 end\n");
}

/* Its last body frames were lost: it ends where the next content begins. */
static void a_message_that_lost_its_end(void **state)
{
	static struct conversation_log log;
	static struct talk talk;
	struct amqp_bytes *b;

	(void)state;
	talk.count = 0;
	open_channel(&talk);
	b = client(&talk);
	amqp_method(b, 1, AMQP_BASIC_PUBLISH, "2ss1", TEXTS("a", "one"), NUMBERS(0, 0));
	amqp_header(b, 1, 50, NULL, NULL);
	conversation_log_init(&log, &protocol_amqp, false);
	conversation_log_begin(&log, true);
	play(&talk, SIZE_MAX / 2, 0, &log);
	conversation_log_lose(&log, MESSAGE_REQUEST);
	talk.count = 0;
	b = client(&talk);
	amqp_body(b, 1, "tail");
	amqp_publish(b, 1, "a", "two", "");
	play(&talk, SIZE_MAX / 2, 0, &log);
	assert_string_equal(log.text, "#1 PRODUCER: publish a:one\n#1 end\n"
				      "#2 PRODUCER: publish a:two\n#2 end\n");
	conversation_log_done(&log);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(publishes_end_with_their_bodies),
		cmocka_unit_test(publishes_end_with_confirms),
		cmocka_unit_test(deliveries_end_with_acknowledgements),
		cmocka_unit_test(a_message_that_lost_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
