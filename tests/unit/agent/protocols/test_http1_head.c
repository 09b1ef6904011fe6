/* Heads: each vector whole, byte by byte and cut at every offset, with the fields it must give. */
#include "cmocka_test.h"

#include "protocols/http1_head.h"
#include "protocols/http1_start_line.h"

struct parsed {
	struct view bytes; /* heap copy the message looks into */
	struct message message;
	size_t consumed;
	unsigned char pair_state[PROTOCOL_PAIR_STATE_BYTES];
};

static enum parse_result parse(enum message_kind kind, struct view bytes, bool is_final,
			       struct parsed *ret)
{
	ret->bytes = exact_copy(bytes);
	ret->consumed = 12345;
	memset(&ret->message, 0xa5, sizeof(ret->message));
	memset(ret->pair_state, 0, sizeof(ret->pair_state));
	return http1_head_parse(kind, ret->bytes, is_final, ret->pair_state, &ret->message,
				&ret->consumed);
}

static const struct http1_fields *fields_of(const struct parsed *parsed)
{
	return (const struct http1_fields *)parsed->message.fields;
}

/* Cut at every offset it is "more"; whole, and with a body behind it, it is the head. */
static void parse_head(enum message_kind kind, const char *text, struct parsed *ret)
{
	struct view whole = view_of_text(text);
	char longer[2048];

	for (size_t cut = 0; cut < whole.size; cut++) {
		assert_int_equal(parse(kind, view_take(whole, cut), false, ret), PARSE_NEED_MORE);
		assert_int_equal(ret->consumed, 12345);
		free_copy(ret->bytes);
	}
	snprintf(longer, sizeof(longer), "%s\r\nbody: of the message", text);
	assert_int_equal(parse(kind, view_of_text(longer), false, ret), PARSE_DONE);
	assert_int_equal(ret->consumed, whole.size);
	free_copy(ret->bytes);
	assert_int_equal(parse(kind, whole, false, ret), PARSE_DONE);
	assert_int_equal(ret->consumed, whole.size);
	assert_int_equal(ret->message.head_size, whole.size);
	assert_int_equal(ret->message.kind, kind);
	assert_false(ret->message.is_truncated);
}

static void assert_invalid(enum message_kind kind, const char *text)
{
	struct parsed parsed;

	if (parse(kind, view_of_text(text), false, &parsed) != PARSE_INVALID)
		fail_msg("\"%s\" was taken", text);
	assert_int_equal(parsed.consumed, 12345);
	free_copy(parsed.bytes);
}

static void reads_a_request(void **state)
{
	struct parsed p;

	(void)state;
	parse_head(MESSAGE_REQUEST,
		   "POST /orders?x=1 HTTP/1.1\r\nHOST: shop.example:8080\r\n"
		   "User-Agent:curl/7.88.1  \r\nContent-Length: 42\r\nAccept: */*\r\n\r\n",
		   &p);
	assert_view(fields_of(&p)->method, "POST");
	assert_view(fields_of(&p)->target, "/orders?x=1");
	assert_view(fields_of(&p)->host, "shop.example:8080");
	assert_view(fields_of(&p)->user_agent, "curl/7.88.1");
	assert_int_equal(fields_of(&p)->minor_version, 1);
	assert_int_equal(p.message.framing, BODY_LENGTH);
	assert_int_equal(p.message.body_size, 42);
	assert_null(p.message.propagation.traceparent.bytes);
	free_copy(p.bytes);
}

static void reads_a_response(void **state)
{
	struct parsed p;

	(void)state;
	parse_head(MESSAGE_RESPONSE, "HTTP/1.0 404 Not Found, sorry\r\nServer : x\r\n\r\n", &p);
	assert_int_equal(fields_of(&p)->status, 404);
	assert_int_equal(fields_of(&p)->minor_version, 0);
	assert_int_equal(p.message.framing, BODY_UNTIL_CLOSE);
	free_copy(p.bytes);
	parse_head(MESSAGE_RESPONSE, "HTTP/1.1 200\r\nContent-Length: 7\r\n\r\n", &p);
	assert_int_equal(fields_of(&p)->status, 200);
	assert_int_equal(p.message.body_size, 7);
	free_copy(p.bytes);
}

static void tolerates_line_ends(void **state)
{
	struct parsed p;

	(void)state;
	parse_head(MESSAGE_REQUEST, "\r\n\nGET / HTTP/1.1 \nHost: a\nX: y\r\n\n", &p);
	assert_view(fields_of(&p)->host, "a");
	assert_view(fields_of(&p)->method, "GET");
	free_copy(p.bytes);
	parse_head(MESSAGE_REQUEST, "GET / HTTP/1.1\r\n ignored: by rule\r\nHost: b\r\n\r\n", &p);
	assert_view(fields_of(&p)->host, "b");
	free_copy(p.bytes);
}

