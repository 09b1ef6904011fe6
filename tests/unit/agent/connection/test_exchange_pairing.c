/* Requests find their responses, or none: whole conversations, pipelined, lossy, cut off. */
#include "connection_fixture.h"

#define GET   "GET /a HTTP/1.1\r\nHost: h\r\n\r\n"                /* 28 bytes */
#define OK5   "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" /* 43 bytes */
#define EMPTY "HTTP/1.1 204 No Content\r\n\r\n"                   /* 27 bytes */
#define IN    DIRECTION_RECEIVE
#define OUT   DIRECTION_SEND

static struct connection_fixture f;

static int begin_server(void **state)
{
	(void)state;
	fixture_begin(&f, ROLE_SERVER);
	return 0;
}

static int end(void **state)
{
	(void)state;
	fixture_end(&f);
	return 0;
}

static void keep_alive(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	for (int i = 0; i < 3; i++) {
		record_builder_say(b, IN, GET);
		record_builder_say(b, OUT, OK5);
	}
	assert_string_equal(f.text, "server 28/0 43/5\nserver 28/0 43/5\nserver 28/0 43/5\n");
	assert_string_equal(fixture_drops(&f), "");
	assert_int_equal(f.last.id, 3);
	assert_int_equal(f.last.request_position, 56);
	assert_int_equal(f.last.request_sequence, 5056);
	assert_true(f.last.has_sequence);
	assert_int_equal(f.last.tgid, 100);
	assert_int_equal(f.last.request_tid, 100);
	assert_int_equal(f.last.request_context, 100ull << 32 | 100);
	assert_int_equal(f.last.response_context, 100ull << 32 | 100);
	/* open, then five segments before the last request's */
	assert_int_equal(f.last.start_ns, BUILDER_START_NS + 6 * BUILDER_STEP_NS - 100);
	assert_int_equal(f.last.request_end_ns, f.last.start_ns);
	assert_int_equal(f.last.response_start_ns, f.last.start_ns + BUILDER_STEP_NS);
	assert_int_equal(f.last.end_ns, f.last.response_start_ns);
}

static void large_sends_end_when_they_return(void **state)
{
	struct record_builder *b = &f.builder;
	const char *head = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n";

	(void)state;
	record_builder_say(b, IN, GET);
	record_builder_segment(b, OUT, head, (uint32_t)strlen(head) + 100000,
			       (uint32_t)strlen(head), 0);
	assert_string_equal(f.text, "server 28/0 100043/100000\n");
	assert_int_equal(f.last.response_start_ns, b->now_ns - 100);
	assert_int_equal(f.last.end_ns, b->now_ns);
}

