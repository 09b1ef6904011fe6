/* Whole conversations under the law: spans of both sides, exactly. */
#include "postgresql_bytes.h"

#include "protocols/postgresql/postgresql.h"

static struct postgresql_talk talk;

static void follows_simple_queries(void **state)
{
	(void)state;
	talk_start(&talk);
	CLIENT(&talk);
	talk_query(&talk, "SELECT * FROM orders WHERE id = 42");
	SERVER(&talk);
	SAY(&talk, 'T', "\0\1id\0\0\0\0\0\0\0\0\0\0\x17\0\4\xff\xff\xff\xff\0\0");
	SAY(&talk, 'D', "\0\1\0\0\0\2\x34\x32");
	talk_complete(&talk, "SELECT 1");
	READY(&talk);
	CLIENT(&talk);
	talk_query(&talk, "BEGIN; UPDATE t SET a = 'x'; SELECT 1; SELECT 2; COMMIT");
	SERVER(&talk);
	SAY(&talk, 'N', "SNOTICE\0C00000\0\0");
	talk_complete(&talk, "BEGIN");
	talk_complete(&talk, "UPDATE 3");
	talk_complete(&talk, "SELECT 4");
	talk_complete(&talk, "SELECT 3");
	SERVER(&talk);
	talk_complete(&talk, "COMMIT");
	READY(&talk);
	CLIENT(&talk);
	talk_query(&talk, "");
	SERVER(&talk);
	SAY(&talk, 'I', "");
	READY(&talk);
	CLIENT(&talk);
	SAY(&talk, 'X', "");
	talk_law(&talk,
		 "client \"SELECT orders\" db " DATABASE
		 " db.query.text=SELECT * FROM orders WHERE id = ? db.query.summary=SELECT orders"
		 " db.response.returned_rows=1\n"
		 "client \"BEGIN UPDATE t SELECT SELECT COMMIT\" db " DATABASE
		 " db.query.text=BEGIN; UPDATE t SET a = ?; SELECT ?; SELECT ?; COMMIT"
		 " db.query.summary=BEGIN UPDATE t SELECT SELECT COMMIT"
		 " db.response.returned_rows=7\n"
		 "client \"shop\" db " DATABASE "\n",
		 "server \"SELECT orders\" db " DATABASE
		 " db.query.text=SELECT * FROM orders WHERE id = ? db.query.summary=SELECT orders"
		 " db.response.returned_rows=1\n"
		 "server \"BEGIN UPDATE t SELECT SELECT COMMIT\" db " DATABASE
		 " db.query.text=BEGIN; UPDATE t SET a = ?; SELECT ?; SELECT ?; COMMIT"
		 " db.query.summary=BEGIN UPDATE t SELECT SELECT COMMIT"
		 " db.response.returned_rows=7\n"
		 "server \"shop\" db " DATABASE "\n");
}

static void tells_errors(void **state)
{
	(void)state;
	talk_start(&talk);
	CLIENT(&talk);
	talk_query(&talk, "SELECT 1/0");
	SERVER(&talk);
	talk_error(&talk, "ERROR", "22012");
	READY(&talk);
	CLIENT(&talk);
	talk_query(&talk, "DO 'x'");
	SERVER(&talk);
	talk_error(&talk, "ERROR", "01000");
	READY(&talk);
	CLIENT(&talk);
	talk_query(&talk, "SELECT pg_sleep(9)");
	SERVER(&talk);
	talk_error(&talk, "FATAL", "57P01");
	talk_law(&talk,
		 "client \"SELECT\" db " DATABASE
		 " db.query.text=SELECT ?/? db.query.summary=SELECT"
		 " db.response.status_code=22012 error.type=22012 ERROR\n"
		 "client \"DO\" db " DATABASE " db.query.text=DO ? db.query.summary=DO"
		 " db.response.status_code=01000\n"
		 "client \"SELECT\" db " DATABASE
		 " db.query.text=SELECT pg_sleep(?) db.query.summary=SELECT"
		 " db.response.status_code=57P01 error.type=57P01 ERROR\n",
		 NULL);
}

#define PREPARED(side, rest)                                                                       \
	side " \"SELECT t\" db " DATABASE                                                          \
	     " db.query.text=SELECT a FROM t WHERE b = $1 AND c = ? db.query.summary=SELECT t" rest
