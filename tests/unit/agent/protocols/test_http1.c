/*
 * Whole streams through the interface, as the connection room drives it: pipelined requests,
 * interim responses, bodies of every framing. Each stream whole, byte by byte and cut at every
 * offset.
 */
#include "cmocka_test.h"

#include "protocols/http1.h"
#include "protocols/http1_head.h"

#define MAX_PAIRS 8

/* What the walker says about a stream, in words. */
struct walk {
	char text[2048];
	size_t used;
};

/* Drives one direction of a connection; bytes come as they come, nothing is fed twice after it was
 * consumed. */
struct reader {
	enum message_kind kind;
	unsigned char (*pairs)[PROTOCOL_PAIR_STATE_BYTES];
	size_t pairs_count;
	struct message message;
	bool is_in_body, is_closed;
	uint64_t left, payload;
	_Alignas(8) unsigned char body_state[PROTOCOL_BODY_STATE_BYTES];
	char pending[4096];
	size_t pending_size;
	uint64_t skip;
	struct walk *walk;
};

static void say(struct walk *walk, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(struct walk *walk, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	walk->used += (size_t)vsnprintf(walk->text + walk->used, sizeof(walk->text) - walk->used,
					format, args);
	va_end(args);
}

static void finish_message(struct reader *r)
{
	say(r->walk, " head %llu body %llu\n", (unsigned long long)r->message.head_size,
	    (unsigned long long)r->payload);
	r->is_in_body = false;
	if (r->message.ends_protocol)
		r->is_closed = true;
	else if (!r->message.is_interim)
		r->pairs_count++;
}

static void begin_message(struct reader *r)
{
	const struct http1_fields *fields = (const struct http1_fields *)r->message.fields;

	if (r->kind == MESSAGE_REQUEST)
		say(r->walk, "%.*s %.*s", VIEW_FORMAT(fields->method), VIEW_FORMAT(fields->target));
	else
		say(r->walk, "%d", fields->status);
	r->payload = 0;
	r->left = r->message.body_size;
	memset(r->body_state, 0, sizeof(r->body_state));
	r->is_in_body = r->message.framing != BODY_NONE;
	if (!r->is_in_body)
		finish_message(r);
}

/* Consumes what it can of the pending bytes; 0 when nothing more can be. */
static size_t advance(struct reader *r)
{
	struct view bytes = exact_copy(view_of(r->pending, r->pending_size));
	uint64_t skip, payload;
	size_t consumed = 0;
	enum parse_result result;

	if (!r->is_in_body) {
		result = protocol_http1.parse(r->kind, bytes, false, r->pairs[r->pairs_count],
					      &r->message, &consumed);
		assert_int_not_equal(result, PARSE_INVALID);
		if (result == PARSE_DONE)
			begin_message(r);
	} else if (r->message.framing == BODY_CHUNKED) {
		result =
			protocol_http1.parse_body(r->body_state, bytes, &consumed, &skip, &payload);
		assert_int_not_equal(result, PARSE_INVALID);
		r->payload += payload;
		r->skip = skip;
		if (result == PARSE_DONE)
			finish_message(r);
	} else if (r->message.framing == BODY_LENGTH) {
		consumed = r->left < bytes.size ? r->left : bytes.size;
		r->left -= consumed;
		r->payload += consumed;
		if (r->left == 0)
			finish_message(r);
	} else {
		consumed = bytes.size;
		r->payload += consumed;
	}
	free_copy(bytes);
	return consumed;
}

static void feed(struct reader *r, struct view bytes)
{
	size_t skipped = r->skip < bytes.size ? r->skip : bytes.size;
	size_t consumed;

	r->skip -= skipped;
	bytes = view_skip(bytes, skipped);
	memcpy(r->pending + r->pending_size, bytes.bytes, bytes.size);
	r->pending_size += bytes.size;
	while (r->pending_size && !r->is_closed && (consumed = advance(r)) > 0) {
		r->pending_size -= consumed;
		memmove(r->pending, r->pending + consumed, r->pending_size);
	}
}

static void walk(enum message_kind kind, struct view stream, size_t first, size_t step,
		 unsigned char (*pairs)[PROTOCOL_PAIR_STATE_BYTES], struct walk *ret)
{
	struct reader r = {.kind = kind, .pairs = pairs, .walk = ret};

	*ret = (struct walk){0};
	feed(&r, view_take(stream, first));
	for (stream = view_skip(stream, first); stream.size; stream = view_skip(stream, step))
		feed(&r, view_take(stream, step));
	if (r.is_in_body)
		say(ret, " head %llu body %llu so far\n", (unsigned long long)r.message.head_size,
		    (unsigned long long)r.payload);
	if (r.is_closed)
		say(ret, "ends with %zu bytes left\n", r.pending_size);
}

static void assert_walk(enum message_kind kind, const char *text,
			unsigned char (*pairs)[PROTOCOL_PAIR_STATE_BYTES], const char *wanted)
{
	struct view stream = view_of_text(text);
	struct walk got;

	for (size_t cut = 0; cut <= stream.size; cut++) {
		walk(kind, stream, cut, stream.size, pairs, &got);
		assert_string_equal(got.text, wanted);
	}
	walk(kind, stream, 1, 1, pairs, &got);
	assert_string_equal(got.text, wanted);
}

static void requests_and_responses(void **state)
{
	unsigned char pairs[MAX_PAIRS][PROTOCOL_PAIR_STATE_BYTES] = {{0}};

	(void)state;
	assert_walk(
		MESSAGE_REQUEST,
		"GET /1 HTTP/1.1\r\n\r\n"
		"HEAD /2 HTTP/1.1\r\nHost: a\r\n\r\n"
		"POST /3 HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"
		"\r\n"
		"PUT /4 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\nT: u\r\n\r\n"
		"PROPFIND /5 HTTP/1.1\r\n\r\n",
		pairs,
		"GET /1 head 19 body 0\nHEAD /2 head 29 body 0\nPOST /3 head 39 body 5\n"
		"PUT /4 head 49 body 4\nPROPFIND /5 head 24 body 0\n");
	assert_walk(MESSAGE_RESPONSE,
		    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
		    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
		    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
		    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\n\r\n"
		    "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"
		    "HTTP/1.0 200 OK\r\n\r\nuntil the end",
		    pairs,
		    "200 head 38 body 2\n200 head 38 body 0\n100 head 25 body 0\n"
		    "201 head 43 body 0\n200 head 47 body 3\n304 head 48 body 0\n"
		    "200 head 19 body 13 so far\n");
}

static void three_pipelined_requests_in_one_buffer(void **state)
{
	unsigned char pairs[MAX_PAIRS][PROTOCOL_PAIR_STATE_BYTES] = {{0}};
	struct walk got;

	(void)state;
	walk(MESSAGE_REQUEST,
	     VIEW_LITERAL("GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\nGET /c HTTP/1.1\r\n\r\n"),
	     57, 57, pairs, &got);
	assert_string_equal(
		got.text, "GET /a head 19 body 0\nGET /b head 19 body 0\nGET /c head 19 body 0\n");
}

static void ends_of_the_protocol(void **state)
{
	unsigned char pairs[MAX_PAIRS][PROTOCOL_PAIR_STATE_BYTES] = {{0}};

	(void)state;
	assert_walk(MESSAGE_REQUEST, "GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n\r\n", pairs,
		    "GET /ws head 40 body 0\n");
	assert_walk(MESSAGE_RESPONSE,
		    "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n\x81\x05", pairs,
		    "101 head 46 body 0\nends with 2 bytes left\n");
	memset(pairs, 0, sizeof(pairs));
	assert_walk(MESSAGE_REQUEST, "CONNECT a:1 HTTP/1.1\r\n\r\n", pairs,
		    "CONNECT a:1 head 24 body 0\n");
	assert_walk(MESSAGE_RESPONSE, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n\x16\x03\x01",
		    pairs, "200 head 38 body 0\nends with 3 bytes left\n");
}

static void the_row(void **state)
{
	(void)state;
	assert_string_equal(protocol_http1.name, "http");
	assert_int_equal(protocol_http1.mode, CAPTURE_HEADS);
	assert_in_range(protocol_http1.body_state_size, 1, PROTOCOL_BODY_STATE_BYTES);
	assert_int_equal(protocol_http1.detect(VIEW_LITERAL("GET / HTTP/1.1")), DETECT_REQUEST);
	assert_true(protocol_http1.ends_body(VIEW_LITERAL("\r\n0\r\n\r\n")));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_and_responses),
		cmocka_unit_test(three_pipelined_requests_in_one_buffer),
		cmocka_unit_test(ends_of_the_protocol),
		cmocka_unit_test(the_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
