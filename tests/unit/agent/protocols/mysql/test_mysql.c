/*
 * Whole connections through the connection room: the law (whole, byte by byte, cut everywhere),
 * joined midway, with losses, with answers of which only the ends were seen.
 */
#include "conversation_law.h"
#include "mysql_bytes.h"

#include "protocols/mysql/mysql.h"
#include "protocols/mysql/mysql_session.h"

#define MAX_SAYINGS 32

static struct conversation_fixture f;

struct talk {
	struct saying sayings[MAX_SAYINGS];
	size_t count;
	struct mysql_bytes bytes[MAX_SAYINGS];
};

static struct talk talk;

/* The next saying's bytes: empty, numbered like the other side's last packet went on. */
static struct mysql_bytes *say(enum message_kind side)
{
	struct mysql_bytes *b = &talk.bytes[talk.count];
	uint8_t sequence = talk.count ? talk.bytes[talk.count - 1].sequence : 0;

	assert_in_range(talk.count, 0, MAX_SAYINGS - 1);
	*b = (struct mysql_bytes){.sequence = sequence};
	talk.sayings[talk.count++] = (struct saying){side, b->bytes, 0};
	return b;
}

static struct mysql_bytes *client(void)
{
	return say(MESSAGE_REQUEST);
}

static struct mysql_bytes *server(void)
{
	return say(MESSAGE_RESPONSE);
}

static void close_sayings(void)
{
	for (size_t i = 0; i < talk.count; i++)
		talk.sayings[i].size = talk.bytes[i].used;
}

static void put_login(uint64_t capabilities)
{
	mysql_bytes_greeting(server(), "11.4.2-MariaDB", capabilities);
	mysql_bytes_login(client(), capabilities, "shop");
	mysql_bytes_ok(server(), 2);
}

#define OF_SHOP "db.system.name=mariadb db.namespace=shop "

static void put_commands(bool is_omitted)
{
	mysql_bytes_query(client(), "SELECT a FROM t WHERE b = 'secret'");
	mysql_bytes_result(server(), 2, 2, is_omitted);
	mysql_bytes_query(client(), "SELECT a FROM missing");
	mysql_bytes_error(server(), 1146);
	mysql_bytes_command(client(), MYSQL_PREPARE, VIEW_LITERAL("UPDATE t SET a=? WHERE b=7"));
	mysql_bytes_prepared(server(), 3, 0, 1, is_omitted);
	mysql_bytes_execute(client(), 3);
	mysql_bytes_ok(server(), 2);
	mysql_bytes_statement(client(), MYSQL_CLOSE, 3);
	mysql_bytes_command(client(), 0x0e, VIEW_LITERAL(""));
	mysql_bytes_ok(server(), 2);
	mysql_bytes_command(client(), MYSQL_QUIT, VIEW_LITERAL(""));
	close_sayings();
}

static const char of_client[] =
	"client \"SELECT t\" db " OF_SHOP
	"db.query.summary=SELECT t db.query.text=SELECT a FROM t WHERE b = ? "
	"db.response.returned_rows=2\n"
	"client \"SELECT missing\" db " OF_SHOP
	"db.query.summary=SELECT missing db.query.text=SELECT a FROM missing "
	"db.response.status_code=1146 error.type=1146 ERROR\n"
	"client \"PREPARE UPDATE t\" db " OF_SHOP
	"db.operation.name=PREPARE db.query.summary=PREPARE UPDATE t "
	"db.query.text=UPDATE t SET a=? WHERE b=?\n"
	"client \"UPDATE t\" db " OF_SHOP
	"db.query.summary=UPDATE t db.query.text=UPDATE t SET a=? WHERE b=?\n"
	"client \"PING shop\" db " OF_SHOP "db.operation.name=PING\n";

static const char *as_server(void)
{
	static char text[sizeof(of_client)];
	char *at = text;

	memcpy(text, of_client, sizeof(of_client));
	while ((at = strstr(at, "client \"")))
		memcpy(at, "server", 6);
	return text;
}

static void keeps_the_law(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		talk.count = 0;
		put_login(MYSQL_BYTES_CAPABILITIES | (i ? MYSQL_CAN_DEPRECATE_EOF : 0));
		put_commands(i);
		conversation_law(talk.sayings, talk.count, of_client, as_server());
	}
}

/* The header, and then the rest. */
static void feed_as_servers_read(const struct saying *s)
{
	conversation_feed(&f, s->side, s->bytes, MYSQL_HEADER_BYTES);
	conversation_feed(&f, s->side, s->bytes + MYSQL_HEADER_BYTES, s->size - MYSQL_HEADER_BYTES);
}

/* Joined at any saying: nothing wrong, and what is known is the same but for the database. */
static void joins_midway(void **state)
{
	static const int spans[] = {5, 4, 4, 3, 3, 2, 2};

	(void)state;
	for (int is_omitted = 0; is_omitted < 2; is_omitted++) {
		talk.count = 0;
		put_commands(is_omitted);
		for (size_t from = 0; from < 7; from++) {
			conversation_begin(&f, from & 2);
			conversation_open(&f, false);
			for (size_t i = from; i < talk.count; i++)
				feed_as_servers_read(&talk.sayings[i]);
			conversation_end(&f);
			assert_int_equal(f.finished, spans[from]);
			assert_string_equal(conversation_drops(&f), "");
			assert_null(strstr(f.text, "aborted"));
			assert_null(strstr(f.text, "secret"));
			assert_null(strstr(f.text, "namespace"));
			if (from == 6)
				assert_non_null(strstr(f.text,
						       "\"EXECUTE\" db db.system.name=mysql "
						       "db.operation.name=EXECUTE "
						       "limpet.statement.unknown=true"));
		}
	}
}

