/* A handshake and what follows makes no exchange; its plaintext, announced next, does, and knows
 * what the hellos said. */
#include "cmocka_test.h"

#include "connection_fixture.h"
#include "mysql_bytes.h"
#include "protocols/mysql/mysql.h"
#include "tls_bytes.h"

#define REQUEST  "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
#define RESPONSE "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

static struct connection_fixture f;

static void move(enum stream_direction direction, struct view bytes)
{
	record_builder_segment(&f.builder, direction, bytes.bytes, (uint32_t)bytes.size,
			       (uint32_t)bytes.size, 0);
}

/* The client's hello in two pieces, as OpenSSL reads. */
static void shake_hands(void)
{
	struct tls_bytes hello;

	tls_bytes_client_hello(&hello, "a");
	move(DIRECTION_SEND, view_take(tls_bytes_view(&hello), 5));
	move(DIRECTION_SEND, view_skip(tls_bytes_view(&hello), 5));
	tls_bytes_server_hello(&hello, 0x0304, "h2");
	move(DIRECTION_RECEIVE, tls_bytes_view(&hello));
}

static void give_over(void)
{
	struct connection_end_record end = {
		.connection = f.builder.connection,
		.socket = f.builder.connection << 8,
		.reason = END_IS_TLS,
	};

	end.header = record_builder_header(&f.builder, RECORD_CONNECTION_END, sizeof(end));
	record_builder_give(&f.builder, &end, sizeof(end));
}

static void open_plaintext(uint64_t socket)
{
	struct connection_open_record open;

	f.builder.connection++;
	open = record_builder_open_record(&f.builder, ROLE_CLIENT);
	open.socket = socket | 1;
	open.flags = CONNECTION_IS_TLS | CONNECTION_FROM_START;
	f.builder.mode = CAPTURE_UNDECIDED;
	f.builder.position[0] = f.builder.position[1] = 0;
	f.builder.last_ns[0] = f.builder.last_ns[1] = 0;
	f.builder.last_direction = -1;
	record_builder_give(&f.builder, &open, sizeof(open));
}

#define FINISHED_RECORD "\x14\x03\x03\x00\x01\x01\x17\x03\x03\x00\x35"
#define ALERT_RECORD    "\x17\x03\x03\x00\x13                   "

/* What has no plaintext is a call per turn of the client; the handshake, its tickets and the alert
 * at the end are none. */
static void ciphertext(void **state)
{
	static char finished[64] = FINISHED_RECORD;

	(void)state;
	fixture_begin(&f, ROLE_CLIENT);
	shake_hands();
	move(DIRECTION_SEND, view_of(finished, 64));
	move(DIRECTION_RECEIVE, VIEW_LITERAL("\x17\x03\x03\x00\x07tickets"));
	assert_int_equal(f.requests, 0);
	move(DIRECTION_SEND, VIEW_LITERAL("\x17\x03\x03\x00\x14some request, 20 byt"));
	assert_int_equal(f.requests, 0);
	move(DIRECTION_RECEIVE, VIEW_LITERAL("\x17\x03\x03\x00\x05there"));
	assert_int_equal(f.requests, 1);
	assert_int_equal(f.mode, CAPTURE_OFF);
	record_builder_segment(&f.builder, DIRECTION_SEND, "", 60, 0, 0);
	assert_int_equal(f.finishes, 1);
	record_builder_segment(&f.builder, DIRECTION_RECEIVE, "", 1000, 0, 0);
	record_builder_segment(&f.builder, DIRECTION_SEND, "", 24, 0, 0); /* an alert */
	record_builder_segment(&f.builder, DIRECTION_RECEIVE, "", 24, 0, 0);
	connection_table_finish(f.table, f.builder.now_ns);
	assert_string_equal(f.text, "client 25/- 10/- call\nclient 60/- 1000/- call\n");
	fixture_end(&f);
	assert_int_equal(drops_get(&f.drops, DROP_TLS_UNSEEN), 1);
}

/* The request may follow the client's Finished in one turn, and in one piece. */
static void finished_and_request(void **state)
{
	static char both[64 + 30] = FINISHED_RECORD;

	(void)state;
	memcpy(both + 64, "\x17\x03\x03\x00\x19", 5);
	for (int is_split = 0; is_split < 2; is_split++) {
		fixture_begin(&f, ROLE_CLIENT);
		shake_hands();
		if (is_split)
			move(DIRECTION_SEND, view_of(both, 64));
		move(DIRECTION_SEND, view_of(both + (is_split ? 64 : 0), is_split ? 30 : 94));
		move(DIRECTION_RECEIVE, VIEW_LITERAL("\x17\x03\x03\x00\x05there"));
		move(DIRECTION_SEND, VIEW_LITERAL(ALERT_RECORD));
		connection_table_finish(f.table, f.builder.now_ns);
		assert_string_equal(f.text, is_split ? "client 30/- 10/- call\n"
						     : "client 94/- 10/- call\n");
		fixture_end(&f);
	}
}

