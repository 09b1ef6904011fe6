/* Whole conversations through the connection room: in pieces of any size, kept open, joined late.
 */
#include "connection_fixture.h"
#include "fastcgi_bytes.h"

#include "protocols/fastcgi.h"

static const char *const pairs[] = {"REQUEST_METHOD=POST", "REQUEST_URI=/buy", NULL};

static void put_request(struct fastcgi_bytes *b)
{
	fastcgi_bytes_request(b, pairs);
	fastcgi_bytes_record(b, FASTCGI_STDIN, VIEW_LITERAL("a=1"), 5);
	fastcgi_bytes_record(b, FASTCGI_STDIN, (struct view){0}, 0);
}

static void put_response(struct fastcgi_bytes *b)
{
	fastcgi_bytes_record(b, FASTCGI_STDERR, VIEW_LITERAL("PHP message: x"), 2);
	fastcgi_bytes_record(b, FASTCGI_STDOUT, VIEW_LITERAL("Status: 500 x\r\n\r\nhello"), 3);
	fastcgi_bytes_record(b, FASTCGI_STDOUT, VIEW_LITERAL("world"), 3);
	fastcgi_bytes_end(b);
}

static void move(struct connection_fixture *f, enum stream_direction direction,
		 const struct fastcgi_bytes *b, size_t piece)
{
	for (size_t at = 0; at < b->used; at += piece) {
		struct view part = view_take(view_of(b->bytes + at, b->used - at), piece);

		record_builder_segment(&f->builder, direction, part.bytes, (uint32_t)part.size,
				       (uint32_t)part.size, 0);
	}
}

static void follows_a_kept_connection(void **state)
{
	struct fastcgi_bytes request = {.used = 0}, response = {.used = 0};

	(void)state;
	put_request(&request);
	put_response(&response);
	for (size_t piece = 1; piece <= request.used || piece <= response.used; piece++) {
		struct connection_fixture f;
		char line[64];

		fixture_begin(&f, ROLE_SERVER);
		for (int i = 0; i < 2; i++) {
			move(&f, DIRECTION_RECEIVE, &request, piece);
			move(&f, DIRECTION_SEND, &response, piece);
		}
		snprintf(line, sizeof(line), "server %zu/3 %zu/10\n", request.used, response.used);
		assert_int_equal(f.finishes, 2);
		assert_memory_equal(f.text, line, strlen(line));
		assert_string_equal(f.text + strlen(line), line);
		assert_int_equal(f.mode, CAPTURE_STREAM);
		assert_ptr_equal(f.last.protocol, &protocol_fastcgi);
		assert_int_equal(drops_lost(&f.drops), 0);
		fixture_end(&f);
	}
}

/* PHP reads the end of a body only when the next request comes. */
static void follows_a_body_read_late(void **state)
{
	struct fastcgi_bytes request = {.used = 0}, end = {.used = 0}, response = {.used = 0};
	struct connection_fixture f;

	(void)state;
	fastcgi_bytes_request(&request, pairs);
	fastcgi_bytes_record(&end, FASTCGI_STDIN, (struct view){0}, 0);
	put_response(&response);
	fixture_begin(&f, ROLE_SERVER);
	for (int i = 0; i < 3; i++) {
		move(&f, DIRECTION_RECEIVE, &request, 8);
		move(&f, DIRECTION_SEND, &response, 1000);
		move(&f, DIRECTION_RECEIVE, &end, 8);
	}
	assert_int_equal(f.finishes, 3);
	assert_int_equal(f.requests, 3);
	assert_int_equal(drops_lost(&f.drops), 0);
	fixture_end(&f);
}

/* Joined in the middle of a response: the next request is the first. */
static void joins_late(void **state)
{
	struct fastcgi_bytes request = {.used = 0}, response = {.used = 0}, rest;

	(void)state;
	put_request(&request);
	put_response(&response);
	for (size_t cut = 1; cut < response.used; cut++) {
		struct connection_fixture f;

		rest.used = response.used - cut;
		memcpy(rest.bytes, response.bytes + cut, rest.used);
		fixture_begin(&f, ROLE_SERVER);
		move(&f, DIRECTION_SEND, &rest, 1000);
		move(&f, DIRECTION_RECEIVE, &request, 1000);
		move(&f, DIRECTION_SEND, &response, 1000);
		assert_int_equal(f.finishes, 1);
		assert_ptr_equal(f.last.protocol, &protocol_fastcgi);
		assert_int_equal(f.last.request_bytes, request.used);
		fixture_end(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_a_kept_connection),
		cmocka_unit_test(follows_a_body_read_late),
		cmocka_unit_test(joins_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
