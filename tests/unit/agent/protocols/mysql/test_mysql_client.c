/* What the client's packets open, and what they say about the statements and the database. */
#include "mysql_talk.h"

#include "protocols/mysql/mysql_client.h"

static struct mysql_talk t;

static int begin_midway(void **state)
{
	(void)state;
	mysql_talk_begin(&t, false);
	return 0;
}

static int begin(void **state)
{
	(void)state;
	mysql_talk_begin(&t, true);
	return 0;
}

static int finish(void **state)
{
	(void)state;
	mysql_talk_finish(&t);
	return 0;
}

static void ask(const char *text)
{
	mysql_bytes_query(&t.bytes, text);
	mysql_talk_client(&t);
}

static void log_in(uint64_t capabilities, const char *version)
{
	mysql_bytes_greeting(&t.bytes, version, capabilities);
	mysql_talk_server(&t);
	mysql_bytes_login(&t.bytes, capabilities, "shop");
	mysql_talk_client(&t);
	/* It wants other proof, gets it, and is content. */
	mysql_bytes_put(&t.bytes, "\xfe"
				  "caching_sha2_password\0salt");
	mysql_talk_server(&t);
	mysql_bytes_put(&t.bytes, "\1\2\3");
	mysql_talk_client(&t);
	mysql_bytes_ok(&t.bytes, 2);
	mysql_talk_server(&t);
}

static void follows_logins(void **state)
{
	(void)state;
	log_in(MYSQL_BYTES_CAPABILITIES | MYSQL_CAN_DEPRECATE_EOF, "5.5.5-10.11.19-MariaDB");
	assert_int_equal(t.session.phase, MYSQL_COMMANDS);
	assert_int_equal(t.session.list_end, MYSQL_END_OMITTED);
	ask("SELECT * FROM t WHERE a = 'x'");
	mysql_talk_expect(&t, "0 open SELECT t | shop | SELECT * FROM t WHERE a = ? (mariadb)\n");
}

/* Of two sides only what both can is agreed on. */
static void agrees_on_what_both_can(void **state)
{
	(void)state;
	mysql_bytes_greeting(&t.bytes, "8.0.36", MYSQL_BYTES_CAPABILITIES | MYSQL_CAN_MYSQL);
	mysql_talk_server(&t);
	mysql_bytes_login(&t.bytes,
			  MYSQL_BYTES_CAPABILITIES | MYSQL_CAN_DEPRECATE_EOF | MYSQL_CAN_COMPRESS,
			  "shop");
	mysql_talk_client(&t);
	assert_int_equal(t.session.list_end, MYSQL_END_PACKET);
	mysql_talk_expect(&t, "");
}

static void hands_over_to_tls(void **state)
{
	char payload[32] = {[1] = 0x0a, [4] = 1, [7] = 1, [8] = 45};

	(void)state;
	mysql_bytes_greeting(&t.bytes, "8.0.36", MYSQL_BYTES_CAPABILITIES | MYSQL_CAN_SSL);
	mysql_talk_server(&t);
	mysql_bytes_packet(&t.bytes, view_of(payload, sizeof(payload)));
	mysql_talk_client(&t);
	mysql_talk_expect(&t, "becomes something else\n");
}

/* Capabilities that only MariaDB has are agreed on with nobody else. */
static void tells_mariadb_by_its_capabilities(void **state)
{
	(void)state;
	t.bytes.sequence = 2;
	mysql_bytes_login(&t.bytes, MYSQL_BYTES_CAPABILITIES | MYSQL_CAN_CACHE_METADATA, "shop");
	mysql_talk_client(&t);
	ask("SELECT 1");
	mysql_talk_expect(&t, "0 open SELECT | shop | SELECT ? (mariadb)\n");
}

/* What TLS carries begins with the login: nothing was seen of the greeting. */
static void begins_with_a_login(void **state)
{
	(void)state;
	t.bytes.sequence = 2;
	mysql_bytes_login(&t.bytes, MYSQL_BYTES_CAPABILITIES | MYSQL_CAN_DEPRECATE_EOF, "shop");
	mysql_talk_client(&t);
	assert_int_equal(t.session.phase, MYSQL_LOGGING_IN);
	mysql_bytes_ok(&t.bytes, 2);
	mysql_talk_server(&t);
	ask("SELECT 1");
	mysql_talk_expect(&t, "0 open SELECT | shop | SELECT ?\n");
}