static void unfolds(void **state)
{
	struct parsed p;

	(void)state;
	parse_head(
		MESSAGE_REQUEST,
		"PUT / HTTP/1.1\r\nContent-Length:\r\n  5\r\nTransfer-Encoding: gzip,\r\n\tchunked"
		"\r\nUser-Agent: a\r\n b\r\n\r\n",
		&p);
	assert_int_equal(p.message.framing, BODY_CHUNKED);
	assert_view(fields_of(&p)->user_agent, "a\r\n b");
	free_copy(p.bytes);
	parse_head(MESSAGE_REQUEST, "PUT / HTTP/1.1\r\nContent-Length:\r\n  5\r\n\r\n", &p);
	assert_int_equal(p.message.body_size, 5);
	free_copy(p.bytes);
}

static void reads_targets(void **state)
{
	static const char *const targets[] = {"/", "*", "http://a.example/b", "a.example:443",
					      "/%20?q=%41#x"};
	struct parsed p;
	char text[128];

	(void)state;
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		snprintf(text, sizeof(text), "QUERY %s HTTP/1.1\r\n\r\n", targets[i]);
		parse_head(MESSAGE_REQUEST, text, &p);
		assert_view(fields_of(&p)->target, targets[i]);
		assert_view(fields_of(&p)->method, "QUERY");
		free_copy(p.bytes);
	}
}

static void reads_propagation(void **state)
{
	struct parsed p;

	(void)state;
	parse_head(
		MESSAGE_REQUEST,
		"GET / HTTP/1.1\r\nTraceParent: tp\r\ntracestate: a=1\r\nTraceState: b=2\r\n"
		"sentry-trace: st\r\nbaggage: k=v\r\nX: 1\r\nbaggage: l=w\r\nb3: 0\r\n"
		"X-B3-TraceId: t\r\nX-B3-SpanId: s\r\nX-B3-Sampled: 1\r\ntraceparent: other\r\n\r\n",
		&p);
	assert_view(p.message.propagation.traceparent, "tp");
	assert_view(p.message.propagation.tracestate, "a=1\r\nTraceState: b=2");
	assert_view(p.message.propagation.sentry_trace, "st");
	assert_view(p.message.propagation.baggage, "k=v");
	assert_view(p.message.propagation.b3, "0");
	assert_view(p.message.propagation.b3_trace_id, "t");
	assert_view(p.message.propagation.b3_span_id, "s");
	assert_view(p.message.propagation.b3_sampled, "1");
	free_copy(p.bytes);
}

static void refuses(void **state)
{
	(void)state;
	assert_invalid(MESSAGE_REQUEST, "GET / HTTP/1.1\r\nHost : a\r\n\r\n");
	assert_invalid(MESSAGE_REQUEST, "GET / HTTP/1.1\r\n: a\r\n\r\n");
	assert_invalid(MESSAGE_REQUEST, "GET / HTTP/1.1\r\nno colon\r\n\r\n");
	assert_invalid(MESSAGE_REQUEST, "GET / HTTP/1.1x\r\n\r\n");
	assert_invalid(MESSAGE_REQUEST, "GET / HTTP/1.1 x\r\n\r\n");
	assert_invalid(MESSAGE_REQUEST, "GET /\r\n\r\n");
	assert_invalid(MESSAGE_REQUEST, "HTTP/1.1 200 OK\r\n\r\n");
	assert_invalid(MESSAGE_REQUEST,
		       "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n");
	assert_invalid(MESSAGE_REQUEST, "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n");
	assert_invalid(MESSAGE_RESPONSE, "GET / HTTP/1.1\r\n\r\n");
	assert_invalid(MESSAGE_RESPONSE, "HTTP/1.1 2000 OK\r\n\r\n");
	assert_invalid(MESSAGE_RESPONSE, "HTTP/1.1 200OK\r\n\r\n");
	assert_invalid(MESSAGE_RESPONSE,
		       "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n");
	assert_invalid(MESSAGE_RESPONSE, "\n\n\n\n\n\n\n\n\n\nHTTP/1.1 200 OK\r\n\r\n");
}

