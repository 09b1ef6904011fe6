/* Whole conversations of Kafka: requests that find their responses, in whatever pieces they come.
 */
#include "cmocka_test.h"

#include "conversation_log.h"
#include "kafka_bytes.h"
#include "protocols/kafka/kafka.h"

struct turn {
	enum message_kind side;
	struct kafka_bytes *b;
};

static void assert_turns(const struct turn *turns, size_t count, bool is_server, const char *wanted)
{
	static struct conversation_log log;
	struct shared_names *names;
	struct log_turn seen[16];

	assert_in_range(count, 1, 16);
	for (size_t i = 0; i < count; i++)
		seen[i] = (struct log_turn){turns[i].side, kafka_view(turns[i].b)};
	for (size_t run = 0; run < 300; run++) {
		conversation_log_init(&log, &protocol_kafka, is_server);
		assert_int_equal(shared_names_new(&names, 4, 1000), 0);
		log.names = names;
		conversation_log_begin(&log, true);
		conversation_log_play(&log, seen, count, run == 1 ? 1 : SIZE_MAX / 2,
				      run > 1 ? run - 1 : 0);
		assert_string_equal(log.text, wanted);
		conversation_log_done(&log);
		shared_names_free(&names);
	}
}

static void produces(void **state)
{
	static const int versions[] = {0, 3, 8, 9, 12};

	(void)state;
	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		struct kafka_bytes c = {.used = 0}, s = {.used = 0};
		struct turn turns[] = {{MESSAGE_REQUEST, &c}, {MESSAGE_RESPONSE, &s}};

		kafka_produce(&c, versions[i], 7, 1, 5);
		kafka_produce(&c, versions[i], 8, 0, 5);
		kafka_produce(&c, versions[i], 9, 0xffff, 5);
		kafka_produced(&s, versions[i], 9, 6);
		kafka_produced(&s, versions[i], 7, 0);
		assert_turns(turns, 2, false,
			     "#1 PRODUCER: send orders\n#2 PRODUCER: send orders\n#2 end\n"
			     "#3 PRODUCER: send orders\n"
			     "#3 answer send orders error NOT_LEADER_OR_FOLLOWER\n#3 end\n"
			     "#1 answer send orders\n#1 end\n");
		assert_turns(turns, 2, true,
			     "#1 SERVER: send orders\n#2 SERVER: send orders\n#2 end\n"
			     "#3 SERVER: send orders\n"
			     "#3 answer send orders error NOT_LEADER_OR_FOLLOWER\n#3 end\n"
			     "#1 answer send orders\n#1 end\n");
	}
}

static void names_topics_by_id(void **state)
{
	struct kafka_bytes c = {.used = 0}, s = {.used = 0}, c2 = {.used = 0}, s2 = {.used = 0};
	struct turn turns[] = {{MESSAGE_REQUEST, &c},
			       {MESSAGE_RESPONSE, &s},
			       {MESSAGE_REQUEST, &c2},
			       {MESSAGE_RESPONSE, &s2}};
	struct view id = VIEW_LITERAL("0123456789abcdef"), other = VIEW_LITERAL("fedcba9876543210");

	(void)state;
	kafka_begin_request(&c, 3, 12, 1, true);
	kafka_end(&c);
	kafka_begin_response(&s, 1, true);
	kafka_number(&s, 0, 4);
	kafka_count(&s, 0, true);
	kafka_number(&s, 0, 1);
	kafka_number(&s, 1, 4);
	kafka_count(&s, 1, true);
	kafka_number(&s, 0, 2);
	kafka_text(&s, "orders", true);
	kafka_raw(&s, id);
	kafka_number(&s, 0, 1);
	kafka_count(&s, 0, true);
	kafka_number(&s, 0, 4);
	kafka_number(&s, 0, 2);
	kafka_end(&s);
	for (uint32_t i = 0; i < 3; i++) {
		kafka_begin_request(&c2, 1, 16, 2 + i, true);
		kafka_raw(&c2, VIEW_LITERAL("\0\0\1\0\0\0\0\1\0\0\0\1\0"));
		kafka_number(&c2, i ? 77 : 0, 4); /* the session */
		kafka_number(&c2, i == 2 ? UINT32_MAX : i, 4);
		kafka_count(&c2, i == 0, true);
		if (i == 0) {
			kafka_raw(&c2, id);
			kafka_count(&c2, 1, true);
			kafka_number(&c2, 4, 4);
		}
		kafka_end(&c2);
		kafka_begin_response(&s2, 2 + i, true);
		kafka_number(&s2, 0, 4);
		kafka_number(&s2, i == 2 ? 71 : 0, 2);
		kafka_number(&s2, 9, 4);
		kafka_count(&s2, i == 1, true);
		if (i == 1)
			kafka_raw(&s2, other);
		kafka_end(&s2);
	}
	assert_turns(turns, 4, false,
		     "#1 CLIENT: Metadata\n#1 answer Metadata\n#1 end\n#2 CLIENT: poll orders\n"
		     "#3 CLIENT: poll orders\n#4 CLIENT: poll orders\n#2 answer poll orders\n"
		     "#2 end\n#3 answer poll orders\n#3 end\n"
		     "#4 answer poll orders error INVALID_FETCH_SESSION_EPOCH\n#4 end\n");
}

