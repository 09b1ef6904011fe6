/* What speaks no protocol we know: calls by turns on the client's side, nothing on the server's. */
#include "connection_fixture.h"

#define IN  DIRECTION_RECEIVE
#define OUT DIRECTION_SEND
#define MS  1000000ull

static struct connection_fixture f;

static int begin_client(void **state)
{
	(void)state;
	fixture_begin(&f, ROLE_CLIENT);
	f.builder.mode = CAPTURE_UNDECIDED;
	return 0;
}

static int end(void **state)
{
	(void)state;
	fixture_end(&f);
	return 0;
}

static void one_call_after_the_other(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	record_builder_say(b, OUT, "\xff, hello");
	assert_int_equal(f.requests, 1);
	assert_int_equal(f.turned_off, 1);
	record_builder_unseen(b, OUT, 100);
	record_builder_segment(b, IN, NULL, 50, 0, 0);
	assert_int_equal(f.responses, 1);
	record_builder_unseen(b, IN, 1000);
	record_builder_segment(b, OUT, NULL, 7, 0, 0);
	assert_string_equal(f.text, "client 108/- 1050/- call\n");
	assert_int_equal(f.last.start_ns, BUILDER_START_NS + 2 * BUILDER_STEP_NS - 100);
	assert_int_equal(f.last.request_end_ns, f.last.start_ns + BUILDER_STEP_NS);
	assert_int_equal(f.last.response_start_ns, f.last.start_ns + 2 * BUILDER_STEP_NS);
	assert_int_equal(f.last.end_ns, f.last.start_ns + 3 * BUILDER_STEP_NS);
	assert_true(f.last.has_sequence);
	assert_int_equal(f.last.request_sequence, 9000);
	record_builder_segment(b, IN, NULL, 3, 0, 0);
	record_builder_end(b, END_TCP_CLOSED);
	assert_string_equal(f.text, "client 108/- 1050/- call\nclient 7/- 3/- call\n");
	assert_int_equal(f.last.request_position, 108);
	assert_int_equal(f.turned_off, 1);
	assert_string_equal(fixture_drops(&f), "");
}

/* What might have been the beginning of something is a call once its answer is none. */
static void a_call_known_late(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	record_builder_say(b, OUT, "GET");
	assert_int_equal(f.requests, 0);
	record_builder_say(b, IN, "\xff, hello");
	assert_int_equal(f.requests, 1);
	assert_int_equal(f.responses, 1);
	assert_int_equal(f.turned_off, 1);
	record_builder_segment(b, OUT, NULL, 7, 0, 0);
	assert_string_equal(f.text, "client 3/- 8/- call\n");
	assert_int_equal(f.last.start_ns, BUILDER_START_NS + 2 * BUILDER_STEP_NS - 100);
	assert_int_equal(f.last.request_sequence, 9000);
}

/* Both sides might be something for ever: not without a call. */
static void a_call_known_in_the_end(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	for (int i = 0; i < 4; i++) {
		record_builder_say(b, OUT, "GET");
		record_builder_say(b, IN, "HTTP");
	}
	assert_in_range(f.requests, 1, 2);
}

static void quiet_ends_an_answered_call(void **state)
{
	struct record_builder *b = &f.builder;
	uint64_t answered_ns;

	(void)state;
	record_builder_say(b, OUT, "\xff, hello");
	connection_table_tick(f.table, b->now_ns + 1000 * MS);
	assert_int_equal(f.finishes, 0);
	assert_int_equal(f.asked, 0);
	record_builder_segment(b, IN, NULL, 50, 0, 0);
	answered_ns = b->now_ns;
	connection_table_tick(f.table, answered_ns + 50 * MS);
	assert_int_equal(f.asked, 1);
	/* More came, says the table. */
	b->now_ns = answered_ns + 50 * MS;
	record_builder_unseen(b, IN, 200);
	record_builder_progress(b);
	connection_table_tick(f.table, answered_ns + 140 * MS);
	assert_int_equal(f.finishes, 0);
	connection_table_tick(f.table, answered_ns + 151 * MS);
	assert_string_equal(f.text, "client 8/- 250/- call\n");
	assert_int_equal(f.last.end_ns, b->last_ns[IN]);
	connection_table_tick(f.table, answered_ns + 300 * MS);
	assert_int_equal(f.finishes, 1);
	assert_int_equal(f.asked, 2);
}

