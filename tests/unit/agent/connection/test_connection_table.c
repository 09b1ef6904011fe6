/* Who is in the table, who is asked after, who is let go. */
#include "connection_fixture.h"

#define GET   "GET /a HTTP/1.1\r\nHost: h\r\n\r\n"
#define EMPTY "HTTP/1.1 204 No Content\r\n\r\n"
#define LONG  "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"
#define IN    DIRECTION_RECEIVE
#define OUT   DIRECTION_SEND
#define MS    1000000ull

static struct connection_fixture f;

static int begin(void **state)
{
	(void)state;
	fixture_begin_with(&f, 4);
	return 0;
}

static int end(void **state)
{
	(void)state;
	fixture_end(&f);
	return 0;
}

/* A fresh connection with this id. */
static struct record_builder *open_next(uint64_t id)
{
	struct record_builder *b = &f.builder;

	b->connection = id;
	memset(b->position, 0, sizeof(b->position));
	b->last_direction = -1;
	b->mode = CAPTURE_HEADS;
	record_builder_open(b, ROLE_SERVER);
	return b;
}

static void unknown_ids(void **state)
{
	struct record_builder *b = &f.builder;

	(void)state;
	b->connection = 77;
	record_builder_say(b, IN, GET);
	record_builder_progress(b);
	record_builder_end(b, END_TCP_CLOSED);
	assert_string_equal(fixture_drops(&f), "connection_unknown 1");
	assert_int_equal(connection_table_count(f.table), 0);
}

static void announced_twice(void **state)
{
	struct record_builder *b = open_next(1);

	(void)state;
	record_builder_say(b, IN, GET);
	record_builder_open(b, ROLE_CLIENT);
	record_builder_say(b, OUT, EMPTY);
	assert_string_equal(f.text, "server 28/0 27/0\n");
	assert_int_equal(connection_table_count(f.table), 1);
}

static void the_oldest_makes_room(void **state)
{
	(void)state;
	for (uint64_t id = 1; id <= 6; id++)
		record_builder_say(open_next(id), IN, GET);
	assert_int_equal(connection_table_count(f.table), 4);
	assert_string_equal(f.text, "server 28/0 0/- aborted\nserver 28/0 0/- aborted\n");
	assert_string_equal(fixture_drops(&f), "connection_table_full 2");
	f.builder.connection = 2;
	record_builder_say(&f.builder, OUT, EMPTY);
	assert_string_equal(fixture_drops(&f), "connection_unknown 1 connection_table_full 2");
	connection_table_finish(f.table, f.builder.now_ns + 5);
	assert_int_equal(f.finishes, 6);
	assert_int_equal(f.last.end_ns, f.builder.now_ns + 5);
	assert_int_equal(connection_table_count(f.table), 0);
}

static void who_is_asked_after(void **state)
{
	struct record_builder *b = open_next(1);
	uint64_t now_ns;

	(void)state;
	record_builder_say(b, IN, GET);
	connection_table_tick(f.table, b->now_ns + 100 * MS);
	assert_int_equal(f.asked, 0); /* the response will announce itself */
	record_builder_say(b, OUT, LONG);
	now_ns = b->now_ns;
	connection_table_tick(f.table, now_ns + 9 * MS);
	assert_int_equal(f.asked, 0);
	connection_table_tick(f.table, now_ns + 10 * MS);
	connection_table_tick(f.table, now_ns + 29 * MS);
	assert_int_equal(f.asked, 1);
	connection_table_tick(f.table, now_ns + 30 * MS);
	assert_int_equal(f.asked, 2);
	record_builder_unseen(b, OUT, 900);
	record_builder_progress(b);
	assert_int_equal(f.finishes, 1);
	connection_table_tick(f.table, now_ns + 90 * MS);
	assert_int_equal(f.asked, 2);
}

static void many_are_asked_after_in_turn(void **state)
{
	(void)state;
	for (uint64_t id = 1; id <= 4; id++) {
		record_builder_say(open_next(id), IN, GET);
		record_builder_say(&f.builder, OUT, LONG);
	}
	connection_table_tick(f.table, f.builder.now_ns + 50 * MS);
	assert_int_equal(f.asked, 4);
	/* Two end, the others go on. */
	f.builder.connection = 4;
	record_builder_end(&f.builder, END_REPLACED);
	f.builder.connection = 1;
	record_builder_end(&f.builder, END_TCP_CLOSED);
	connection_table_tick(f.table, f.builder.now_ns + 100 * MS);
	assert_int_equal(f.asked, 6);
	assert_int_equal(connection_table_count(f.table), 2);
}

