/* Answers: which packet ends them, how many rows they had, and what they change. */
#include "mysql_talk.h"

#include "protocols/mysql/mysql_server.h"

static struct mysql_talk t;

static int begin(void **state)
{
	(void)state;
	mysql_talk_begin(&t, false);
	mysql_session_set_database(&t.session, VIEW_LITERAL("shop"));
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
	mysql_talk_forget(&t);
}

static void command(uint8_t number, struct view rest)
{
	mysql_bytes_command(&t.bytes, number, rest);
	mysql_talk_client(&t);
	mysql_talk_forget(&t);
}

static void answers_simply(void **state)
{
	(void)state;
	ask("COMMIT");
	mysql_bytes_ok(&t.bytes, 2);
	mysql_talk_server(&t);
	mysql_talk_expect(&t, "0 done\n");
	ask("SELECT * FROM missing");
	mysql_bytes_error(&t.bytes, 1146);
	mysql_talk_server(&t);
	mysql_talk_expect(&t, "1 done 1146\n");
	command(0x09, VIEW_LITERAL(""));
	mysql_bytes_put(&t.bytes, "Uptime: 12");
	mysql_talk_server(&t);
	mysql_talk_expect(&t, "2 done\n");
	command(0x1b, VIEW_LITERAL("\0\0"));
	mysql_bytes_end(&t.bytes, 2, false);
	mysql_talk_server(&t);
	mysql_talk_expect(&t, "3 done\n");
	command(0x04, VIEW_LITERAL("t\0"));
	mysql_bytes_column(&t.bytes);
	mysql_bytes_column(&t.bytes);
	mysql_bytes_end(&t.bytes, 2, false);
	mysql_talk_server(&t);
	mysql_talk_expect(&t, "4 done\n");
}

/* An error among the rows, and MariaDB's progress before an answer. */
static void fails_late(void **state)
{
	(void)state;
	ask("SELECT a FROM t");
	mysql_bytes_put(&t.bytes, "\1");
	mysql_bytes_column(&t.bytes);
	mysql_bytes_end(&t.bytes, 2, false);
	mysql_bytes_put(&t.bytes, "\1a");
	mysql_bytes_error(&t.bytes, 1317);
	mysql_talk_server(&t);
	mysql_talk_expect(&t, "0 done 1317\n");
	ask("ALTER TABLE t ADD b INT");
	mysql_bytes_put(&t.bytes, "\xff\xff\xff\1\1\2\0\0\0\4copy");
	mysql_bytes_ok(&t.bytes, 2);
	mysql_talk_server(&t);
	mysql_talk_expect(&t, "1 done\n");
}

/* Cursors: the rows come with FETCH. */
static void fetches(void **state)
{
	(void)state;
	mysql_bytes_execute(&t.bytes, 1);
	mysql_talk_client(&t);
	mysql_talk_forget(&t);
	mysql_bytes_put(&t.bytes, "\1");
	mysql_bytes_column(&t.bytes);
	mysql_bytes_end(&t.bytes, 0x42, false);
	mysql_talk_server(&t);
	mysql_talk_expect(&t, "0 done\n");
	command(MYSQL_FETCH, VIEW_LITERAL("\1\0\0\0\2\0\0\0"));
	mysql_bytes_put(&t.bytes, "\0\0\1a");
	mysql_bytes_put(&t.bytes, "\0\0\1b");
	mysql_bytes_end(&t.bytes, 0x42, false);
	mysql_talk_server(&t);
	mysql_talk_expect(&t, "1 done 2 rows\n");
}

static void takes_files(void **state)
{
	(void)state;
	ask("LOAD DATA LOCAL INFILE 'x' INTO TABLE t");
	mysql_bytes_put(&t.bytes, "\xfb/tmp/x");
	mysql_talk_server(&t);
	mysql_bytes_put(&t.bytes, "1,2\n3,4\n");
	mysql_bytes_put(&t.bytes, "\3SELECT 1");
	mysql_bytes_put(&t.bytes, "");
	mysql_talk_client(&t);
	mysql_bytes_ok(&t.bytes, 2);
	mysql_talk_server(&t);
	mysql_talk_expect(&t, "0 done\n");
}

static void assert_database(const char *wanted)
{
	assert_view(mysql_session_database(&t.session), wanted);
}

static void follows_the_database(void **state)
{
	(void)state;
	command(MYSQL_INIT_DB, VIEW_LITERAL("next"));
	assert_database("shop");
	mysql_bytes_ok(&t.bytes, 2);
	mysql_talk_server(&t);
	assert_database("next");
	command(MYSQL_INIT_DB, VIEW_LITERAL("missing"));
	mysql_bytes_error(&t.bytes, 1049);
	mysql_talk_server(&t);
	assert_database("next");
	ask("USE `shop`");
	mysql_bytes_ok(&t.bytes, 2);
	mysql_talk_server(&t);
	assert_database("shop");
	/* Unless the server says it, what several statements did is not known. */
	ask("SELECT 1; USE x");
	mysql_bytes_result(&t.bytes, 1, 10, false);
	mysql_bytes_put(&t.bytes, "\0\0\0\2\x40\0\0\0\4\1\2\1x");
	mysql_talk_server(&t);
	assert_database("x");
	ask("DO 1; USE y");
	mysql_bytes_ok(&t.bytes, 10);
	mysql_bytes_ok(&t.bytes, 2);
	mysql_talk_server(&t);
	assert_database("");
}

