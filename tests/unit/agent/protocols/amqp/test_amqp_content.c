/* Properties and header tables, whole and cut. */
#include "cmocka_test.h"

#include "amqp_bytes.h"
#include "protocols/amqp/amqp_content.h"

static void reads_properties(void **state)
{
	struct amqp_bytes b = {.used = 0};
	struct amqp_content_header header;
	struct view payload;

	(void)state;
	amqp_header(&b, 1, 1234, "00-abc", "id-7");
	payload = exact_copy(view_take(view_skip(amqp_view(&b), 7), b.used - 8));
	assert_true(amqp_content_read(payload, &header));
	assert_true(header.body_size == 1234);
	assert_view(header.propagation.traceparent, "00-abc");
	assert_view(header.message_id, "id-7");
	assert_view(header.correlation_id, "");
	for (size_t cut = 0; cut < payload.size; cut++) {
		struct view copy = exact_copy(view_take(payload, cut));

		assert_int_equal(amqp_content_read(copy, &header), cut >= 14);
		if (cut >= 14)
			assert_true(header.body_size == 1234);
		free_copy(copy);
	}
	free_copy(payload);
}

/* Every field type a table may have, in front of the ones that are wanted. */
static void steps_over_all_types(void **state)
{
	struct view table = VIEW_LITERAL("\1at\1"
					 "\1bb\1"
					 "\1cB\1"
					 "\1ds\1\2"
					 "\1eu\1\2"
					 "\1fI\1\2\3\4"
					 "\1gi\1\2\3\4"
					 "\1hl\1\2\3\4\5\6\7\10"
					 "\1if\1\2\3\4"
					 "\1jd\1\2\3\4\5\6\7\10"
					 "\1kD\1\2\3\4\5"
					 "\1lT\1\2\3\4\5\6\7\10"
					 "\1mV"
					 "\1nA\0\0\0\2V "
					 "\1oF\0\0\0\3\1xV"
					 "\1px\0\0\0\1z"
					 "\14sentry-traceS\0\0\0\3one"
					 "\7Baggagex\0\0\0\3a=b"
					 "\2b3t\1"
					 "\12tracestateS\0\0\0\1x"
					 "\12tracestateS\0\0\0\1y");
	struct amqp_bytes b = {.used = 0};
	struct amqp_content_header header;

	(void)state;
	amqp_raw(&b, VIEW_LITERAL("\0\x3c\0\0\0\0\0\0\0\0\0\5\x3f\x00"));
	amqp_number(&b, table.size, 4);
	amqp_raw(&b, table);
	amqp_raw(&b, VIEW_LITERAL("\2\5\3c-1\1r\1e"));
	assert_true(amqp_content_read(amqp_view(&b), &header));
	assert_view(header.propagation.sentry_trace, "one");
	assert_view(header.propagation.baggage, "a=b");
	assert_view(header.propagation.b3, "");
	assert_view(header.propagation.tracestate, "x");
	assert_view(header.correlation_id, "c-1");
}

static void refuses_what_is_none(void **state)
{
	struct amqp_content_header header;

	(void)state;
	assert_false(amqp_content_read(VIEW_LITERAL("\0\x3d\0\0\0\0\0\0\0\0\0\5\0\0"), &header));
	assert_false(amqp_content_read(VIEW_LITERAL("\0\x3c\0\1\0\0\0\0\0\0\0\5\0\0"), &header));
	/* Of a table with a type nobody knows, what came before it counts. */
	assert_true(amqp_content_read(VIEW_LITERAL("\0\x3c\0\0\0\0\0\0\0\0\0\5\x20\0\0\0\0\x16"
						   "\2b3S\0\0\0\1q"
						   "\1a?"
						   "\7baggageS\0"),
				      &header));
	assert_view(header.propagation.b3, "q");
	assert_view(header.propagation.baggage, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_properties),
		cmocka_unit_test(steps_over_all_types),
		cmocka_unit_test(refuses_what_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
