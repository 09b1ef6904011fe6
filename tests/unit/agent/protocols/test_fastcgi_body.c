/* Bodies: whole, in pieces, and with contents that nobody saw. */
#include "fastcgi_bytes.h"

#include "protocols/fastcgi_body.h"

static const char ten[] = "0123456789";

static size_t put_response(struct fastcgi_bytes *b)
{
	fastcgi_bytes_record(b, FASTCGI_STDOUT, VIEW_LITERAL(ten), 6);
	fastcgi_bytes_record(b, FASTCGI_STDERR, VIEW_LITERAL("not counted"), 0);
	fastcgi_bytes_record(b, FASTCGI_STDOUT, VIEW_LITERAL(ten), 0);
	fastcgi_bytes_record(b, FASTCGI_STDOUT, (struct view){0}, 0);
	fastcgi_bytes_record(b, FASTCGI_END_REQUEST, view_of("\0\0\0\0\0\0\0\0", 8), 3);
	return b->used;
}

static size_t put_request(struct fastcgi_bytes *b)
{
	fastcgi_bytes_record(b, FASTCGI_STDIN, VIEW_LITERAL(ten), 6);
	fastcgi_bytes_record(b, FASTCGI_STDIN, VIEW_LITERAL(ten), 0);
	fastcgi_bytes_record(b, FASTCGI_STDIN, (struct view){0}, 2);
	return b->used;
}

/* In pieces; what may be skipped is. */
static void follow(struct view body, size_t end, size_t piece)
{
	_Alignas(8) unsigned char state[PROTOCOL_BODY_STATE_BYTES] = {0};
	uint64_t total = 0;
	size_t at = 0;

	for (;;) {
		struct view copy = exact_copy(view_take(view_skip(body, at), piece));
		uint64_t skip = 99, payload = 99;
		size_t consumed = 0;
		enum parse_result result =
			fastcgi_body_parse(state, copy, &consumed, &skip, &payload);

		total += payload;
		if (result == PARSE_DONE) {
			assert_int_equal(at + consumed, end);
			free_copy(copy);
			break;
		}
		assert_int_equal(result, PARSE_NEED_MORE);
		assert_int_equal(consumed, copy.size);
		at += consumed + (size_t)skip;
		free_copy(copy);
		assert_true(at < end);
	}
	assert_int_equal(total, 20);
}

static void follows_bodies(void **state)
{
	struct fastcgi_bytes response = {.used = 0}, request = {.used = 0};
	size_t response_end = put_response(&response), request_end = put_request(&request);

	(void)state;
	fastcgi_bytes_begin(&request);
	fastcgi_bytes_put(&response, VIEW_LITERAL("what follows"));
	for (size_t piece = 1; piece <= response.used; piece++)
		follow(fastcgi_bytes_view(&response), response_end, piece);
	for (size_t piece = 1; piece <= request.used; piece++)
		follow(fastcgi_bytes_view(&request), request_end, piece);
}

static void refuses_what_is_none(void **state)
{
	_Alignas(8) unsigned char body[PROTOCOL_BODY_STATE_BYTES] = {0};
	uint64_t skip, payload;
	size_t consumed;
	struct fastcgi_bytes b = {.used = 0};

	(void)state;
	assert_int_equal(
		fastcgi_body_parse(body, VIEW_LITERAL("<html>"), &consumed, &skip, &payload),
		PARSE_INVALID);
	memset(body, 0, sizeof(body));
	fastcgi_bytes_begin(&b);
	assert_int_equal(
		fastcgi_body_parse(body, fastcgi_bytes_view(&b), &consumed, &skip, &payload),
		PARSE_INVALID);
}

static void knows_the_end(void **state)
{
	struct fastcgi_bytes response = {.used = 0}, request = {.used = 0};

	(void)state;
	fastcgi_bytes_put(&response, VIEW_LITERAL("rest of a body"));
	fastcgi_bytes_end(&response);
	assert_true(fastcgi_body_ends(fastcgi_bytes_view(&response)));
	for (size_t cut = 0; cut < response.used; cut++)
		assert_false(fastcgi_body_ends(view_of(response.bytes, cut)));
	fastcgi_bytes_record(&request, FASTCGI_STDIN, (struct view){0}, 0);
	assert_true(fastcgi_body_ends(fastcgi_bytes_view(&request)));
	for (size_t cut = 0; cut < request.used; cut++)
		assert_false(fastcgi_body_ends(view_of(request.bytes, cut)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_bodies),
		cmocka_unit_test(refuses_what_is_none),
		cmocka_unit_test(knows_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
