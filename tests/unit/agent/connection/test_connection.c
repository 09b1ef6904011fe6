/*
 * A connection finds out what it carries: proof in pieces, proof only midway, no proof at all; and
 * follows it however the kernel side shows it.
 */
#include "connection_fixture.h"

#define GET "GET /a HTTP/1.1\r\nHost: h\r\n\r\n"                /* 28 bytes */
#define OK5 "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" /* 43 bytes */
#define IN  DIRECTION_RECEIVE
#define OUT DIRECTION_SEND

static struct connection_fixture f;

static int begin(void **state)
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

static void the_mode_is_asked_for_once(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	b->mode = CAPTURE_UNDECIDED;
	record_builder_say(b, IN, GET);
	assert_int_equal(f.modes, 1);
	assert_int_equal(f.mode, CAPTURE_HEADS);
	record_builder_say(b, OUT, OK5);
	assert_string_equal(f.text, "server 28/0 43/5\n");
	assert_int_equal(f.modes, 1);
}

static void a_client(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	b->connection = 2;
	record_builder_open(b, ROLE_CLIENT);
	record_builder_say(b, OUT, GET);
	record_builder_say(b, IN, OK5);
	assert_string_equal(f.text, "client 28/0 43/5\n");
	assert_int_equal(f.last.request_sequence, 9000);
	assert_false(f.last.is_server);
}

/* Two exchanges, each direction cut at every two offsets: always the same. */
static void cut_anywhere(void **state)
{
	const char *request = "POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc";
	const char *response = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
			       "3\r\nabc\r\n0\r\n\r\n";
	size_t sizes[2] = {strlen(request), strlen(response)};

	(void)state;
	for (size_t cut = 0; cut < sizes[0] + sizes[1]; cut++) {
		struct record_builder *b = &f.builder;

		fixture_end(&f);
		fixture_begin(&f, ROLE_SERVER);
		for (int i = 0; i < 2; i++)
			for (int direction = 0; direction < 2; direction++) {
				const char *text = direction == IN ? request : response;
				size_t at = direction == IN ? cut : cut - sizes[0];
				size_t first = at < sizes[direction] ? at : 0;

				if (first)
					record_builder_segment(b, direction, text, (uint32_t)first,
							       (uint32_t)first, 0);
				record_builder_say(b, direction, text + first);
			}
		assert_string_equal(f.text, "server 42/3 60/3\nserver 42/3 60/3\n");
		assert_string_equal(fixture_drops(&f), "");
	}
}

static void byte_by_byte(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	b->mode = CAPTURE_UNDECIDED;
	for (const char *at = GET; *at; at++)
		record_builder_segment(b, IN, at, 1, 1, 0);
	for (const char *at = OK5; *at; at++)
		record_builder_segment(b, OUT, at, 1, 1, 0);
	assert_string_equal(f.text, "server 28/0 43/5\n");
	assert_int_equal(f.last.start_ns, BUILDER_START_NS + 2 * BUILDER_STEP_NS - 100);
	assert_int_equal(f.last.request_position, 0);
	assert_int_equal(f.last.request_sequence, 5000);
}

static void body_ends_seen_from_outside(void **state)
{
	struct record_builder *b = &f.builder;
	uint64_t moved_ns;

	(void)state;
	/* The next turn. */
	record_builder_say(b, IN, "POST / HTTP/1.1\r\nContent-Length: 70000\r\n\r\n");
	record_builder_unseen(b, IN, 70000);
	moved_ns = b->now_ns;
	record_builder_say(b, OUT, "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n");
	assert_int_equal(f.finishes, 0);
	/* Progress. */
	record_builder_unseen(b, OUT, 500);
	record_builder_progress(b);
	assert_int_equal(f.finishes, 0);
	record_builder_unseen(b, OUT, 400);
	record_builder_progress(b);
	assert_string_equal(f.text, "server 70042/70000 940/900\n");
	assert_int_equal(f.last.request_end_ns, moved_ns);
	assert_int_equal(f.last.end_ns, b->last_ns[OUT]);
	/* The end. */
	record_builder_say(b, IN, GET);
	record_builder_say(b, OUT, "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n");
	record_builder_unseen(b, OUT, 900);
	record_builder_end(b, END_CLOSED);
	assert_string_equal(f.text, "server 70042/70000 940/900\nserver 28/0 940/900\n");
	assert_string_equal(fixture_drops(&f), "");
}

