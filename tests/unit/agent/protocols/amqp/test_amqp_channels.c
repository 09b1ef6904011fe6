/* What a connection remembers, and that it gives all of it back. */
#include "cmocka_test.h"

#include "protocols/amqp/amqp_channels.h"

static struct amqp_method consume(const char *queue, const char *tag)
{
	return (struct amqp_method){.kind = amqp_method_find(AMQP_BASIC_CONSUME),
				    .queue = view_of_text(queue),
				    .consumer_tag = view_of_text(tag)};
}

static void keeps_channels(void **state)
{
	struct session_budget budget = {.max_bytes = 1 << 20};
	struct amqp_session session = {.budget = &budget};
	struct amqp_channel *channel;

	(void)state;
	assert_null(amqp_channels_find(&session, 1));
	assert_null(amqp_channels_get(&session, 0));
	assert_null(amqp_channels_get(&session, AMQP_MAX_CHANNELS));
	channel = amqp_channels_get(&session, 1);
	assert_non_null(channel);
	assert_non_null(amqp_channels_get(&session, 1000));
	assert_ptr_equal(amqp_channels_find(&session, 1), channel);
	assert_null(amqp_channels_find(&session, 999));
	amqp_channels_done(&session);
	assert_int_equal(budget.used_bytes, 0);
}

static void stops_at_the_budget(void **state)
{
	struct session_budget budget = {.max_bytes = 6000};
	struct amqp_session session = {.budget = &budget};
	uint16_t number = 1;

	(void)state;
	while (amqp_channels_get(&session, number))
		number++;
	assert_in_range(number, 2, 8);
	assert_true(budget.used_bytes <= budget.max_bytes);
	assert_null(amqp_channels_get(&session, 2000));
	amqp_channels_done(&session);
	assert_int_equal(budget.used_bytes, 0);
}

static void keeps_consumers(void **state)
{
	struct session_budget budget = {.max_bytes = 1 << 20};
	struct amqp_session session = {.budget = &budget};
	struct amqp_channel *channel = amqp_channels_get(&session, 1);
	struct amqp_method method = consume("first", "a");

	(void)state;
	amqp_channels_consume(&session, channel, &method);
	method = consume("second", "");
	amqp_channels_consume(&session, channel, &method);
	assert_null(amqp_channels_consumer(channel, view_of_text("given")));
	amqp_channels_name_consumer(channel, view_of_text("a")); /* known already */
	amqp_channels_name_consumer(channel, view_of_text("given"));
	assert_view(amqp_text_view(&amqp_channels_consumer(channel, view_of_text("given"))->queue),
		    "second");
	method = consume("other", "a");
	amqp_channels_consume(&session, channel, &method);
	assert_view(amqp_text_view(&amqp_channels_consumer(channel, view_of_text("a"))->queue),
		    "other");
	amqp_channels_cancel(&session, channel, view_of_text("a"));
	assert_null(amqp_channels_consumer(channel, view_of_text("a")));
	for (int i = 0; i < 100; i++) {
		method = consume("many", "");
		amqp_channels_consume(&session, channel, &method);
	}
	assert_int_equal(channel->consumer_count, AMQP_MAX_CONSUMERS);
	amqp_channels_lose(&session, MESSAGE_RESPONSE); /* their names may have been in it */
	assert_int_equal(channel->consumer_count, 1);
	amqp_channels_lose(&session, MESSAGE_REQUEST);
	assert_int_equal(channel->consumer_count, 0);
	assert_true(channel->is_count_lost);
	assert_true(amqp_channels_get(&session, 2)->is_count_lost);
	amqp_channels_reset(&session, channel);
	assert_false(channel->is_count_lost);
	amqp_channels_done(&session);
	assert_int_equal(budget.used_bytes, 0);
}

static void cuts_texts(void **state)
{
	char text[300];
	struct amqp_text kept;

	(void)state;
	memset(text, 'x', sizeof(text));
	amqp_text_set(&kept, view_of(text, sizeof(text)));
	assert_int_equal(amqp_text_view(&kept).size, 255);
	amqp_text_set(&kept, view_of(NULL, 0));
	assert_int_equal(amqp_text_view(&kept).size, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_channels),
		cmocka_unit_test(stops_at_the_budget),
		cmocka_unit_test(keeps_consumers),
		cmocka_unit_test(cuts_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