/* The client's alert at the end may come before the server's tickets, which answer nothing. */
static void nothing_asked(void **state)
{
	static char finished[64] = FINISHED_RECORD;
	static char both[64 + 24] = FINISHED_RECORD;

	(void)state;
	memcpy(both + 64, ALERT_RECORD, 24);
	for (int is_split = 0; is_split < 2; is_split++) {
		fixture_begin(&f, ROLE_CLIENT);
		shake_hands();
		if (is_split) {
			move(DIRECTION_SEND, view_of(finished, 64));
			move(DIRECTION_SEND, VIEW_LITERAL(ALERT_RECORD));
		} else {
			move(DIRECTION_SEND, view_of(both, 88));
		}
		move(DIRECTION_RECEIVE, VIEW_LITERAL("\x17\x03\x03\x00\x07tickets"));
		connection_table_finish(f.table, f.builder.now_ns);
		assert_string_equal(f.text, "");
		fixture_end(&f);
		assert_int_equal(drops_get(&f.drops, DROP_TLS_UNSEEN), 0);
	}
}

/* A server's end, and calls nobody wants: nothing more is looked at. */
static void server(void **state)
{
	(void)state;
	fixture_begin(&f, ROLE_SERVER);
	move(DIRECTION_RECEIVE, VIEW_LITERAL("\x17\x03\x03\x00\x05hello"));
	assert_int_equal(f.ignored, 1);
	move(DIRECTION_SEND, VIEW_LITERAL("\x17\x03\x03\x00\x05there"));
	assert_int_equal(f.requests, 0);
	fixture_end(&f);
	assert_int_equal(drops_get(&f.drops, DROP_TLS_UNSEEN), 1);
}

/* A server's handshakes without a request were nothing that could have been seen, as tickets are
 * not. */
static void served_nothing(void **state)
{
	static char finished[64] = FINISHED_RECORD;
	struct tls_bytes hello;

	(void)state;
	for (int has_request = 0; has_request < 2; has_request++) {
		fixture_begin(&f, ROLE_SERVER);
		tls_bytes_client_hello(&hello, "a");
		move(DIRECTION_RECEIVE, tls_bytes_view(&hello));
		tls_bytes_server_hello(&hello, 0x0304, "h2");
		move(DIRECTION_SEND, tls_bytes_view(&hello));
		move(DIRECTION_RECEIVE, view_of(finished, 64));
		move(DIRECTION_SEND, VIEW_LITERAL("\x17\x03\x03\x00\x07tickets"));
		assert_int_equal(f.ignored, 0);
		if (has_request)
			move(DIRECTION_RECEIVE,
			     VIEW_LITERAL("\x17\x03\x03\x00\x14some request, 20 byt"));
		else
			move(DIRECTION_RECEIVE, VIEW_LITERAL(ALERT_RECORD));
		assert_int_equal(f.ignored, has_request);
		assert_int_equal(f.requests, 0);
		fixture_end(&f);
		assert_int_equal(drops_get(&f.drops, DROP_TLS_UNSEEN), has_request);
	}
}

/* Without a hello it is known too. */
static void joined_midway(void **state)
{
	(void)state;
	fixture_begin(&f, ROLE_CLIENT);
	move(DIRECTION_SEND, VIEW_LITERAL("\x17\x03\x03\x00\x05hello"));
	move(DIRECTION_RECEIVE, VIEW_LITERAL("\x17\x03\x03\x00\x05there"));
	move(DIRECTION_SEND, VIEW_LITERAL("\x17\x03\x03\x00\x05hello"));
	assert_string_equal(f.text, "client 10/- 10/- call\n");
	fixture_end(&f);
	assert_int_equal(drops_get(&f.drops, DROP_TLS_UNSEEN), 1);
}

/* The plaintext comes while a call waits for its answer: it was none. */
static void given_over(void **state)
{
	(void)state;
	fixture_begin(&f, ROLE_CLIENT);
	shake_hands();
	move(DIRECTION_SEND, VIEW_LITERAL("\x17\x03\x03\x00\x14some request, 20 byt"));
	give_over();
	move(DIRECTION_RECEIVE, VIEW_LITERAL("\x17\x03\x03\x00\x05there"));
	connection_table_finish(f.table, f.builder.now_ns);
	assert_int_equal(f.requests, 0);
	assert_int_equal(f.ignored, 1);
	fixture_end(&f);
	assert_int_equal(drops_get(&f.drops, DROP_TLS_UNSEEN), 0);
}