/* Nothing but the beginning and the last bytes of a large answer is seen. */
static void ends_a_large_answer(void **state)
{
	struct mysql_bytes b = {.used = 0};
	static char large[100000];
	size_t size;

	(void)state;
	talk.count = 0;
	put_login(MYSQL_BYTES_CAPABILITIES);
	mysql_bytes_query(client(), "SELECT a FROM t");
	close_sayings();
	conversation_begin(&f, false);
	conversation_open(&f, true);
	conversation_feed_all(&f, talk.sayings, talk.count);
	b.sequence = 1;
	mysql_bytes_result(&b, 500, 2, false);
	size = b.used;
	memcpy(large, b.bytes, size);
	conversation_feed_cut(&f, MESSAGE_RESPONSE, large, size - 200, 1000);
	conversation_feed(&f, MESSAGE_RESPONSE, large + size - 200, 200);
	assert_int_equal(f.finished, 1);
	assert_string_equal(f.text,
			    "client \"SELECT t\" db " OF_SHOP
			    "db.query.summary=SELECT t db.query.text=SELECT a FROM t lossy\n");
	conversation_end(&f);
}

/* A row that is larger than what is captured of it loses nothing. */
static void passes_a_large_row(void **state)
{
	struct mysql_bytes b = {.used = 0, .sequence = 1};
	static char large[70000];

	(void)state;
	talk.count = 0;
	put_login(MYSQL_BYTES_CAPABILITIES);
	mysql_bytes_query(client(), "SELECT a FROM t");
	close_sayings();
	conversation_begin(&f, false);
	conversation_open(&f, true);
	conversation_feed_all(&f, talk.sayings, talk.count);
	mysql_bytes_put(&b, "\1");
	mysql_bytes_column(&b);
	mysql_bytes_end(&b, 2, false);
	mysql_bytes_header(&b, 60000);
	memcpy(large, b.bytes, b.used);
	large[b.used] = '\xfc';
	conversation_feed_cut(&f, MESSAGE_RESPONSE, large, b.used + 60000, b.used + 10);
	b.used = 0;
	mysql_bytes_end(&b, 2, false);
	conversation_feed(&f, MESSAGE_RESPONSE, b.bytes, b.used);
	conversation_check(&f, "client \"SELECT t\" db " OF_SHOP
			       "db.query.summary=SELECT t db.query.text=SELECT a FROM t "
			       "db.response.returned_rows=1\n");
}

/* An answer is lost altogether: the next turn begins anew, and what was prepared is known still. */
static void begins_anew_after_a_loss(void **state)
{
	(void)state;
	talk.count = 0;
	put_login(MYSQL_BYTES_CAPABILITIES);
	put_commands(false);
	conversation_begin(&f, false);
	conversation_open(&f, true);
	for (size_t i = 0; i < talk.count; i++) {
		const struct saying *s = &talk.sayings[i];

		if (i == 4)
			conversation_feed_lost(&f, s->side, s->size);
		else
			conversation_feed(&f, s->side, s->bytes, s->size);
	}
	conversation_end(&f);
	assert_int_equal(f.finished, 5);
	assert_non_null(strstr(f.text, "\"UPDATE t\""));
	assert_non_null(strstr(f.text, "error.type=1146 ERROR"));
	assert_null(strstr(f.text, "returned_rows"));
}

static void passes_what_is_compressed(void **state)
{
	(void)state;
	talk.count = 0;
	put_login(MYSQL_BYTES_CAPABILITIES | MYSQL_CAN_COMPRESS);
	mysql_bytes_raw(client(), VIEW_LITERAL("\x0d\0\0\0\0\0\0\x09\0\0\0\3SELECT 1"));
	mysql_bytes_raw(server(), VIEW_LITERAL("\x0b\0\0\1\x40\0\0compressed!"));
	mysql_bytes_raw(client(), VIEW_LITERAL("\5\0\0\0\0\0\0\1\0\0\0\1"));
	close_sayings();
	conversation_law(talk.sayings, talk.count,
			 "client \"CONNECT shop\" db " OF_SHOP
			 "db.operation.name=CONNECT limpet.compression=zlib\n",
			 NULL);
}

/* By TLS the greeting goes before what is seen of the rest. */
static void leaves_who_the_server_is(void **state)
{
	const struct conversation *conversation = protocol_mysql.conversation;
	struct mysql_session before = {.is_mariadb = true}, after = {0};

	(void)state;
	assert_int_equal(conversation->hand_over(&before), 1);
	assert_int_equal(conversation->hand_over(&after), 0);
	conversation->take_over(&after, 1);
	assert_true(after.is_mariadb);
	conversation->take_over(&after, 0);
	assert_false(after.is_mariadb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_the_law),
		cmocka_unit_test(joins_midway),
		cmocka_unit_test(ends_a_large_answer),
		cmocka_unit_test(passes_a_large_row),
		cmocka_unit_test(begins_anew_after_a_loss),
		cmocka_unit_test(passes_what_is_compressed),
		cmocka_unit_test(leaves_who_the_server_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