/* Java's producer asks on one connection what a topic's id is, and sends on others. */
static void names_topics_of_other_connections(void **state)
{
	static struct conversation_log logs[3];
	struct view id = VIEW_LITERAL("0123456789abcdef");
	struct kafka_bytes b = {.used = 0};
	struct shared_names *names;
	struct name_scope scope;

	(void)state;
	assert_int_equal(shared_names_new(&names, 4, 1000), 0);
	scope = (struct name_scope){names, &protocol_kafka, 7};
	shared_names_learn(&scope, id, VIEW_LITERAL("orders"));
	kafka_begin_request(&b, 0, 13, 1, true);
	kafka_raw(&b, VIEW_LITERAL("\0\0\1\0\0\x75\x30"));
	kafka_count(&b, 1, true);
	kafka_raw(&b, id);
	kafka_count(&b, 1, true);
	kafka_number(&b, 0, 4);
	kafka_batch(&b, 3, 100, true);
	kafka_number(&b, 0, 3);
	kafka_end(&b);
	/* The same process, another one, and one of whom nothing is known. */
	for (uint32_t i = 0; i < 3; i++) {
		conversation_log_init(&logs[i], &protocol_kafka, false);
		logs[i].connection.tgid = 7 + i;
		logs[i].names = i < 2 ? names : NULL;
		conversation_log_begin(&logs[i], true);
		conversation_log_feed(&logs[i], MESSAGE_REQUEST, kafka_view(&b));
		assert_string_equal(logs[i].text,
				    i ? "#1 PRODUCER: send\n" : "#1 PRODUCER: send orders\n");
		conversation_log_done(&logs[i]);
	}
	shared_names_free(&names);
}

/* What Kafka will have one day is passed over by its size, where a request is certain to begin. */
static void passes_over_what_is_newer(void **state)
{
	static struct conversation_log log;
	struct kafka_bytes c = {.used = 0}, s = {.used = 0}, newer = {.used = 0};
	struct turn turns[] = {{MESSAGE_REQUEST, &c}, {MESSAGE_RESPONSE, &s}};
	size_t offset;

	(void)state;
	kafka_produce(&c, 9, 1, 1, 5);
	for (int key = 8; key < 1000; key += 900) {
		kafka_begin_request(&c, key, 99, (uint32_t)key, true);
		kafka_raw(&c, VIEW_LITERAL("whatever it may be"));
		kafka_end(&c);
	}
	kafka_produce(&c, 9, 2, 1, 5);
	kafka_begin_response(&s, 908, true);
	kafka_raw(&s, VIEW_LITERAL("\0\6\0\6\0\6\0\6\0\6\0\6\0\6"));
	kafka_end(&s);
	kafka_produced(&s, 9, 2, 6);
	assert_turns(turns, 2, false,
		     "#1 PRODUCER: send orders\n#2 CLIENT: OffsetCommit\n#3 CLIENT: request\n"
		     "#4 PRODUCER: send orders\n#3 answer request\n#3 end\n"
		     "#4 answer send orders error NOT_LEADER_OR_FOLLOWER\n#4 end\n");
	/* Joined midway it proves nothing, and neither where the place was lost. */
	kafka_begin_request(&newer, 908, 99, 5, true);
	kafka_raw(&newer, VIEW_LITERAL("whatever it may be"));
	kafka_end(&newer);
	assert_int_equal(protocol_kafka.detect(kafka_view(&newer)), DETECT_NO);
	for (int is_lost = 0; is_lost < 2; is_lost++) {
		conversation_log_init(&log, &protocol_kafka, false);
		conversation_log_begin(&log, is_lost);
		if (is_lost)
			conversation_log_lose(&log, MESSAGE_REQUEST);
		assert_false(protocol_kafka.conversation->resume(log.session, MESSAGE_REQUEST,
								 kafka_view(&newer), &offset));
		conversation_log_feed(&log, MESSAGE_REQUEST, kafka_view(&newer));
		assert_string_equal(log.text, "invalid\n");
		conversation_log_done(&log);
	}
}