static void pipelined(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	record_builder_say(b, IN, GET GET "HEAD / HTTP/1.1\r\n\r\n");
	assert_int_equal(f.requests, 3);
	record_builder_say(b, IN, "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc");
	record_builder_say(b, OUT, OK5 EMPTY);
	record_builder_say(b, OUT, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" OK5);
	assert_string_equal(f.text, "server 28/0 43/5\nserver 28/0 27/0\nserver 19/0 38/0\n"
				    "server 41/3 43/5\n");
	assert_int_equal(f.last.id, 4);
	assert_string_equal(fixture_drops(&f), "");
}

static void a_gap_where_the_response_began(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	record_builder_say(b, IN, GET);
	record_builder_unseen(b, OUT, 43);
	assert_int_equal(f.finishes, 0);
	/* The next turn shows that it was answered. */
	record_builder_say(b, IN, "GET /second HTTP/1.1\r\n\r\n");
	assert_string_equal(f.text, "server 28/0 0/- lossy\n");
	assert_int_equal(f.last.end_ns, b->now_ns - BUILDER_STEP_NS - 100);
	record_builder_say(b, OUT, OK5);
	assert_string_equal(f.text, "server 28/0 0/- lossy\nserver 24/0 43/5\n");
	assert_string_equal(fixture_drops(&f), "stream_gap 1");
}

static void response_and_next_request_lost(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	record_builder_say(b, IN, GET);
	record_builder_unseen(b, OUT, 43);
	record_builder_unseen(b, IN, 28);
	record_builder_say(b, OUT, EMPTY); /* answers what we never saw */
	record_builder_say(b, IN, "GET /third HTTP/1.1\r\n\r\n");
	record_builder_say(b, OUT, OK5);
	assert_string_equal(f.text, "server 28/0 0/- lossy\nserver 23/0 43/5\n");
	assert_string_equal(fixture_drops(&f), "stream_gap 2 exchange_unmatched 1");
}

static void a_request_lost(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	record_builder_say(b, IN, GET);
	record_builder_say(b, OUT, OK5);
	record_builder_unseen(b, IN, 500);
	record_builder_say(b, OUT, OK5);
	/* The next one in two pieces, as Go reads it. */
	record_builder_say(b, IN, "G");
	record_builder_say(b, IN, "ET / HTTP/1.1\r\n\r\n");
	record_builder_say(b, OUT, EMPTY);
	record_builder_say(b, IN, GET);
	record_builder_say(b, OUT, OK5);
	assert_string_equal(f.text, "server 28/0 43/5\nserver 18/0 27/0\nserver 28/0 43/5\n");
	assert_string_equal(fixture_drops(&f), "stream_gap 1 exchange_unmatched 1");
}

static void a_pipelined_request_lost(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	record_builder_say(b, IN, GET);
	record_builder_unseen(b, IN, 28);
	record_builder_say(b, IN, "GET /third HTTP/1.1\r\n\r\n");
	record_builder_say(b, OUT, OK5 EMPTY EMPTY);
	record_builder_say(b, IN, GET);
	record_builder_say(b, OUT, OK5);
	/* The third is not followed: which response is its own cannot be known. */
	assert_string_equal(f.text, "server 28/0 43/5\nserver 28/0 43/5\n");
	assert_string_equal(fixture_drops(&f), "stream_gap 1 exchange_unmatched 3");
}

static void responses_without_request(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	/* HEAD is remembered for its own response only. */
	record_builder_say(b, IN, "HEAD / HTTP/1.1\r\n\r\n");
	record_builder_say(b, OUT, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
	record_builder_say(b, OUT, OK5 OK5);
	record_builder_say(b, IN, GET);
	record_builder_say(b, OUT, OK5);
	assert_string_equal(f.text, "server 19/0 38/0\nserver 28/0 43/5\n");
	assert_string_equal(fixture_drops(&f), "exchange_unmatched 2");
}

static void interim_responses(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	record_builder_say(b, IN,
			   "POST / HTTP/1.1\r\nExpect: 100-continue\r\n"
			   "Content-Length: 10\r\n\r\n");
	record_builder_say(b, OUT, "HTTP/1.1 100 Continue\r\n\r\n");
	record_builder_say(b, IN, "0123456789");
	record_builder_say(b, OUT, "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
	assert_int_equal(f.responses, 0);
	record_builder_say(b, OUT, EMPTY);
	assert_string_equal(f.text, "server 71/10 27/0\n");
	assert_int_equal(f.last.response_start_ns, b->now_ns - 100);
	assert_int_equal(f.last.request_end_ns, b->now_ns - 2 * BUILDER_STEP_NS - 100);
	assert_string_equal(fixture_drops(&f), "");
}

static void response_before_the_request_is_whole(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	record_builder_say(b, IN, "POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\n0123456789");
	record_builder_say(b, OUT, EMPTY);
	assert_string_equal(f.text, "server 50/10 27/0\n");
	record_builder_unseen(b, IN, 90);
	record_builder_say(b, IN, GET);
	record_builder_say(b, OUT, EMPTY);
	assert_string_equal(f.text, "server 50/10 27/0\nserver 28/0 27/0\n");
	assert_string_equal(fixture_drops(&f), "");
}

static void upgrade_and_connect(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	record_builder_say(b, IN, "GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n\r\n");
	record_builder_say(b, OUT, "HTTP/1.1 101 Switching\r\n\r\nGET / HTTP/1.1\r\n\r\n");
	assert_int_equal(f.mode, CAPTURE_IGNORE);
	assert_int_equal(f.ignored, 1);
	record_builder_say(b, IN, GET GET);
	record_builder_say(b, OUT, OK5);
	assert_string_equal(f.text, "server 40/0 26/0\n");
	assert_string_equal(fixture_drops(&f), "");
	assert_int_equal(f.requests, 1);
}

static void tunnel(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	record_builder_say(b, IN, "CONNECT a:443 HTTP/1.1\r\n\r\n\x16\x03\x01");
	record_builder_say(b, OUT, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n\x16\x03");
	assert_int_equal(f.ignored, 1);
	assert_string_equal(f.text, "server 26/0 38/0\n");
	/* Bytes pushed before the tunnel stood are no HTTP, and said to be so. */
	assert_string_equal(fixture_drops(&f), "stream_unparsable 1");
}

static void the_end_aborts(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	record_builder_say(b, IN, GET "POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nab");
	record_builder_say(b, OUT, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello");
	record_builder_end(b, END_TCP_CLOSED);
	assert_string_equal(f.text, "server 28/0 44/5 aborted\nserver 41/2 0/- aborted\n");
	assert_int_equal(f.last.end_ns, b->now_ns);
	assert_int_equal(connection_table_count(f.table), 0);
}

static void too_many_waiting(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	/* The pool of this table has 64. */
	for (int i = 0; i < 70; i++)
		record_builder_say(b, IN, GET);
	assert_int_equal(f.requests, 64);
	assert_string_equal(fixture_drops(&f), "exchange_unmatched 6");
	for (int i = 0; i < 64; i++)
		record_builder_say(b, OUT, EMPTY);
	assert_int_equal(f.finishes, 64);
	record_builder_say(b, IN, GET);
	assert_int_equal(f.requests, 65);
}

static void shows_bodies(void **state)
{
	struct record_builder *b = &f.builder;
	const char *head = "POST /a HTTP/1.1\r\nContent-Length: 7\r\n\r\n";

	(void)state;
	record_builder_say(b, IN, head);
	record_builder_say(b, IN, "{\"a\":1}");
	record_builder_say(b, OUT, OK5);
	assert_string_equal(f.bodies, "request:{\"a\":1}\nresponse:hello\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(keep_alive, begin_server, end),
		cmocka_unit_test_setup_teardown(large_sends_end_when_they_return, begin_server,
						end),
		cmocka_unit_test_setup_teardown(pipelined, begin_server, end),
		cmocka_unit_test_setup_teardown(a_gap_where_the_response_began, begin_server, end),
		cmocka_unit_test_setup_teardown(response_and_next_request_lost, begin_server, end),
		cmocka_unit_test_setup_teardown(a_request_lost, begin_server, end),
		cmocka_unit_test_setup_teardown(a_pipelined_request_lost, begin_server, end),
		cmocka_unit_test_setup_teardown(responses_without_request, begin_server, end),
		cmocka_unit_test_setup_teardown(interim_responses, begin_server, end),
		cmocka_unit_test_setup_teardown(response_before_the_request_is_whole, begin_server,
						end),
		cmocka_unit_test_setup_teardown(upgrade_and_connect, begin_server, end),
		cmocka_unit_test_setup_teardown(tunnel, begin_server, end),
		cmocka_unit_test_setup_teardown(the_end_aborts, begin_server, end),
		cmocka_unit_test_setup_teardown(too_many_waiting, begin_server, end),
		cmocka_unit_test_setup_teardown(shows_bodies, begin_server, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
