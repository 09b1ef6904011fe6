/* Whole conversations of AMQP: channels, losses, and connections joined midway. */
#include "amqp_talk.h"

static void channels_do_not_mix(void **state)
{
	static struct talk talk;
	struct amqp_bytes *b;

	(void)state;
	talk.count = 0;
	open_channel(&talk);
	b = client(&talk);
	amqp_method(b, 1, AMQP_BASIC_PUBLISH, "2ss1", TEXTS("a", "one"), NUMBERS(0, 0));
	amqp_method(b, 700, AMQP_BASIC_PUBLISH, "2ss1", TEXTS("a", "two"), NUMBERS(0, 0));
	amqp_header(b, 700, 1, NULL, NULL);
	amqp_header(b, 1, 1, NULL, NULL);
	amqp_body(b, 1, "x");
	amqp_body(b, 700, "y");
	amqp_method(b, 2048, AMQP_BASIC_PUBLISH, "2ss1", TEXTS("a", "no room"), NUMBERS(0, 0));
	amqp_header(b, 2048, 0, NULL, NULL);
	assert_talk(&talk, "#1 PRODUCER: publish a:two\n#2 PRODUCER: publish a:one\n"
			   "#2 add 1\n#2 end\n#1 add 1\n#1 end\n");
}

/* Neither the count of publishes nor the consumers are known. */
static void joined_midway(void **state)
{
	static struct talk talk;
	struct amqp_bytes *b;

	(void)state;
	talk.count = 0;
	b = server(&talk);
	amqp_settle(b, 1, 80, 40, 1);
	amqp_method(b, 1, AMQP_QUEUE_DECLARE_OK, "s44", TEXTS("orders"), NUMBERS(0, 0));
	amqp_body(b, 1, "the rest of something");
	b = client(&talk);
	amqp_publish(b, 1, "logs", "k", "");
	amqp_method(b, 1, AMQP_CONFIRM_SELECT, "1", NULL, NUMBERS(1));
	amqp_publish(b, 1, "logs", "k", "");
	b = server(&talk);
	amqp_settle(b, 1, 80, 41, 0);
	amqp_deliver(b, 1, "c1", 90, "k", "abc");
	amqp_settle(client(&talk), 1, 80, 90, 0);
	amqp_deliver(server(&talk), 1, "c1", 91, "k", "abc");
	amqp_settle(client(&talk), 1, 80, 91, 0);
	assert_talk_seen(&talk, false, false,
			 "#1 PRODUCER: publish logs:k\n#1 end\n#2 CLIENT: confirm.select\n#2 end\n"
			 "#3 PRODUCER: publish logs:k\n#3 end\n#4 CONSUMER: process logs:k\n"
			 "  traceparent 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n"
			 "#4 add 3\n#4 end\n#5 CONSUMER: process logs:k\n"
			 "  traceparent 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n"
			 "#5 add 3\n#5 answer process logs:k\n#5 end\n");
}

static void begin_lossy(struct conversation_log *log)
{
	static struct talk talk;
	struct amqp_bytes *b;

	talk.count = 0;
	open_channel(&talk);
	select_confirms(&talk);
	b = client(&talk);
	amqp_publish(b, 1, "logs", "one", "");
	amqp_method(b, 1, AMQP_QUEUE_DECLARE, "2s14", TEXTS("q"), NUMBERS(0, 0, 0));
	conversation_log_init(log, &protocol_amqp, false);
	conversation_log_begin(log, true);
	play(&talk, SIZE_MAX / 2, 0, log);
	log->used = 0;
}

/* Tags up to the loss are known, later ones are not. */
static void a_loss_of_the_client(void **state)
{
	static struct conversation_log log;
	static struct talk talk;
	struct amqp_bytes *b;

	(void)state;
	begin_lossy(&log);
	conversation_log_lose(&log, MESSAGE_REQUEST);
	talk.count = 0;
	b = client(&talk);
	amqp_publish(b, 1, "logs", "later", "");
	b = server(&talk);
	amqp_settle(b, 1, 80, 1, 0);
	amqp_settle(b, 1, 80, 2, 0);
	play(&talk, SIZE_MAX / 2, 0, &log);
	assert_string_equal(log.text, "#4 PRODUCER: publish logs:later\n#4 end\n"
				      "#2 answer publish logs:one\n#2 end\n");
	conversation_log_done(&log);
}

/* An answer that comes after a loss may be another's. */
static void a_loss_of_the_server(void **state)
{
	static struct conversation_log log;
	static struct talk talk;

	(void)state;
	begin_lossy(&log);
	conversation_log_lose(&log, MESSAGE_RESPONSE);
	talk.count = 0;
	amqp_method(client(&talk), 1, AMQP_QUEUE_DECLARE, "2s14", TEXTS("r"), NUMBERS(0, 0, 0));
	amqp_method(server(&talk), 1, AMQP_QUEUE_DECLARE_OK, "s44", TEXTS("r"), NUMBERS(0, 0));
	amqp_settle(server(&talk), 1, 80, 1, 0);
	play(&talk, SIZE_MAX / 2, 0, &log);
	assert_string_equal(log.text, "#4 CLIENT: queue.declare r\n#4 answer queue.declare r\n"
				      "#4 end\n#2 answer publish logs:one\n#2 end\n");
	conversation_log_done(&log);
}

static void what_is_not_amqp(void **state)
{
	static struct talk talk;
	struct amqp_bytes *b;

	(void)state;
	talk.count = 0;
	b = client(&talk);
	amqp_method(b, 1, AMQP_ID(60, 41), "", NULL, NULL);
	assert_talk(&talk, "invalid\n");
	talk.count = 0;
	b = client(&talk);
	amqp_publish(b, 1, "logs", "k", "");
	amqp_settle(b, 1, 80, 1, 0);
	b->bytes[b->used - 1] = 'x'; /* its end octet */
	amqp_publish(b, 1, "logs", "k", "hello");
	{
		static struct conversation_log log;

		conversation_log_init(&log, &protocol_amqp, false);
		conversation_log_begin(&log, true);
		play(&talk, SIZE_MAX / 2, 0, &log);
		assert_string_equal(log.text, "#1 PRODUCER: publish logs:k\n#1 end\ninvalid\n");
		conversation_log_done(&log);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(channels_do_not_mix),  cmocka_unit_test(joined_midway),
		cmocka_unit_test(a_loss_of_the_client), cmocka_unit_test(a_loss_of_the_server),
		cmocka_unit_test(what_is_not_amqp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