#define UNKNOWN(rest) "client \"shop\" db " DATABASE " limpet.statement.unknown=true" rest

static void follows_prepared_statements(void **state)
{
	(void)state;
	talk_start(&talk);
	talk_prepare(&talk, "s1");
	talk_run(&talk, "s1", 1);
	talk_run(&talk, "s1", 2);
	talk_run(&talk, "s2", 3); /* prepared by SQL */
	CLIENT(&talk);
	SAY(&talk, 'C', "Ss1\0");
	SYNC(&talk);
	SERVER(&talk);
	SAY(&talk, '3', "");
	READY(&talk);
	talk_run(&talk, "s1", 4);
	talk_law(&talk,
		 PREPARED("client", " db.response.returned_rows=1\n")
			 PREPARED("client", " db.response.returned_rows=2\n")
				 UNKNOWN(" db.response.returned_rows=3\n")
					 UNKNOWN(" db.response.returned_rows=4\n"),
		 NULL);
	talk_start(&talk);
	talk_prepare(&talk, "");
	talk_run(&talk, "", 1);
	talk_law(&talk, NULL, PREPARED("server", " db.response.returned_rows=1\n"));
}

static void forgets_what_sql_changes(void **state)
{
	(void)state;
	talk_start(&talk);
	talk_prepare(&talk, "s1");
	CLIENT(&talk);
	talk_query(&talk, "DEALLOCATE ALL");
	SERVER(&talk);
	talk_complete(&talk, "DEALLOCATE ALL");
	READY(&talk);
	talk_run(&talk, "s1", 1);
	talk_law(&talk,
		 "client \"DEALLOCATE\" db " DATABASE
		 " db.query.text=DEALLOCATE ALL db.query.summary=DEALLOCATE\n" UNKNOWN(
			 " db.response.returned_rows=1\n"),
		 NULL);
}

static void skips_after_errors(void **state)
{
	(void)state;
	talk_start(&talk);
	CLIENT(&talk);
	talk_parse(&talk, "", "SELECT 1 FROM a");
	talk_bind(&talk, "", "", "x");
	talk_execute(&talk, "");
	talk_parse(&talk, "s2", "SELECT 2 FROM b");
	talk_bind(&talk, "", "s2", "x");
	talk_execute(&talk, "");
	talk_parse(&talk, "s3", "SELECT 3 FROM c");
	talk_bind(&talk, "", "s3", "x");
	talk_execute(&talk, "");
	talk_execute(&talk, "");
	SYNC(&talk);
	SERVER(&talk);
	SAY(&talk, '1', "");
	SAY(&talk, '2', "");
	talk_complete(&talk, "SELECT 1");
	talk_error(&talk, "ERROR", "42P01");
	READY(&talk);
	talk_run(&talk, "s3", 1); /* was never prepared */
	talk_law(&talk,
		 "client \"SELECT a\" db " DATABASE
		 " db.query.text=SELECT ? FROM a db.query.summary=SELECT a"
		 " db.response.returned_rows=1\n"
		 "client \"SELECT b\" db " DATABASE
		 " db.query.text=SELECT ? FROM b db.query.summary=SELECT b"
		 " db.response.status_code=42P01 error.type=42P01 ERROR\n"
		 "client \"SELECT c\" db " DATABASE
		 " db.query.text=SELECT ? FROM c db.query.summary=SELECT c"
		 " error.type=pipeline_aborted ERROR\n"
		 "client \"SELECT c\" db " DATABASE
		 " db.query.text=SELECT ? FROM c db.query.summary=SELECT c"
		 " error.type=pipeline_aborted ERROR\n" UNKNOWN(" db.response.returned_rows=1\n"),
		 NULL);
}

/* asyncpg, pgx and lib/pq wait for the statement before they bind it: one that is refused is never
 * executed. Refused in a batch or behind others, once for each turn. */
