/* Content types of gRPC, and what header blocks make of a stream. */
#include "cmocka_test.h"

#include "protocols/http2/http2_stream.h"

static struct http2_head head;
static struct message message;

static void set(const char *name, const char *value)
{
	http2_head_take(&head, http2_head_find_field(view_of_text(name)), view_of_text(value));
}

static void types_of_grpc(void **state)
{
	static const struct {
		const char *type;
		bool is_grpc;
	} cases[] = {{"application/grpc", true},
		     {"application/grpc+proto", true},
		     {"application/grpc;x=1", true},
		     {"application/grpc-web", true},
		     {"application/grpc-web-text", true},
		     {"APPLICATION/GRPC", true},
		     {"application/grpcx", false},
		     {"application/json", false},
		     {"", false}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(http2_stream_is_grpc_type(view_of_text(cases[i].type)),
				 cases[i].is_grpc);
}

static void a_request(void **state)
{
	const struct http2_fields *fields = (const struct http2_fields *)message.fields;
	struct http2_stream stream = {.status = 0};

	(void)state;
	http2_head_init(&head);
	set(":method", "GET");
	set("host", "shop");
	set("content-type", "application/grpc-web-text");
	set("grpc-timeout", "1S");
	set("traceparent", "00-x");
	http2_stream_open(&stream, &head, &message);
	assert_view(fields->method, "GET");
	assert_view(fields->authority, "shop");
	assert_view(message.propagation.traceparent, "00-x");
	assert_true(fields->is_grpc && stream.is_grpc && stream.has_timeout);
	assert_true(stream.messages[MESSAGE_REQUEST].is_uncertain);
	assert_false(fields->has_unknown);
}

static void an_answer(void **state)
{
	const struct http2_fields *fields = (const struct http2_fields *)message.fields;
	struct http2_stream stream = {.is_grpc = true};

	(void)state;
	http2_head_init(&head);
	set(":status", "103");
	assert_false(http2_stream_take_head(&stream, &head));
	http2_head_init(&head);
	set(":status", "503");
	assert_true(http2_stream_take_head(&stream, &head));
	http2_stream_answer(&stream, false, &message);
	assert_int_equal(fields->status, 503);
	assert_int_equal(fields->grpc_status, 14); /* UNAVAILABLE, by the mapping */
	http2_head_init(&head);
	set("grpc-status", "7");
	assert_true(http2_stream_take_head(&stream, &head));
	http2_stream_answer(&stream, true, &message);
	assert_int_equal(fields->grpc_status, 7);
	assert_true(fields->has_unknown);
	assert_true(fields->has_message_counts[0] && fields->has_message_counts[1]);
	/* Known for gRPC by its end only: its messages went by. */
	stream = (struct http2_stream){.is_answered = true};
	assert_true(http2_stream_take_head(&stream, &head));
	http2_stream_answer(&stream, false, &message);
	assert_true(fields->is_grpc);
	assert_false(fields->has_message_counts[0] || fields->has_message_counts[1]);
	stream = (struct http2_stream){.status = 200};
	http2_stream_answer(&stream, false, &message);
	assert_int_equal(fields->grpc_status, GRPC_STATUS_UNKNOWN);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_of_grpc),
		cmocka_unit_test(a_request),
		cmocka_unit_test(an_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