static void an_unanswered_call_is_aborted(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	record_builder_say(b, OUT, "\xff, hello");
	record_builder_end(b, END_TCP_CLOSED);
	assert_string_equal(f.text, "client 0/- 0/- call aborted\n");
	assert_int_equal(f.last.end_ns, b->now_ns);
}

static void an_answer_whose_record_was_lost(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	record_builder_say(b, OUT, "\xff, hello");
	record_builder_unseen(b, IN, 50);
	record_builder_segment(b, OUT, NULL, 7, 0, 0);
	assert_string_equal(f.text, "client 0/- 50/- call lossy\n");
}

static void the_server_side_is_let_go(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	b->connection = 2;
	b->mode = CAPTURE_UNDECIDED;
	record_builder_open(b, ROLE_SERVER);
	for (int i = 0; i < 8; i++) {
		record_builder_say(b, i & 1 ? OUT : IN, "\xff, hello");
		assert_int_equal(f.mode, CAPTURE_OFF);
	}
	assert_int_equal(f.ignored, 0);
	record_builder_say(b, IN, "\xff, hello");
	assert_int_equal(f.ignored, 1);
	record_builder_say(b, OUT, "GET / HTTP/1.1\r\n\r\n");
	assert_int_equal(f.requests, 0);
}

/* role and ports decide who is the client. */
static void who_calls(void **state)
{
	struct record_builder *b = &f.builder;
	struct connection_open_record open;

	(void)state;
	b->connection = 2;
	open = record_builder_open_record(b, ROLE_UNKNOWN);
	record_builder_give(b, &open, sizeof(open));
	record_builder_say(b, OUT, "\xff, hello");
	assert_int_equal(f.requests, 1);
	b->connection = 3;
	b->last_direction = -1;
	open = record_builder_open_record(b, ROLE_UNKNOWN);
	open.local_port = 5432;
	open.peer_port = 40000;
	record_builder_give(b, &open, sizeof(open));
	record_builder_say(b, OUT, "\xff, hello");
	assert_int_equal(f.requests, 1);
	/* A UNIX socket whose ends tell nothing. */
	b->connection = 4;
	b->last_direction = -1;
	open = record_builder_open_record(b, ROLE_UNKNOWN);
	open.family = FAMILY_UNIX;
	record_builder_give(b, &open, sizeof(open));
	record_builder_say(b, OUT, "\xff, hello");
	assert_int_equal(f.requests, 1);
}

static void join_midway(enum connection_role role)
{
	struct record_builder *b = &f.builder;
	struct connection_open_record open;

	b->connection = 2;
	b->mode = CAPTURE_UNDECIDED;
	b->last_direction = -1;
	open = record_builder_open_record(b, role);
	open.flags = 0;
	record_builder_give(b, &open, sizeof(open));
}

/* What was seen first may have been the middle of something: turns are looked at for a while. */
static void joined_midway(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	join_midway(ROLE_CLIENT);
	for (int i = 0; i < 16; i++) {
		record_builder_say(b, i & 1 ? OUT : IN, "\xff, hello");
		assert_int_equal(f.mode, CAPTURE_TURNS);
		b->mode = CAPTURE_TURNS;
	}
	assert_int_equal(f.requests, 0);
	record_builder_say(b, IN, "\xff, hello");
	assert_int_equal(f.mode, CAPTURE_OFF);
	b->mode = CAPTURE_OFF;
	record_builder_say(b, OUT, "\xff, hello");
	assert_int_equal(f.requests, 1);
	record_builder_end(b, END_TCP_CLOSED);
}