static void limits_heads(void **state)
{
	static const char start[] = "GET / HTTP/1.1\r\n";
	size_t size = MAX_HTTP1_HEAD_BYTES;
	char *text = malloc(size + 16);
	struct parsed p;

	(void)state;
	memcpy(text, start, sizeof(start));
	memset(text + sizeof(start) - 1, 'a', size);
	text[sizeof(start)] = ':';
	assert_int_equal(parse(MESSAGE_REQUEST, view_of(text, size - 1), false, &p),
			 PARSE_NEED_MORE);
	free_copy(p.bytes);
	assert_int_equal(parse(MESSAGE_REQUEST, view_of(text, size), false, &p), PARSE_INVALID);
	free_copy(p.bytes);
	memcpy(text + size - 4, "\r\n\r\n", 4);
	assert_int_equal(parse(MESSAGE_REQUEST, view_of(text, size), false, &p), PARSE_DONE);
	free_copy(p.bytes);
	memcpy(text + size - 4, "a\r\n\r\n", 5);
	assert_int_equal(parse(MESSAGE_REQUEST, view_of(text, size + 1), false, &p), PARSE_INVALID);
	free_copy(p.bytes);
	for (size_t lines = MAX_HTTP1_LINES; lines <= MAX_HTTP1_LINES + 1; lines++) {
		size_t used = (size_t)sprintf(text, "%s", start);

		for (size_t i = 0; i < lines; i++)
			used += (size_t)sprintf(text + used, "a:\r\n");
		used += (size_t)sprintf(text + used, "\r\n");
		assert_int_equal(parse(MESSAGE_REQUEST, view_of(text, used), false, &p),
				 lines <= MAX_HTTP1_LINES ? PARSE_DONE : PARSE_INVALID);
		free_copy(p.bytes);
	}
	free(text);
}

/* Cut anywhere and final: from the first byte of the target on it gives a truncated message. */
static void makes_the_best_of_truncated_requests(void **state)
{
	static const char text[] =
		"HEAD /orders/17?a=b HTTP/1.1\r\nHost: shop\r\nUser-Agent: x\r\n\r\n";
	struct parsed p;

	(void)state;
	for (size_t cut = 0; cut < sizeof(text) - 1; cut++) {
		enum parse_result result = parse(MESSAGE_REQUEST, view_of(text, cut), true, &p);

		assert_int_equal(result, cut > 5 ? PARSE_DONE : PARSE_INVALID);
		if (result == PARSE_DONE) {
			assert_true(p.message.is_truncated);
			assert_int_equal(p.message.framing, BODY_UNTIL_CLOSE);
			assert_int_equal(p.consumed, cut);
			assert_int_equal(p.message.head_size, cut);
			assert_view(fields_of(&p)->method, "HEAD");
			assert_int_equal(fields_of(&p)->target.size, cut > 19 ? 14 : cut - 5);
			assert_int_equal(fields_of(&p)->minor_version,
					 cut >= 28 ? 1 : HTTP1_VERSION_UNKNOWN);
			assert_int_equal(fields_of(&p)->host.size, cut >= 42 ? 4 : 0);
			assert_int_not_equal(p.pair_state[0], 0);
		}
		free_copy(p.bytes);
	}
	assert_int_equal(parse(MESSAGE_REQUEST, view_of_text(text), true, &p), PARSE_DONE);
	assert_false(p.message.is_truncated);
	assert_int_equal(p.message.framing, BODY_NONE);
	free_copy(p.bytes);
}

static void makes_the_best_of_truncated_responses(void **state)
{
	static const char text[] = "HTTP/1.1 206 Partial\r\nContent-Length: 5\r\nServer: x\r\n";
	struct parsed p;

	(void)state;
	for (size_t cut = 0; cut < sizeof(text); cut++) {
		enum parse_result result = parse(MESSAGE_RESPONSE, view_of(text, cut), true, &p);

		assert_int_equal(result, cut >= 12 ? PARSE_DONE : PARSE_INVALID);
		if (result == PARSE_DONE) {
			assert_true(p.message.is_truncated);
			assert_int_equal(p.message.framing, BODY_UNTIL_CLOSE);
			assert_int_equal(p.message.body_size, 0);
			assert_int_equal(fields_of(&p)->status, 206);
		}
		free_copy(p.bytes);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_request),
		cmocka_unit_test(reads_a_response),
		cmocka_unit_test(tolerates_line_ends),
		cmocka_unit_test(unfolds),
		cmocka_unit_test(reads_targets),
		cmocka_unit_test(reads_propagation),
		cmocka_unit_test(refuses),
		cmocka_unit_test(limits_heads),
		cmocka_unit_test(makes_the_best_of_truncated_requests),
		cmocka_unit_test(makes_the_best_of_truncated_responses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