static void tells_compression(uint64_t capability, const char *wanted)
{
	log_in(MYSQL_BYTES_CAPABILITIES | capability, "8.0.36");
	mysql_talk_expect(&t, wanted);
	assert_int_equal(t.session.phase, MYSQL_COMPRESSED);
	mysql_bytes_raw(&t.bytes, VIEW_LITERAL("\5\0\0\0\0\0\0\1\0\0\0\x0e\3\0\0\1\0\0\0abc"));
	mysql_talk_client(&t);
	mysql_talk_expect(&t, "");
}

static void tells_zlib(void **state)
{
	(void)state;
	tells_compression(MYSQL_CAN_COMPRESS, "0 open CONNECT | shop | zlib\n0 done\n");
}

static void tells_zstd(void **state)
{
	(void)state;
	tells_compression(MYSQL_CAN_ZSTD, "0 open CONNECT | shop | zstd\n0 done\n");
}

static void names_commands(void **state)
{
	(void)state;
	mysql_bytes_command(&t.bytes, 0x0e, VIEW_LITERAL(""));
	mysql_bytes_command(&t.bytes, MYSQL_INIT_DB, VIEW_LITERAL("shop"));
	mysql_bytes_command(&t.bytes, MYSQL_RESET_CONNECTION, VIEW_LITERAL(""));
	mysql_bytes_command(&t.bytes, 0x04, VIEW_LITERAL("t\0"));
	mysql_bytes_command(&t.bytes, MYSQL_QUIT, VIEW_LITERAL(""));
	mysql_talk_client(&t);
	mysql_talk_expect(&t, "0 open PING |  | \n1 open INIT_DB |  | \n"
			      "2 open RESET_CONNECTION |  | \n3 open FIELD_LIST |  | \n");
}

static void knows_statements(void **state)
{
	(void)state;
	mysql_bytes_command(&t.bytes, MYSQL_PREPARE, VIEW_LITERAL("SELECT a FROM t WHERE b=?"));
	mysql_talk_client(&t);
	mysql_bytes_prepared(&t.bytes, 7, 1, 1, false);
	mysql_talk_server(&t);
	mysql_bytes_execute(&t.bytes, 7);
	mysql_bytes_execute(&t.bytes, 8);
	mysql_bytes_statement(&t.bytes, MYSQL_RESET, 7);
	mysql_bytes_statement(&t.bytes, MYSQL_CLOSE, 7);
	mysql_bytes_execute(&t.bytes, 7);
	mysql_talk_client(&t);
	mysql_talk_expect(&t, "0 open PREPARE SELECT t |  | SELECT a FROM t WHERE b=?\n0 done\n"
			      "1 open SELECT t |  | SELECT a FROM t WHERE b=?\n"
			      "2 open EXECUTE |  | unknown\n"
			      "3 open RESET SELECT t |  | SELECT a FROM t WHERE b=?\n"
			      "4 open EXECUTE |  | unknown\n");
}

/* MariaDB's connectors do not wait for the id. */
static void executes_the_last_statement(void **state)
{
	(void)state;
	mysql_bytes_command(&t.bytes, MYSQL_PREPARE, VIEW_LITERAL("DELETE FROM t WHERE b=?"));
	mysql_bytes_execute(&t.bytes, MYSQL_LAST_STATEMENT);
	mysql_talk_client(&t);
	mysql_talk_expect(&t, "0 open PREPARE DELETE t |  | DELETE FROM t WHERE b=?\n"
			      "1 open DELETE t |  | DELETE FROM t WHERE b=?\n");
}