static void plaintext(void **state)
{
	uint64_t socket;

	(void)state;
	fixture_begin(&f, ROLE_CLIENT);
	socket = f.builder.connection << 8;
	shake_hands();
	give_over();
	open_plaintext(socket);
	move(DIRECTION_SEND, VIEW_LITERAL(REQUEST));
	move(DIRECTION_RECEIVE, VIEW_LITERAL(RESPONSE));
	assert_string_equal(f.text, "client 27/0 40/2\n");
	fixture_end(&f);
	assert_int_equal(drops_get(&f.drops, DROP_TLS_UNSEEN), 0);
}

/* What was said in its hellos is its own: another socket's plaintext knows nothing of it. */
static const struct connection_identity *identity;
static struct tls_facts seen;
static bool is_tls;

static void note(void *self, const struct connection_identity *connection, enum capture_mode mode)
{
	(void)self;
	(void)mode;
	identity = connection;
	seen = connection->tls;
	is_tls = connection->is_tls;
}

static void ignore_request(void *self, struct exchange *exchange, const struct message *message)
{
	(void)message;
	note(self, exchange->connection, CAPTURE_STREAM);
}

static void ignore(void *self, struct exchange *exchange)
{
	(void)self;
	(void)exchange;
}

static void facts(void **state)
{
	(void)state;
	for (int is_same = 0; is_same < 2; is_same++) {
		struct connection_table_settings settings = {16, true, 1 << 20};
		struct connection_sink sink = {.on_request = ignore_request,
					       .on_response = ignore_request,
					       .on_finish = ignore};
		uint64_t socket;

		memset(&f, 0, sizeof(f));
		assert_int_equal(connection_table_new(&f.table, &settings, &sink, &f.drops), 0);
		record_builder_init(&f.builder, fixture_take, &f);
		record_builder_open(&f.builder, ROLE_CLIENT);
		socket = f.builder.connection << 8;
		shake_hands();
		give_over();
		open_plaintext(is_same ? socket : socket + 0x1000);
		move(DIRECTION_SEND, VIEW_LITERAL(REQUEST));
		assert_true(is_tls);
		assert_int_equal(seen.version, is_same ? 0x0304 : 0);
		assert_int_equal(seen.has_random, is_same);
		assert_string_equal(seen.server_name, is_same ? "a" : "");
		assert_string_equal(seen.application, is_same ? "h2" : "");
		connection_table_free(&f.table);
	}
}

/* A protocol that asked for TLS leaves a word to itself: of MySQL, whose server it is. */
static void asked_for(void **state)
{
	static const char *const versions[] = {"8.0.36", "11.4.2-MariaDB"};
	char wish[36] = {32, [3] = 1, [5] = 0x0a, [8] = 1, [11] = 1, [12] = 45};

	(void)state;
	for (uint32_t word = 0; word < 2; word++) {
		struct mysql_bytes greeting = {0};
		uint64_t socket;

		fixture_begin(&f, ROLE_CLIENT);
		socket = f.builder.connection << 8;
		mysql_bytes_greeting(&greeting, versions[word],
				     MYSQL_BYTES_CAPABILITIES | MYSQL_CAN_SSL);
		move(DIRECTION_RECEIVE, view_of(greeting.bytes, greeting.used));
		move(DIRECTION_SEND, view_of(wish, sizeof(wish)));
		shake_hands();
		give_over();
		open_plaintext(socket);
		greeting = (struct mysql_bytes){.sequence = 2};
		mysql_bytes_login(&greeting, MYSQL_BYTES_CAPABILITIES | MYSQL_CAN_SSL, "shop");
		move(DIRECTION_SEND, view_of(greeting.bytes, greeting.used));
		greeting.used = 0;
		mysql_bytes_ok(&greeting, 2);
		move(DIRECTION_RECEIVE, view_of(greeting.bytes, greeting.used));
		greeting.used = 0;
		mysql_bytes_query(&greeting, "SELECT 1");
		move(DIRECTION_SEND, view_of(greeting.bytes, greeting.used));
		greeting.used = 0;
		mysql_bytes_result(&greeting, 1, 2, false);
		move(DIRECTION_RECEIVE, view_of(greeting.bytes, greeting.used));
		assert_int_equal(f.finishes, 1);
		assert_ptr_equal(f.before, &protocol_mysql);
		assert_int_equal(f.word, word);
		fixture_end(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ciphertext),    cmocka_unit_test(finished_and_request),
		cmocka_unit_test(server),        cmocka_unit_test(given_over),
		cmocka_unit_test(joined_midway), cmocka_unit_test(plaintext),
		cmocka_unit_test(facts),         cmocka_unit_test(asked_for),
		cmocka_unit_test(nothing_asked), cmocka_unit_test(served_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
