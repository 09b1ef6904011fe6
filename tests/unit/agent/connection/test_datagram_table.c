/* Questions and answers in datagrams: repeated, late, unanswered, from many clients, too many. */
#include "connection/datagram_table.h"

#include "cmocka_test.h"

#include "dns_bytes.h"

#define ASK  DNS_A_QUESTION
#define TELL DNS_A_ANSWER

static struct connection_context context;
static struct datagram_table *table;
static struct drops drops;
static unsigned asked, answered, finished;
static struct exchange last;
static struct connection_identity last_connection;

static void on_request(void *self, struct exchange *exchange, const struct message *message)
{
	(void)self;
	assert_int_equal(message->kind, MESSAGE_REQUEST);
	assert_string_equal(exchange->protocol->name, "dns");
	asked++;
}

static void on_response(void *self, struct exchange *exchange, const struct message *message)
{
	(void)self;
	(void)exchange;
	assert_int_equal(message->kind, MESSAGE_RESPONSE);
	answered++;
}

static void on_finish(void *self, struct exchange *exchange)
{
	(void)self;
	last = *exchange;
	last_connection = *exchange->connection;
	finished++;
}

static int begin(void **state)
{
	(void)state;
	memset(&drops, 0, sizeof(drops));
	context = (struct connection_context){
		.sink = {.on_request = on_request,
			 .on_response = on_response,
			 .on_finish = on_finish},
		.drops = &drops,
	};
	asked = answered = finished = 0;
	return datagram_table_new(&table, &context, 3);
}

static int end(void **state)
{
	(void)state;
	datagram_table_free(&table);
	assert_null(table);
	return 0;
}

struct move {
	uint64_t time_ns;
	enum stream_direction direction;
	uint16_t peer_port;
	uint16_t id;
	uint64_t socket;
};

static void give(struct move move, const char *bytes, size_t size)
{
	struct datagram_record record = {
		.header = {.kind = RECORD_DATAGRAM, .time_ns = move.time_ns},
		.socket = move.socket,
		.context = 77,
		.start_ns = move.time_ns,
		.tgid = 100,
		.tid = 101,
		.length = (uint32_t)size,
		.captured = (uint32_t)size,
		.local_port = 4000,
		.peer_port = move.peer_port,
		.local_address = {127, 0, 0, 1},
		.peer_address = {127, 0, 0, 2},
		.family = FAMILY_IPV4,
		.direction = move.direction,
	};
	struct event event = {.kind = RECORD_DATAGRAM, .datagram = &record};
	char copy[512];

	memcpy(copy, bytes, size);
	copy[0] = (char)(move.id >> 8);
	copy[1] = (char)move.id;
	event.bytes = view_of(copy, size);
	datagram_table_take(table, &event);
}

#define GIVE_SOCKET(text, socket, ...)                                                             \
	give((struct move){__VA_ARGS__, socket}, text, sizeof(text) - 1)
#define GIVE(text, ...) GIVE_SOCKET(text, 9, __VA_ARGS__)

static void a_client(void **state)
{
	(void)state;
	GIVE(ASK, 1000, DIRECTION_SEND, 53, 1);
	GIVE(TELL, 1500, DIRECTION_RECEIVE, 53, 1);
	assert_int_equal(asked + answered + finished, 3);
	assert_int_equal(last.start_ns, 1000);
	assert_int_equal(last.response_start_ns, 1500);
	assert_int_equal(last.end_ns, 1500);
	assert_false(last.is_server);
	assert_false(last.is_aborted);
	assert_int_equal(last.request_bytes, sizeof(ASK) - 1);
	assert_int_equal(last.response_bytes, sizeof(TELL) - 1);
	assert_int_equal(last.request_tid, 101);
	assert_int_equal(last.response_context, 77);
	assert_true(last_connection.is_datagram);
	assert_int_equal(last_connection.role, ROLE_CLIENT);
	assert_int_equal(last_connection.peer_port, 53);
	/* The answer came without the address of who sent it. */
	GIVE(ASK, 2000, DIRECTION_SEND, 53, 2);
	GIVE(TELL, 2500, DIRECTION_RECEIVE, 0, 2);
	assert_int_equal(finished, 2);
	assert_int_equal(drops_get(&drops, DROP_EXCHANGE_UNMATCHED), 0);
}

/* Both ends know the exchange by the same number. */
static void a_server_with_two_clients(void **state)
{
	uint32_t sequence;

	(void)state;
	GIVE(ASK, 1000, DIRECTION_RECEIVE, 5001, 1);
	GIVE(ASK, 1100, DIRECTION_RECEIVE, 5002, 1);
	GIVE(TELL, 1200, DIRECTION_SEND, 5002, 1);
	assert_int_equal(last.start_ns, 1100);
	assert_true(last.is_server);
	assert_int_equal(last_connection.role, ROLE_SERVER);
	GIVE(TELL, 1300, DIRECTION_SEND, 5001, 1);
	assert_int_equal(last.start_ns, 1000);
	assert_int_equal(finished, 2);
	assert_true(last.has_sequence);
	sequence = last.request_sequence;
	GIVE_SOCKET(ASK, 10, 2000, DIRECTION_SEND, 53, 1);
	GIVE_SOCKET(TELL, 10, 2100, DIRECTION_RECEIVE, 53, 1);
	assert_int_equal(last.request_sequence, sequence);
}