static void tells_what_was_refused(void **state)
{
#define REFUSED(side)                                                                              \
	side " \"SELECT missing\" db " DATABASE                                                    \
	     " db.query.text=SELECT a FROM missing WHERE b = $1 AND c = ?"                         \
	     " db.query.summary=SELECT missing"                                                    \
	     " db.response.status_code=42P01 error.type=42P01 ERROR\n"
	(void)state;
	for (int ends = 0; ends < 2; ends++) {
		talk_start(&talk);
		for (int turn = 0; turn < 2; turn++) {
			CLIENT(&talk);
			talk_parse(&talk, turn ? "s1" : "",
				   "SELECT a FROM missing WHERE b = $1 AND c = 'secret'");
			SAY(&talk, 'D', "S\0");
			SAY(&talk, ends ? 'H' : 'S', "");
			SERVER(&talk);
			talk_error(&talk, "ERROR", "42P01");
			if (ends) {
				CLIENT(&talk);
				SYNC(&talk);
				SERVER(&talk);
			}
			READY(&talk);
		}
		talk_run(&talk, "s1", 1);
		talk_law(&talk,
			 REFUSED("client") REFUSED("client")
				 UNKNOWN(" db.response.returned_rows=1\n"),
			 NULL);
	}
	talk_start(&talk);
	CLIENT(&talk);
	talk_parse(&talk, "s1", "SELECT a FROM t WHERE b = $1 AND c = 'secret'");
	talk_parse(&talk, "s2", "SELECT a FROM missing WHERE b = $1 AND c = 'secret'");
	talk_parse(&talk, "s3", "SELECT a FROM missing WHERE b = $1 AND c = 'secret'");
	SYNC(&talk);
	SERVER(&talk);
	SAY(&talk, '1', "");
	talk_error(&talk, "ERROR", "42P01");
	READY(&talk);
	talk_run(&talk, "s1", 1);
	talk_law(&talk, NULL,
		 REFUSED("server") PREPARED("server", " db.response.returned_rows=1\n"));
}

static void follows_copies(void **state)
{
	(void)state;
	talk_start(&talk);
	CLIENT(&talk);
	talk_query(&talk, "COPY t FROM STDIN");
	SERVER(&talk);
	SAY(&talk, 'G', "\0\0\1\0\0");
	CLIENT(&talk);
	SAY(&talk, 'd', "secret\n");
	SAY(&talk, 'd', "more\n");
	SAY(&talk, 'c', "");
	SERVER(&talk);
	talk_complete(&talk, "COPY 2");
	READY(&talk);
	CLIENT(&talk);
	talk_query(&talk, "COPY t TO STDOUT");
	SERVER(&talk);
	SAY(&talk, 'H', "\0\0\1\0\0");
	SAY(&talk, 'd', "secret\n");
	SAY(&talk, 'd', "");
	SAY(&talk, 'c', "");
	talk_complete(&talk, "COPY 1");
	READY(&talk);
	/* The Sync that was sent with it goes unanswered. */
	CLIENT(&talk);
	talk_parse(&talk, "", "COPY u FROM STDIN");
	talk_bind(&talk, "", "", "");
	talk_execute(&talk, "");
	SYNC(&talk);
	SERVER(&talk);
	SAY(&talk, '1', "");
	SAY(&talk, '2', "");
	SAY(&talk, 'G', "\0\0\1\0\0");
	CLIENT(&talk);
	SYNC(&talk);
	SAY(&talk, 'f', "no\0");
	SYNC(&talk);
	SERVER(&talk);
	talk_error(&talk, "ERROR", "57014");
	READY(&talk);
	talk_law(&talk,
		 "client \"COPY t\" db " DATABASE
		 " db.query.text=COPY t FROM STDIN db.query.summary=COPY t\n"
		 "client \"COPY t\" db " DATABASE
		 " db.query.text=COPY t TO STDOUT db.query.summary=COPY t\n"
		 "client \"COPY u\" db " DATABASE
		 " db.query.text=COPY u FROM STDIN db.query.summary=COPY u"
		 " db.response.status_code=57014 error.type=57014 ERROR\n",
		 NULL);
}

