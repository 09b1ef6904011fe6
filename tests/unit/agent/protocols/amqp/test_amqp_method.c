/* The table of methods and the arguments that are read. */
#include "cmocka_test.h"

#include "amqp_bytes.h"
#include "protocols/amqp/amqp_method.h"

/* The payload of the one frame, as an exact copy. */
static struct view payload_of(const struct amqp_bytes *b)
{
	return exact_copy(view_take(view_skip(amqp_view(b), 7), b->used - 8));
}

static void reads_arguments(void **state)
{
	struct amqp_bytes b = {.used = 0};
	struct amqp_method method;
	struct view payload;

	(void)state;
	amqp_method(&b, 1, AMQP_BASIC_DELIVER, "s81ss", TEXTS("c1", "logs", "a.b"), NUMBERS(77, 1));
	payload = payload_of(&b);
	assert_true(amqp_method_read(payload, false, &method));
	assert_string_equal(method.kind->name, "basic.deliver");
	assert_view(method.consumer_tag, "c1");
	assert_view(method.exchange, "logs");
	assert_view(method.routing_key, "a.b");
	assert_true(method.delivery_tag == 77 && method.bits == 1 && !method.is_no_wait);
	for (size_t cut = 4; cut < payload.size; cut++) {
		assert_false(amqp_method_read(view_take(payload, cut), false, &method));
		assert_true(amqp_method_read(view_take(payload, cut), true, &method));
	}
	assert_false(amqp_method_read(view_take(payload, 3), true, &method));
	free_copy(payload);
}

static void reads_bits(void **state)
{
	static const struct {
		uint32_t id;
		int bits;
		bool is_no_wait;
	} cases[] = {{AMQP_QUEUE_DECLARE, 0x10, true}, {AMQP_QUEUE_DECLARE, 0x0f, false},
		     {AMQP_ID(50, 40), 0x04, true},    {AMQP_ID(50, 40), 0x03, false},
		     {AMQP_ID(40, 20), 0x02, true},    {AMQP_ID(40, 20), 0x01, false}};
	struct amqp_method method;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct amqp_bytes b = {.used = 0};
		struct view payload;

		if (cases[i].id == AMQP_ID(40, 10))
			continue;
		amqp_method(&b, 1, cases[i].id, "2s1", TEXTS("name"),
			    NUMBERS(0, (uint64_t)cases[i].bits));
		payload = payload_of(&b);
		assert_true(amqp_method_read(payload, false, &method));
		assert_int_equal(method.is_no_wait, cases[i].is_no_wait);
		free_copy(payload);
	}
	method = (struct amqp_method){.kind = amqp_method_find(AMQP_BASIC_ACK), .bits = 1};
	assert_true(amqp_method_is_multiple(&method));
	method.kind = amqp_method_find(AMQP_BASIC_REJECT); /* its bit is requeue */
	assert_false(amqp_method_is_multiple(&method));
	method.bits = 2;
	assert_true(amqp_method_is_without_ack(&method));
	assert_false(amqp_method_is_mandatory(&method));
}

static void every_call_has_its_answer(void **state)
{
	size_t calls = 0;

	(void)state;
	for (uint32_t class_id = 0; class_id < 100; class_id++) {
		for (uint32_t method_id = 0; method_id < 130; method_id++) {
			const struct amqp_method_kind *kind =
				amqp_method_find(AMQP_ID(class_id, method_id));
			char answer[64];

			if (!kind || !kind->answer)
				continue;
			calls++;
			snprintf(answer, sizeof(answer), "%s-ok", kind->name);
			assert_non_null(amqp_method_find(kind->answer));
			assert_string_equal(amqp_method_find(kind->answer)->name, answer);
		}
	}
	assert_int_equal(calls, 18);
	assert_null(amqp_method_find(AMQP_ID(60, 41)));
}

static void names_reply_codes(void **state)
{
	(void)state;
	assert_string_equal(amqp_method_reply_name(404), "NOT_FOUND");
	assert_string_equal(amqp_method_reply_name(541), "INTERNAL_ERROR");
	assert_null(amqp_method_reply_name(200));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_arguments),
		cmocka_unit_test(reads_bits),
		cmocka_unit_test(every_call_has_its_answer),
		cmocka_unit_test(names_reply_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