static void a_process_that_ends(void **state)
{
	struct record_builder *b = open_next(1);
	uint64_t now_ns;

	(void)state;
	record_builder_say(b, IN, GET);
	record_builder_exit(b);
	now_ns = b->now_ns;
	connection_table_tick(f.table, now_ns + 199 * MS);
	assert_int_equal(connection_table_count(f.table), 1);
	/* Late records of the dying change nothing. */
	record_builder_end(b, END_CLOSED);
	record_builder_say(b, OUT, EMPTY);
	assert_string_equal(f.text, "server 28/0 27/0\n");
	connection_table_tick(f.table, now_ns + 200 * MS);
	assert_int_equal(connection_table_count(f.table), 0);
}

static void a_process_that_hands_its_connection_on(void **state)
{
	struct record_builder *b = open_next(1);

	(void)state;
	record_builder_say(b, IN, GET);
	record_builder_exit(b);
	b->tgid = 200;
	record_builder_say(b, OUT, EMPTY);
	connection_table_tick(f.table, b->now_ns + 500 * MS);
	assert_int_equal(connection_table_count(f.table), 1);
	record_builder_say(b, IN, GET);
	record_builder_exit(b);
	connection_table_tick(f.table, b->now_ns + 500 * MS);
	assert_int_equal(connection_table_count(f.table), 0);
	assert_int_equal(f.forgotten, 1);
	assert_string_equal(f.text, "server 28/0 27/0\nserver 28/0 0/- aborted\n");
}

static void unix_sockets_end_with_close(void **state)
{
	struct record_builder *b = &f.builder;
	struct connection_open_record open = record_builder_open_record(b, ROLE_SERVER);

	(void)state;
	open.family = FAMILY_UNIX;
	record_builder_give(b, &open, sizeof(open));
	record_builder_end(b, END_OF_STREAM);
	assert_int_equal(connection_table_count(f.table), 1);
	record_builder_end(b, END_CLOSED);
	assert_int_equal(connection_table_count(f.table), 0);
	assert_int_equal(f.forgotten, 0); /* the kernel side said so itself */
}

static void without_a_kernel_side(void **state)
{
	struct connection_table_settings settings = {4, false, 1 << 20};
	struct connection_sink sink = {
		.self = &f,
		.on_request = fixture_on_request,
		.on_response = fixture_on_response,
		.on_finish = fixture_on_finish,
	};
	struct record_builder *b;

	(void)state;
	connection_table_free(&f.table);
	assert_int_equal(connection_table_new(&f.table, &settings, &sink, &f.drops), 0);
	b = open_next(1);
	b->mode = CAPTURE_UNDECIDED;
	record_builder_say(b, IN, GET);
	record_builder_say(b, OUT, LONG);
	connection_table_tick(f.table, b->now_ns + 50 * MS);
	/* No calls asked for. */
	b->connection = 2;
	record_builder_open(b, ROLE_CLIENT);
	b->last_direction = -1;
	record_builder_say(b, OUT, "\x01hello");
	assert_int_equal(f.requests, 1);
	assert_int_equal(f.asked, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(unknown_ids, begin, end),
		cmocka_unit_test_setup_teardown(announced_twice, begin, end),
		cmocka_unit_test_setup_teardown(the_oldest_makes_room, begin, end),
		cmocka_unit_test_setup_teardown(who_is_asked_after, begin, end),
		cmocka_unit_test_setup_teardown(many_are_asked_after_in_turn, begin, end),
		cmocka_unit_test_setup_teardown(a_process_that_ends, begin, end),
		cmocka_unit_test_setup_teardown(a_process_that_hands_its_connection_on, begin, end),
		cmocka_unit_test_setup_teardown(unix_sockets_end_with_close, begin, end),
		cmocka_unit_test_setup_teardown(without_a_kernel_side, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