static void joined_within_an_answer(void **state)
{
	static const char query[] = "\x21\0\0\0\x03SELECT name FROM shop WHERE id=12";
	struct record_builder *b = &f.builder;

	(void)state;
	for (int is_server = 0; is_server < 2; is_server++) {
		join_midway(is_server ? ROLE_SERVER : ROLE_CLIENT);
		record_builder_say(b, is_server ? OUT : IN, "\xff rows and rows");
		record_builder_segment(b, is_server ? OUT : IN, NULL, 50000, 0, 0);
		b->mode = CAPTURE_TURNS;
		record_builder_segment(b, is_server ? IN : OUT, query, sizeof(query) - 1,
				       sizeof(query) - 1, 0);
		assert_int_equal(f.mode, CAPTURE_STREAM);
		assert_int_equal(f.requests, 1 + is_server);
		record_builder_end(b, END_TCP_CLOSED);
	}
}

/* Kafka's brokers read a request's size by itself. Of turns alone that is all that goes up: where
 * it might be the beginning of something, the calls behind it are looked at again. */
static void joined_behind_a_size(void **state)
{
	static const char size[] = "\0\0\0\x15", rest[] = "\0\x0c\0\0\0\0\0\1\0\4shop\0\5group";
	struct record_builder *b = &f.builder;

	(void)state;
	join_midway(ROLE_SERVER);
	record_builder_say(b, IN, "\xff the rest of a request");
	record_builder_say(b, OUT, "\xff answer");
	assert_int_equal(f.mode, CAPTURE_TURNS);
	b->mode = CAPTURE_TURNS;
	record_builder_segment(b, IN, size, 4, 4, 0);
	assert_int_equal(f.mode, CAPTURE_UNDECIDED);
	/* It was too late for this one. */
	record_builder_segment(b, IN, NULL, sizeof(rest) - 1, 0, 0);
	b->mode = CAPTURE_UNDECIDED;
	record_builder_say(b, OUT, "\xff answer");
	assert_int_equal(f.mode, CAPTURE_UNDECIDED);
	record_builder_segment(b, IN, size, 4, 4, 0);
	record_builder_segment(b, IN, rest, sizeof(rest) - 1, sizeof(rest) - 1, 0);
	assert_int_equal(f.mode, CAPTURE_STREAM);
	assert_int_equal(f.requests, 1);
	record_builder_end(b, END_TCP_CLOSED);
}

static void it_spoke_http_after_all(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	record_builder_say(b, OUT, "the rest of an upload");
	record_builder_segment(b, IN, NULL, 50, 0, 0);
	b->mode = CAPTURE_HEADS;
	record_builder_say(b, OUT, "GET / HTTP/1.1\r\n\r\n");
	record_builder_say(b, IN, "HTTP/1.1 204 No Content\r\n\r\n");
	assert_string_equal(f.text, "client 21/- 0/- call\nclient 18/0 27/0\n");
	assert_string_equal(fixture_drops(&f), "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_call_after_the_other, begin_client, end),
		cmocka_unit_test_setup_teardown(a_call_known_late, begin_client, end),
		cmocka_unit_test_setup_teardown(a_call_known_in_the_end, begin_client, end),
		cmocka_unit_test_setup_teardown(quiet_ends_an_answered_call, begin_client, end),
		cmocka_unit_test_setup_teardown(an_unanswered_call_is_aborted, begin_client, end),
		cmocka_unit_test_setup_teardown(an_answer_whose_record_was_lost, begin_client, end),
		cmocka_unit_test_setup_teardown(the_server_side_is_let_go, begin_client, end),
		cmocka_unit_test_setup_teardown(who_calls, begin_client, end),
		cmocka_unit_test_setup_teardown(joined_midway, begin_client, end),
		cmocka_unit_test_setup_teardown(joined_within_an_answer, begin_client, end),
		cmocka_unit_test_setup_teardown(joined_behind_a_size, begin_client, end),
		cmocka_unit_test_setup_teardown(it_spoke_http_after_all, begin_client, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
