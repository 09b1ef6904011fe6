/* Calls and their answers, channels that close. */
#include "amqp_talk.h"

static void calls_are_answered(void **state)
{
	static struct talk talk;
	struct amqp_bytes *b;

	(void)state;
	talk.count = 0;
	open_channel(&talk);
	b = client(&talk);
	amqp_method(b, 1, AMQP_QUEUE_DECLARE, "2s14", TEXTS("orders"), NUMBERS(0, 2, 0));
	amqp_method(b, 1, AMQP_ID(50, 20), "2sss14", TEXTS("orders", "logs", "k"),
		    NUMBERS(0, 0, 0));
	amqp_method(b, 1, AMQP_ID(40, 10), "2ss14", TEXTS("logs", "topic"), NUMBERS(0, 0x10, 0));
	b = server(&talk);
	amqp_method(b, 1, AMQP_QUEUE_DECLARE_OK, "s44", TEXTS("orders"), NUMBERS(0, 0));
	amqp_method(b, 1, AMQP_ID(50, 21), "", NULL, NULL);
	assert_talk(&talk, "#1 CLIENT: queue.declare orders\n#2 CLIENT: queue.bind orders\n"
			   "#3 CLIENT: exchange.declare logs\n#3 end\n"
			   "#1 answer queue.declare orders\n#1 end\n"
			   "#2 answer queue.bind orders\n#2 end\n");
	assert_talk_seen(&talk, true, true,
			 "#1 SERVER: queue.declare orders\n#2 SERVER: queue.bind orders\n"
			 "#3 SERVER: exchange.declare logs\n#3 end\n"
			 "#1 answer queue.declare orders\n#1 end\n"
			 "#2 answer queue.bind orders\n#2 end\n");
}

static void messages_are_got(void **state)
{
	static struct talk talk;
	struct amqp_bytes *b;

	(void)state;
	talk.count = 0;
	open_channel(&talk);
	b = client(&talk);
	amqp_method(b, 1, AMQP_BASIC_GET, "2s1", TEXTS("orders"), NUMBERS(0, 0));
	amqp_method(b, 1, AMQP_BASIC_GET, "2s1", TEXTS("orders"), NUMBERS(0, 0));
	b = server(&talk);
	amqp_method(b, 1, AMQP_BASIC_GET_OK, "81ss4", TEXTS("logs", "k"), NUMBERS(1, 0, 7));
	amqp_header(b, 1, 2, NULL, NULL);
	amqp_body(b, 1, "ab");
	amqp_method(b, 1, AMQP_BASIC_GET_EMPTY, "s", TEXTS(""), NULL);
	amqp_settle(client(&talk), 1, 80, 1, 0);
	assert_talk(&talk, "#1 CLIENT: get orders\n#2 CLIENT: get orders\n"
			   "#1 answer get logs:k:orders\n#1 add 2\n#1 end\n"
			   "#2 answer get orders\n#2 end\n");
}

static void a_closed_channel_fails_what_is_open(void **state)
{
	static struct talk talk;
	struct amqp_bytes *b;

	(void)state;
	talk.count = 0;
	open_channel(&talk);
	select_confirms(&talk);
	b = client(&talk);
	amqp_method(b, 1, AMQP_QUEUE_DECLARE, "2s14", TEXTS("orders"), NUMBERS(0, 1, 0));
	amqp_publish(b, 1, "nowhere", "k", "");
	b = server(&talk);
	amqp_method(b, 1, AMQP_CHANNEL_CLOSE, "2s22", TEXTS("NOT_FOUND - no queue 'orders'"),
		    NUMBERS(404, 50, 10));
	amqp_method(client(&talk), 1, AMQP_CHANNEL_CLOSE_OK, "", NULL, NULL);
	/* The count begins anew with the channel. */
	amqp_method(client(&talk), 1, AMQP_CHANNEL_OPEN, "s", TEXTS(""), NULL);
	b = client(&talk);
	amqp_method(b, 1, AMQP_CONFIRM_SELECT, "1", NULL, NUMBERS(1));
	amqp_publish(b, 1, "logs", "k", "");
	amqp_settle(server(&talk), 1, 80, 1, 0);
	b = client(&talk);
	amqp_publish(b, 1, "logs", "k", "");
	amqp_method(server(&talk), 0, AMQP_CONNECTION_CLOSE, "2s22", TEXTS("text"),
		    NUMBERS(599, 0, 0));
	assert_talk(&talk, "#1 CLIENT: confirm.select\n#1 answer confirm.select\n#1 end\n"
			   "#2 CLIENT: queue.declare orders\n#3 PRODUCER: publish nowhere:k\n"
			   "#2 answer queue.declare orders error NOT_FOUND\n#2 end\n"
			   "#3 answer publish nowhere:k error NOT_FOUND\n#3 end\n"
			   "#4 CLIENT: confirm.select\n#4 end\n#5 PRODUCER: publish logs:k\n"
			   "#5 answer publish logs:k\n#5 end\n#6 PRODUCER: publish logs:k\n"
			   "#6 answer publish logs:k error 599\n#6 end\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_are_answered),
		cmocka_unit_test(messages_are_got),
		cmocka_unit_test(a_closed_channel_fails_what_is_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