static void share_groups(void **state)
{
	struct kafka_bytes c = {.used = 0}, s = {.used = 0};
	struct turn turns[] = {{MESSAGE_REQUEST, &c}, {MESSAGE_RESPONSE, &s}};

	(void)state;
	for (uint32_t i = 0; i < 3; i++) {
		int key = i < 2 ? 78 : 79;

		kafka_begin_request(&c, key, 1 + (int)i % 2, i, true);
		kafka_text(&c, "billing", true);
		kafka_text(&c, "a member", true);
		kafka_number(&c, i, 4);
		for (uint32_t byte = 0; key == 78 && byte < (i ? 22 : 20); byte++)
			kafka_number(&c, 0, 1);
		kafka_count(&c, 0, true);
		kafka_end(&c);
		kafka_begin_response(&s, i, true);
		kafka_number(&s, 0, 4);
		kafka_number(&s, i == 2 ? 123 : 0, 2);
		kafka_end(&s);
	}
	assert_turns(turns, 2, false,
		     "#1 CLIENT: poll\n#2 CLIENT: poll\n#3 CLIENT: ShareAcknowledge\n"
		     "#1 answer poll\n#1 end\n#2 answer poll\n#2 end\n"
		     "#3 answer ShareAcknowledge error INVALID_SHARE_SESSION_EPOCH\n#3 end\n");
}

static void a_response_needs_its_request(void **state)
{
	static struct conversation_log log;
	struct kafka_bytes c = {.used = 0}, s = {.used = 0};
	size_t offset = 9;

	(void)state;
	conversation_log_init(&log, &protocol_kafka, false);
	conversation_log_begin(&log, true);
	kafka_produced(&s, 3, 77, 0); /* of nobody: passed over */
	conversation_log_feed(&log, MESSAGE_RESPONSE, kafka_view(&s));
	assert_string_equal(log.text, "");
	kafka_produce(&c, 3, 5, 1, 1);
	conversation_log_feed(&log, MESSAGE_REQUEST, kafka_view(&c));
	conversation_log_lose(&log, MESSAGE_RESPONSE);
	assert_false(protocol_kafka.conversation->resume(log.session, MESSAGE_RESPONSE,
							 kafka_view(&s), &offset));
	conversation_log_feed(&log, MESSAGE_RESPONSE, kafka_view(&s));
	conversation_log_lose(&log, MESSAGE_RESPONSE);
	s.used = 0;
	kafka_produced(&s, 3, 5, 0);
	assert_true(protocol_kafka.conversation->resume(log.session, MESSAGE_RESPONSE,
							kafka_view(&s), &offset));
	assert_int_equal(offset, 0);
	conversation_log_feed(&log, MESSAGE_RESPONSE, kafka_view(&s));
	assert_string_equal(log.text, "#1 PRODUCER: send orders\ninvalid\n"
				      "#1 answer send orders\n#1 end\n");
	conversation_log_done(&log);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(produces),
		cmocka_unit_test(names_topics_by_id),
		cmocka_unit_test(names_topics_of_other_connections),
		cmocka_unit_test(passes_over_what_is_newer),
		cmocka_unit_test(share_groups),
		cmocka_unit_test(a_response_needs_its_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