static void until_close(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	record_builder_say(b, IN, "GET / HTTP/1.0\r\n\r\n");
	record_builder_say(b, OUT, "HTTP/1.0 200 OK\r\n\r\nabc");
	record_builder_unseen(b, OUT, 1000);
	record_builder_end(b, END_OF_STREAM);
	assert_int_equal(f.finishes, 0);
	record_builder_end(b, END_CLOSED);
	assert_string_equal(f.text, "server 18/0 1022/1003\n");
	assert_int_equal(connection_table_count(f.table), 1);
	record_builder_end(b, END_TCP_CLOSED);
	assert_int_equal(connection_table_count(f.table), 0);
	/* The client's side ends with the peer's last byte. */
	b->connection = 2;
	memset(b->position, 0, sizeof(b->position));
	b->last_direction = -1;
	record_builder_open(b, ROLE_CLIENT);
	record_builder_say(b, OUT, "GET / HTTP/1.0\r\n\r\n");
	record_builder_say(b, IN, "HTTP/1.0 200 OK\r\n\r\nabc");
	record_builder_end(b, END_OF_STREAM);
	assert_string_equal(f.text, "server 18/0 1022/1003\nclient 18/0 22/3\n");
	assert_false(f.last.is_aborted);
}

static void chunked_in_heads_mode(void **state)
{
	struct record_builder *b = &f.builder;
	const char *head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n";

	(void)state;
	/* A tail. */
	record_builder_say(b, IN, GET);
	record_builder_say(b, OUT, head);
	record_builder_unseen(b, OUT, 5000);
	record_builder_tail(b, OUT, 500, "yyyyyyyyy\r\n0\r\n\r\n");
	assert_string_equal(f.text, "server 28/0 5556/-\n");
	/* The last chunk by itself. */
	record_builder_say(b, IN, GET);
	record_builder_say(b, OUT, head);
	record_builder_unseen(b, OUT, 5000);
	record_builder_say(b, OUT, "0\r\n\r\n");
	/* Nothing but the next turn. */
	record_builder_say(b, IN, GET);
	record_builder_say(b, OUT, head);
	record_builder_unseen(b, OUT, 5000);
	record_builder_say(b, IN, GET);
	assert_string_equal(f.text, "server 28/0 5556/-\nserver 28/0 5061/-\n"
				    "server 28/0 5056/-\n");
	assert_int_equal(f.last.end_ns, b->last_ns[OUT]);
	record_builder_say(b, OUT, OK5);
	assert_int_equal(f.finishes, 4);
	assert_string_equal(fixture_drops(&f), "");
}

static void heads_beyond_the_cap(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	record_builder_segment(b, IN, "GET /a HTTP/1.1\r\nCookie: a", 9000, 26, 0);
	record_builder_segment(b, OUT, "HTTP/1.1 200 OK\r\nSet-Cookie: a", 8000, 30, 0);
	record_builder_say(b, IN, GET);
	record_builder_say(b, OUT, OK5);
	assert_string_equal(f.text, "server 9000/- 8000/- lossy\nserver 28/0 43/5\n");
	assert_string_equal(fixture_drops(&f), "message_truncated 2");
}

static void joined_in_a_body(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	b->mode = CAPTURE_UNDECIDED;
	record_builder_say(b, IN, "the middle of an upload");
	record_builder_say(b, IN, "and more of it");
	record_builder_say(b, OUT, OK5);
	record_builder_say(b, IN, GET);
	record_builder_say(b, OUT, OK5);
	assert_string_equal(f.text, "server 28/0 43/5\n");
	/* The response to what was never seen. */
	assert_string_equal(fixture_drops(&f), "exchange_unmatched 1");
	assert_int_equal(f.mode, CAPTURE_HEADS);
}