/* Of a command of 40 MB only the beginning is read, and the answer goes on counting. */
static void passes_long_commands(void **state)
{
	struct view text = VIEW_LITERAL("INSERT INTO t VALUES ('");
	struct unit unit = {.side = MESSAGE_REQUEST, .is_final = true};
	struct mysql_bytes b = {.used = 0};

	(void)state;
	mysql_bytes_header(&b, MYSQL_FULL_PACKET);
	mysql_bytes_raw(&b, VIEW_LITERAL("\3"));
	mysql_bytes_raw(&b, text);
	unit.bytes = mysql_bytes_view(&b);
	assert_int_equal(protocol_mysql.conversation->read(&t.session, &unit, &t.sink), PARSE_DONE);
	assert_int_equal(unit.consumed, b.used);
	assert_int_equal(unit.skip, MYSQL_FULL_PACKET - 1 - text.size);
	mysql_talk_expect(&t, "0 open INSERT t |  | INSERT INTO t VALUES (?\n");
	b.used = 0;
	mysql_bytes_header(&b, 100);
	mysql_bytes_raw(&b, VIEW_LITERAL("\3SELECT"));
	unit.bytes = mysql_bytes_view(&b);
	assert_int_equal(protocol_mysql.conversation->read(&t.session, &unit, &t.sink), PARSE_DONE);
	assert_int_equal(unit.skip, 100 - 7);
	t.bytes.sequence = 2;
	mysql_bytes_ok(&t.bytes, 2);
	mysql_talk_server(&t);
	mysql_talk_expect(&t, "0 done\n");
}

static void refuses_what_is_no_command(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
	} cases[] = {{"\0\0\0\0", 4}, {"\1\0\0\0\0", 5}, {"\2\0\0\0\x0ex", 6}, {"\1\0\0\7\x0e", 5}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		mysql_bytes_raw(&t.bytes, view_of(cases[i].bytes, cases[i].size));
		assert_int_equal(mysql_talk_send(&t, MESSAGE_REQUEST), PARSE_INVALID);
	}
	mysql_talk_expect(&t, "");
	for (int i = 0; i < MAX_MYSQL_PENDING; i++)
		ask("COMMIT");
	mysql_bytes_query(&t.bytes, "COMMIT");
	assert_int_equal(mysql_talk_send(&t, MESSAGE_REQUEST), PARSE_INVALID);
}

static void waits_for_what_it_needs(void **state)
{
	struct view packet = VIEW_LITERAL("\x09\0\0\0\3SELECT 1");

	(void)state;
	for (size_t size = 0; size <= packet.size; size++) {
		struct view copy = exact_copy(view_take(packet, size));
		struct unit unit = {.side = MESSAGE_REQUEST, .bytes = copy};

		assert_int_equal(protocol_mysql.conversation->read(&t.session, &unit, &t.sink),
				 size == packet.size ? PARSE_DONE : PARSE_NEED_MORE);
		free_copy(copy);
	}
	mysql_talk_expect(&t, "0 open SELECT |  | SELECT ?\n");
}

/* A connection that becomes a replica's: its packets are passed. */
static void passes_replication(void **state)
{
	(void)state;
	mysql_bytes_command(&t.bytes, 0x12, VIEW_LITERAL("\4\0\0\0\0\0\1\0\0\0binlog.1"));
	mysql_talk_client(&t);
	mysql_bytes_put(&t.bytes, "\0anything");
	mysql_bytes_put(&t.bytes, "\xfe");
	mysql_talk_server(&t);
	mysql_talk_expect(&t, "");
	assert_int_equal(t.session.phase, MYSQL_STREAMING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(follows_logins, begin, finish),
		cmocka_unit_test_setup_teardown(agrees_on_what_both_can, begin, finish),
		cmocka_unit_test_setup_teardown(hands_over_to_tls, begin, finish),
		cmocka_unit_test_setup_teardown(tells_mariadb_by_its_capabilities, begin, finish),
		cmocka_unit_test_setup_teardown(begins_with_a_login, begin, finish),
		cmocka_unit_test_setup_teardown(tells_zlib, begin, finish),
		cmocka_unit_test_setup_teardown(tells_zstd, begin, finish),
		cmocka_unit_test_setup_teardown(names_commands, begin_midway, finish),
		cmocka_unit_test_setup_teardown(knows_statements, begin_midway, finish),
		cmocka_unit_test_setup_teardown(executes_the_last_statement, begin_midway, finish),
		cmocka_unit_test_setup_teardown(passes_long_commands, begin_midway, finish),
		cmocka_unit_test_setup_teardown(refuses_what_is_no_command, begin_midway, finish),
		cmocka_unit_test_setup_teardown(waits_for_what_it_needs, begin_midway, finish),
		cmocka_unit_test_setup_teardown(passes_replication, begin_midway, finish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