static void said_again(void **state)
{
	(void)state;
	GIVE(ASK, 1000, DIRECTION_SEND, 53, 1);
	GIVE(ASK, 2000, DIRECTION_SEND, 53, 1);
	assert_int_equal(asked, 1);
	GIVE(TELL, 3000, DIRECTION_RECEIVE, 53, 1);
	/* Both were answered. */
	GIVE(TELL, 3100, DIRECTION_RECEIVE, 53, 1);
	assert_int_equal(answered, 1);
	assert_int_equal(finished, 1);
	assert_int_equal(last.start_ns, 1000);
	assert_int_equal(last.end_ns, 3000);
	assert_int_equal(last.request_bytes, 2 * (sizeof(ASK) - 1));
	/* Asked anew. */
	GIVE(ASK, 4000, DIRECTION_SEND, 53, 1);
	assert_int_equal(asked, 2);
	/* The same id for another question: nobody waits for the first any more. */
	GIVE(DNS_NX_QUESTION, 5000, DIRECTION_SEND, 53, 1);
	assert_int_equal(asked, 3);
	assert_int_equal(finished, 2);
	assert_true(last.is_timed_out);
	assert_int_equal(last.end_ns, 5000);
	/* And not what was asked. */
	GIVE(TELL, 5100, DIRECTION_RECEIVE, 53, 1);
	assert_int_equal(finished, 2);
	assert_int_equal(drops_get(&drops, DROP_EXCHANGE_UNMATCHED), 1);
}

static void unanswered(void **state)
{
	(void)state;
	GIVE(ASK, 1000, DIRECTION_SEND, 53, 1);
	GIVE(ASK, 2000, DIRECTION_SEND, 53, 2);
	GIVE(ASK, 3000, DIRECTION_SEND, 53, 1);
	datagram_table_tick(table, 2000 + MAX_ANSWER_NS);
	assert_int_equal(finished, 0);
	datagram_table_tick(table, 2001 + MAX_ANSWER_NS);
	assert_int_equal(finished, 1);
	assert_int_equal(last.start_ns, 2000);
	assert_int_equal(last.end_ns, 2000 + MAX_ANSWER_NS);
	assert_true(last.is_aborted);
	assert_true(last.is_timed_out);
	datagram_table_tick(table, 3001 + MAX_ANSWER_NS);
	assert_int_equal(finished, 2);
	assert_int_equal(last.start_ns, 1000);
	/* Too late. */
	GIVE(TELL, 4000 + MAX_ANSWER_NS, DIRECTION_RECEIVE, 53, 1);
	assert_int_equal(drops_get(&drops, DROP_EXCHANGE_UNMATCHED), 1);
}

static void a_process_that_ends(void **state)
{
	(void)state;
	GIVE(ASK, 1000, DIRECTION_SEND, 53, 1);
	datagram_table_end(table, 7, 1500);
	assert_int_equal(finished, 0);
	datagram_table_end(table, 100, 1600);
	assert_int_equal(finished, 1);
	assert_true(last.is_aborted);
	assert_false(last.is_timed_out);
	assert_int_equal(last.end_ns, 1600);
	GIVE(ASK, 2000, DIRECTION_SEND, 53, 1);
	datagram_table_end(table, 0, 0);
	assert_int_equal(last.end_ns, 2000);
}

static void too_many(void **state)
{
	(void)state;
	for (uint16_t id = 1; id <= 3; id++)
		GIVE(ASK, 1000, DIRECTION_SEND, 53, id);
	GIVE(TELL, 1500, DIRECTION_RECEIVE, 53, 1);
	/* An answered one makes room, which is no loss. */
	GIVE(ASK, 2000, DIRECTION_SEND, 53, 4);
	assert_int_equal(asked, 4);
	assert_int_equal(drops_get(&drops, DROP_EXCHANGE_UNMATCHED), 0);
	GIVE(ASK, 2000, DIRECTION_SEND, 53, 5);
	assert_int_equal(finished, 2);
	assert_true(last.is_aborted);
	assert_int_equal(drops_get(&drops, DROP_EXCHANGE_UNMATCHED), 1);
}

static void not_dns(void **state)
{
	(void)state;
	GIVE("something else altogether", 1000, DIRECTION_SEND, 53, 1);
	assert_int_equal(drops_get(&drops, DROP_STREAM_UNPARSABLE), 1);
	assert_int_equal(asked, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_client, begin, end),
		cmocka_unit_test_setup_teardown(a_server_with_two_clients, begin, end),
		cmocka_unit_test_setup_teardown(said_again, begin, end),
		cmocka_unit_test_setup_teardown(unanswered, begin, end),
		cmocka_unit_test_setup_teardown(a_process_that_ends, begin, end),
		cmocka_unit_test_setup_teardown(too_many, begin, end),
		cmocka_unit_test_setup_teardown(not_dns, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