static void follows_calls_and_portals(void **state)
{
	(void)state;
	talk_start(&talk);
	CLIENT(&talk);
	SAY(&talk, 'F', "\0\0\1\2\0\0\0\0\0\0");
	SERVER(&talk);
	SAY(&talk, 'V', "\0\0\0\1x");
	READY(&talk);
	CLIENT(&talk);
	talk_parse(&talk, "", "SELECT a FROM t");
	talk_bind(&talk, "p", "", "");
	talk_execute(&talk, "p");
	SYNC(&talk);
	SERVER(&talk);
	SAY(&talk, '1', "");
	SAY(&talk, '2', "");
	SAY(&talk, 'D', "\0\0");
	SAY(&talk, 's', "");
	READY(&talk);
	CLIENT(&talk);
	talk_parse(&talk, "", "SELECT b FROM u");
	talk_execute(&talk, "p");
	SAY(&talk, 'C', "Pp\0");
	SAY(&talk, 'H', "");
	SERVER(&talk);
	SAY(&talk, '1', "");
	talk_complete(&talk, "SELECT 1");
	SAY(&talk, '3', "");
	CLIENT(&talk);
	SYNC(&talk);
	SERVER(&talk);
	SAY(&talk, 'A', "\0\0\0\1ch\0payload\0");
	READY(&talk);
	talk_law(&talk,
		 "client \"FunctionCall\" db " DATABASE " db.operation.name=FunctionCall\n"
		 "client \"SELECT t\" db " DATABASE
		 " db.query.text=SELECT a FROM t db.query.summary=SELECT t\n"
		 "client \"SELECT t\" db " DATABASE
		 " db.query.text=SELECT a FROM t db.query.summary=SELECT t"
		 " db.response.returned_rows=1\n",
		 NULL);
}

static void reads_strings_as_the_server_does(void **state)
{
	(void)state;
	talk_start(&talk);
	CLIENT(&talk);
	talk_query(&talk, "SET standard_conforming_strings = off");
	SERVER(&talk);
	SAY(&talk, 'S', "standard_conforming_strings\0off\0");
	talk_complete(&talk, "SET");
	READY(&talk);
	CLIENT(&talk);
	talk_query(&talk, "SELECT 'it\\'s secret'");
	SERVER(&talk);
	SAY(&talk, 'S', "client_encoding\0SJIS\0");
	talk_complete(&talk, "SELECT 1");
	READY(&talk);
	CLIENT(&talk);
	talk_query(&talk, "SELECT 1");
	SERVER(&talk);
	talk_complete(&talk, "SELECT 1");
	READY(&talk);
	talk_law(&talk,
		 "client \"SET\" db " DATABASE
		 " db.query.text=SET standard_conforming_strings = off db.query.summary=SET\n"
		 "client \"SELECT\" db " DATABASE " db.query.text=SELECT ? db.query.summary=SELECT"
		 " db.response.returned_rows=1\n"
		 "client \"shop\" db " DATABASE " db.response.returned_rows=1\n",
		 NULL);
}

static void hands_over(void **state)
{
	static struct conversation_fixture f;

	(void)state;
	talk.count = talk.used = 0;
	CLIENT(&talk);
	SAY(&talk, 0, "\x04\xd2\x16\x2f");
	SERVER(&talk);
	talk_raw(&talk, "S", 1);
	CLIENT(&talk);
	talk_raw(&talk, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
	conversation_begin(&f, false);
	conversation_open(&f, true);
	conversation_feed_all(&f, talk.sayings, 2);
	assert_int_equal(f.mode, CAPTURE_UNDECIDED);
	conversation_feed_all(&f, talk.sayings + 2, 1);
	conversation_check(&f, "");
}

static void cancels_silently(void **state)
{
	(void)state;
	talk.count = talk.used = 0;
	CLIENT(&talk);
	SAY(&talk, 0, "\x04\xd2\x16\x2e\0\0\0\1\0\0\0\2");
	talk_law(&talk, "", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_simple_queries),
		cmocka_unit_test(tells_errors),
		cmocka_unit_test(follows_prepared_statements),
		cmocka_unit_test(forgets_what_sql_changes),
		cmocka_unit_test(skips_after_errors),
		cmocka_unit_test(tells_what_was_refused),
		cmocka_unit_test(follows_copies),
		cmocka_unit_test(follows_calls_and_portals),
		cmocka_unit_test(reads_strings_as_the_server_does),
		cmocka_unit_test(hands_over),
		cmocka_unit_test(cancels_silently),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
