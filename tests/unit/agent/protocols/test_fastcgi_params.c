/* Heads of requests: whole, cut at every offset, their pairs in any records. */
#include "fastcgi_bytes.h"

#include "protocols/fastcgi_params.h"

static const char *const pairs[] = {
	"QUERY_STRING=a=1",
	"REQUEST_METHOD=GET",
	"EMPTY=",
	"A_NAME_THAT_IS_LONGER_THAN_ANY_THAT_IS_KNOWN_HERE=x",
	"REQUEST_URI=/buy?a=1",
	"SCRIPT_FILENAME=/srv/app/index.php",
	"HTTP_HOST=shop.example",
	"HTTP_TRACEPARENT=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
	"HTTP_SENTRY_TRACE=t",
	"HTTP_BAGGAGE=b",
	"HTTP_B3=3",
	"HTTP_USER_AGENT=curl",
	NULL,
};

static enum parse_result parse(struct view bytes, bool is_final, struct message *ret_message,
			       size_t *ret_consumed)
{
	memset(ret_message, 0xa5, sizeof(*ret_message));
	*ret_consumed = 12345;
	return fastcgi_params_parse(bytes, is_final, ret_message, ret_consumed);
}

static void assert_fields(const struct message *message)
{
	const struct fastcgi_fields *fields = (const struct fastcgi_fields *)message->fields;

	assert_view(fields->method, "GET");
	assert_view(fields->target, "/buy?a=1");
	assert_view(fields->query, "a=1");
	assert_view(fields->script_filename, "/srv/app/index.php");
	assert_view(fields->host, "shop.example");
	assert_view(fields->user_agent, "curl");
	assert_view(message->propagation.traceparent,
		    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
	assert_view(message->propagation.sentry_trace, "t");
	assert_view(message->propagation.baggage, "b");
	assert_view(message->propagation.b3, "3");
	assert_null(message->propagation.tracestate.bytes);
}

static void reads_a_request(void **state)
{
	struct fastcgi_bytes b = {.used = 0};
	struct message message;
	size_t consumed, size;

	(void)state;
	fastcgi_bytes_request(&b, pairs);
	size = b.used;
	for (size_t cut = 0; cut < size; cut++) {
		struct view copy = exact_copy(view_of(b.bytes, cut));

		assert_int_equal(parse(copy, false, &message, &consumed), PARSE_NEED_MORE);
		assert_int_equal(consumed, 12345);
		free_copy(copy);
	}
	fastcgi_bytes_record(&b, FASTCGI_STDIN, VIEW_LITERAL("body"), 0);
	assert_int_equal(parse(fastcgi_bytes_view(&b), false, &message, &consumed), PARSE_DONE);
	assert_int_equal(consumed, size);
	assert_int_equal(message.kind, MESSAGE_REQUEST);
	assert_int_equal(message.framing, BODY_CHUNKED);
	assert_int_equal(message.head_size, size);
	assert_int_equal(message.body_size, 0);
	assert_false(message.is_truncated);
	assert_fields(&message);
}

/* Pairs with sizes of four bytes, cut into two records anywhere: what lies in both is left out. */
static void joins_records(void **state)
{
	struct fastcgi_bytes content = {.used = 0};
	size_t whole_count = 0;

	(void)state;
	fastcgi_bytes_pairs(&content, pairs, true);
	for (size_t cut = 1; cut < content.used; cut++) {
		struct fastcgi_bytes b = {.used = 0};
		struct message message;
		size_t consumed;
		const struct fastcgi_fields *fields = (const struct fastcgi_fields *)message.fields;

		fastcgi_bytes_begin(&b);
		fastcgi_bytes_record(&b, FASTCGI_PARAMS, view_of(content.bytes, cut), 1);
		fastcgi_bytes_record(&b, FASTCGI_PARAMS,
				     view_of(content.bytes + cut, content.used - cut), 0);
		fastcgi_bytes_record(&b, FASTCGI_PARAMS, (struct view){0}, 0);
		if (parse(fastcgi_bytes_view(&b), false, &message, &consumed) != PARSE_DONE)
			continue; /* the method was cut, or the target */
		whole_count++;
		assert_int_equal(consumed, b.used);
		if (fields->host.size)
			assert_view(fields->host, "shop.example");
		if (fields->user_agent.size)
			assert_view(fields->user_agent, "curl");
	}
	assert_int_equal(whole_count, content.used - 1 - strlen("ET") - strlen("buy?a=1"));
}

static void makes_the_best_of_a_cut(void **state)
{
	struct fastcgi_bytes b = {.used = 0};
	struct message message;
	size_t consumed, good = 0;

	(void)state;
	fastcgi_bytes_request(&b, pairs);
	for (size_t cut = 0; cut < b.used; cut++) {
		enum parse_result result = parse(view_of(b.bytes, cut), true, &message, &consumed);

		assert_int_equal(result, good ? PARSE_DONE : result);
		if (result != PARSE_DONE)
			continue;
		good++;
		assert_true(message.is_truncated);
		assert_int_equal(message.framing, BODY_UNTIL_CLOSE);
		assert_int_equal(consumed, cut);
	}
	assert_true(good > 100);
}

static void refuses_what_is_none(void **state)
{
	static const char *const nothing[] = {"SERVER_NAME=x", NULL};
	struct fastcgi_bytes order = {.used = 0}, empty = {.used = 0}, input = {.used = 0};
	struct message message;
	size_t consumed;

	(void)state;
	fastcgi_bytes_record(&order, FASTCGI_PARAMS, VIEW_LITERAL("x"), 0);
	assert_int_equal(parse(fastcgi_bytes_view(&order), false, &message, &consumed),
			 PARSE_INVALID);
	fastcgi_bytes_request(&empty, nothing);
	assert_int_equal(parse(fastcgi_bytes_view(&empty), false, &message, &consumed),
			 PARSE_INVALID);
	fastcgi_bytes_begin(&input);
	fastcgi_bytes_record(&input, FASTCGI_STDIN, VIEW_LITERAL("x"), 0);
	assert_int_equal(parse(fastcgi_bytes_view(&input), false, &message, &consumed),
			 PARSE_INVALID);
	assert_int_equal(parse(VIEW_LITERAL("GET / HTTP/1.1\r\n"), true, &message, &consumed),
			 PARSE_INVALID);
	assert_int_equal(consumed, 12345);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_request),
		cmocka_unit_test(joins_records),
		cmocka_unit_test(makes_the_best_of_a_cut),
		cmocka_unit_test(refuses_what_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