static void joined_in_a_body_with_capture_off(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	b->mode = CAPTURE_UNDECIDED;
	record_builder_say(b, OUT, "the middle of a download");
	assert_int_equal(f.mode, CAPTURE_OFF);
	record_builder_unseen(b, OUT, 5000);
	/* The kernel side finds it and says so. */
	b->mode = CAPTURE_HEADS;
	record_builder_say(b, IN, GET);
	record_builder_say(b, OUT, OK5);
	assert_string_equal(f.text, "server 28/0 43/5\n");
	assert_string_equal(fixture_drops(&f), "");
}

static void a_jump_while_proof_is_gathered(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	b->mode = CAPTURE_UNDECIDED;
	record_builder_say(b, IN, "G");
	record_builder_unseen(b, IN, 100);
	/* Not a turn, and not what "G" began. */
	record_builder_say(b, IN, GET);
	record_builder_say(b, OUT, OK5);
	assert_string_equal(f.text, "server 28/0 43/5\n");
	assert_int_equal(f.last.request_position, 101);
}

static void more_than_can_be_gathered(void **state)
{
	struct record_builder *b = &f.builder;
	size_t size = 200000;
	char *text = malloc(size);

	(void)state;
	/* No kernel sends so much, a recording may. */
	memset(text, 'A', size);
	b->mode = CAPTURE_UNDECIDED;
	record_builder_say(b, IN, "GET ");
	record_builder_segment(b, IN, text, (uint32_t)size, (uint32_t)size, 0);
	memcpy(text, GET, 28);
	record_builder_segment(b, IN, text, (uint32_t)size, (uint32_t)size, 0);
	free(text);
	assert_int_equal(f.requests, 1);
}

static void not_this_protocol_after_all(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	record_builder_say(b, IN, GET);
	for (int i = 0; i < 9; i++) {
		record_builder_say(b, IN, "GET garbage\r\n\r\n");
		assert_int_equal(f.ignored, i == 8);
		if (i == 0)
			assert_string_equal(f.text, "");
		record_builder_say(b, OUT, "");
	}
	assert_string_equal(f.text, "server 28/0 0/- lossy\n");
	record_builder_say(b, IN, GET);
	assert_int_equal(f.requests, 1);
	assert_string_equal(fixture_drops(&f), "stream_unparsable 1");
}

static void progress_ahead_of_the_ring(void **state)
{
	struct record_builder *b = &f.builder;
	struct record_builder ahead;

	(void)state;
	record_builder_say(b, IN, GET);
	record_builder_say(b, OUT, "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n");
	/* The table already knows of the body's end and of the next request. */
	ahead = *b;
	record_builder_unseen(&ahead, OUT, 900);
	record_builder_unseen(&ahead, IN, 28);
	record_builder_progress(&ahead);
	assert_string_equal(f.text, "server 28/0 940/900\n");
	record_builder_unseen(b, OUT, 900);
	record_builder_say(b, IN, GET);
	record_builder_say(b, OUT, OK5);
	assert_string_equal(f.text, "server 28/0 940/900\nserver 28/0 43/5\n");
	assert_string_equal(fixture_drops(&f), "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_mode_is_asked_for_once, begin, end),
		cmocka_unit_test_setup_teardown(a_client, begin, end),
		cmocka_unit_test_setup_teardown(cut_anywhere, begin, end),
		cmocka_unit_test_setup_teardown(byte_by_byte, begin, end),
		cmocka_unit_test_setup_teardown(body_ends_seen_from_outside, begin, end),
		cmocka_unit_test_setup_teardown(until_close, begin, end),
		cmocka_unit_test_setup_teardown(chunked_in_heads_mode, begin, end),
		cmocka_unit_test_setup_teardown(heads_beyond_the_cap, begin, end),
		cmocka_unit_test_setup_teardown(joined_in_a_body, begin, end),
		cmocka_unit_test_setup_teardown(joined_in_a_body_with_capture_off, begin, end),
		cmocka_unit_test_setup_teardown(a_jump_while_proof_is_gathered, begin, end),
		cmocka_unit_test_setup_teardown(more_than_can_be_gathered, begin, end),
		cmocka_unit_test_setup_teardown(not_this_protocol_after_all, begin, end),
		cmocka_unit_test_setup_teardown(progress_ahead_of_the_ring, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