static void forgets_statements(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		command(MYSQL_PREPARE, VIEW_LITERAL("DO 1"));
		mysql_bytes_prepared(&t.bytes, 1, 0, 0, false);
		mysql_talk_server(&t);
		assert_int_equal(t.session.statements.count, 1);
		if (i) {
			command(MYSQL_RESET_CONNECTION, VIEW_LITERAL(""));
		} else {
			command(MYSQL_CHANGE_USER, VIEW_LITERAL("bob\0\0orders\0"));
			mysql_bytes_put(&t.bytes, "\xfe"
						  "mysql_native_password\0salt");
			mysql_talk_server(&t);
			mysql_bytes_put(&t.bytes, "\1\2\3");
			mysql_talk_client(&t);
		}
		mysql_bytes_ok(&t.bytes, 2);
		mysql_talk_server(&t);
		assert_int_equal(t.session.statements.count, 0);
		assert_database("orders");
	}
}

/* Pipelined: answers come in the order of the commands. */
static void answers_in_order(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		mysql_bytes_query(&t.bytes, "COMMIT");
	mysql_talk_client(&t);
	mysql_talk_forget(&t);
	for (int i = 0; i < 3; i++) {
		t.bytes.sequence = 1;
		if (i == 1)
			mysql_bytes_error(&t.bytes, 1213);
		else
			mysql_bytes_ok(&t.bytes, 2);
	}
	mysql_talk_server(&t);
	mysql_talk_expect(&t, "0 done\n1 done 1213\n2 done\n");
}

static void refuses_what_is_no_answer(void **state)
{
	(void)state;
	mysql_bytes_ok(&t.bytes, 2);
	assert_int_equal(mysql_talk_send(&t, MESSAGE_RESPONSE), PARSE_INVALID);
	/* A last word of a server that hangs up. */
	t.bytes.sequence = 0;
	mysql_bytes_error(&t.bytes, 1053);
	mysql_talk_server(&t);
	ask("COMMIT");
	t.bytes.sequence = 2;
	mysql_bytes_ok(&t.bytes, 2);
	assert_int_equal(mysql_talk_send(&t, MESSAGE_RESPONSE), PARSE_INVALID);
	t.bytes.sequence = 1;
	mysql_bytes_put(&t.bytes, "");
	assert_int_equal(mysql_talk_send(&t, MESSAGE_RESPONSE), PARSE_INVALID);
	t.bytes.sequence = 1;
	mysql_bytes_put(&t.bytes, "\1");
	mysql_bytes_put(&t.bytes, "\3abc");
	assert_int_equal(mysql_talk_send(&t, MESSAGE_RESPONSE), PARSE_INVALID);
	mysql_talk_expect(&t, "");
}

static void refuses_logins(void **state)
{
	uint64_t capabilities = MYSQL_BYTES_CAPABILITIES | MYSQL_CAN_COMPRESS;

	(void)state;
	mysql_talk_finish(&t);
	mysql_talk_begin(&t, true);
	mysql_bytes_greeting(&t.bytes, "8.0.36", capabilities);
	mysql_talk_server(&t);
	mysql_bytes_login(&t.bytes, capabilities, "shop");
	mysql_talk_client(&t);
	mysql_bytes_error(&t.bytes, 1045);
	mysql_talk_server(&t);
	mysql_talk_expect(&t, "0 open CONNECT | shop | zlib\n0 done 1045\n");
	mysql_talk_finish(&t);
	mysql_talk_begin(&t, true);
	t.bytes.sequence = 0;
	mysql_bytes_error(&t.bytes, 1040);
	mysql_talk_server(&t);
	mysql_talk_expect(&t, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(answers_simply, begin, finish),
		cmocka_unit_test_setup_teardown(fails_late, begin, finish),
		cmocka_unit_test_setup_teardown(fetches, begin, finish),
		cmocka_unit_test_setup_teardown(takes_files, begin, finish),
		cmocka_unit_test_setup_teardown(follows_the_database, begin, finish),
		cmocka_unit_test_setup_teardown(forgets_statements, begin, finish),
		cmocka_unit_test_setup_teardown(answers_in_order, begin, finish),
		cmocka_unit_test_setup_teardown(refuses_what_is_no_answer, begin, finish),
		cmocka_unit_test_setup_teardown(refuses_logins, begin, finish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
