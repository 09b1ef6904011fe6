/* What servers send: every type, errors, transactions, subscriptions, pushes, MONITOR. */
#include "conversation_script.h"

#include "protocols/redis/redis.h"

#define OPEN(n, name, text)                                                                        \
	n " open " name " (server db.redis auto.db.ebpf) db.system.name=redis"                     \
	  " db.operation.name=" name " db.query.text=" text " db.namespace=0\n"
#define DONE(n) n " answer\n" n " end\n"

static void counts_answers_of_every_type(void **state)
{
	const struct script_line lines[] = {
		CLIENT_SENDS("PING\r\nPING\r\nPING\r\nPING\r\nPING\r\nPING\r\nPING\r\nPING\r\n"),
		SERVER_SENDS("*3\r\n*2\r\n:1\r\n$2\r\nab\r\n*0\r\n*-1\r\n"
			     "%2\r\n+a\r\n~1\r\n#t\r\n$1\r\nb\r\n,1.5\r\n"
			     "|1\r\n+ttl\r\n:3600\r\n:7\r\n"
			     "=7\r\ntxt:abc\r\n_\r\n(123456789012345678901234567890\r\n"
			     "*2\r\n|1\r\n+x\r\n*1\r\n:1\r\n:2\r\n:3\r\n"
			     "!21\r\nSYNTAX invalid syntax\r\n"),
		SCRIPT_ENDS,
	};

	(void)state;
	script_check(
		&protocol_redis, true, false, lines,
		OPEN("0", "PING", "PING") OPEN("1", "PING", "PING") OPEN("2", "PING", "PING") OPEN(
			"3", "PING",
			"PING") OPEN("4", "PING",
				     "PING") OPEN("5", "PING",
						  "PING") OPEN("6", "PING",
							       "PING") OPEN("7", "PING", "PING")
			DONE("0") DONE("1") DONE("2") DONE("3") DONE("4") DONE("5") DONE(
				"6") "7 answer ERROR db.response.status_code=SYNTAX error.type=SYNTAX\n7 end\n");
}

static void names_errors_by_their_first_word(void **state)
{
	const struct script_line lines[] = {
		CLIENT_SENDS("PING\r\nPING\r\nPING\r\nPING\r\n"),
		SERVER_SENDS("-WRONGTYPE Operation against a key\r\n-MOVED 3999 127.0.0.1:6381\r\n"
			     "-user alice is unknown\r\n-ALICE@EXAMPLE.ORG is unknown\r\n"),
		SCRIPT_ENDS,
	};

	(void)state;
	script_check(
		&protocol_redis, true, false, lines,
		OPEN("0", "PING", "PING") OPEN("1", "PING", "PING") OPEN("2", "PING", "PING") OPEN(
			"3", "PING",
			"PING") "0 answer ERROR db.response.status_code=WRONGTYPE error.type=WRONGTYPE\n0 end\n"
				"1 answer ERROR db.response.status_code=MOVED error.type=MOVED\n1 end\n"
				"2 answer ERROR error.type=_OTHER\n2 end\n"
				"3 answer ERROR error.type=_OTHER\n3 end\n");
}

static void reads_transactions(void **state)
{
	const struct script_line lines[] = {
		CLIENT_SENDS("*1\r\n$5\r\nMULTI\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n"
			     "*2\r\n$4\r\nINCR\r\n$1\r\na\r\n*1\r\n$4\r\nEXEC\r\n"),
		SERVER_SENDS("+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+OK\r\n-ERR no integer\r\n"),
		CLIENT_SENDS("*1\r\n$4\r\nEXEC\r\n"),
		SERVER_SENDS("-ERR EXEC without MULTI\r\n"),
		SCRIPT_ENDS,
	};

	(void)state;
	script_check(
		&protocol_redis, true, false, lines,
		OPEN("0", "MULTI", "MULTI") OPEN("1", "SELECT", "SELECT ?") OPEN(
			"2", "INCR", "INCR ?") OPEN("3", "EXEC", "EXEC") DONE("0") DONE("1")
			DONE("2") "3 answer db.operation.batch.size=2\n3 end\n" OPEN(
				"4", "EXEC",
				"EXEC") "4 answer ERROR db.response.status_code=ERR error.type=ERR\n4 end\n");
}

static void forgets_a_database_that_a_discard_took_back(void **state)
{
	const struct script_line lines[] = {
		CLIENT_SENDS("MULTI\r\n"),
		SERVER_SENDS("+OK\r\n"),
		CLIENT_SENDS("SELECT 3\r\n"),
		SERVER_SENDS("+QUEUED\r\n"),
		CLIENT_SENDS("DISCARD\r\n"),
		SERVER_SENDS("+OK\r\n"),
		CLIENT_SENDS("DBSIZE\r\n"),
		SERVER_SENDS(":1\r\n"),
		CLIENT_SENDS("RESET\r\nDBSIZE\r\n"),
		SERVER_SENDS("+RESET\r\n:1\r\n"),
		SCRIPT_ENDS,
	};
	struct conversation_log *run = script_begin(&protocol_redis, true, false);

	(void)state;
	script_play(run, lines, 0);
	assert_non_null(strstr(run->text, "1 open SELECT (server db.redis auto.db.ebpf) "
					  "db.system.name=redis db.operation.name=SELECT "
					  "db.query.text=SELECT ? db.namespace=3\n"));
	assert_non_null(strstr(run->text, "3 open DBSIZE (server db.redis auto.db.ebpf) "
					  "db.system.name=redis db.operation.name=DBSIZE "
					  "db.query.text=DBSIZE\n"));
	assert_non_null(strstr(run->text, "db.query.text=DBSIZE db.namespace=0\n"));
	script_finish(run);
}

static void reads_subscriptions(void **state)
{
	const struct script_line lines[] = {
		CLIENT_SENDS("*3\r\n$9\r\nSUBSCRIBE\r\n$1\r\na\r\n$1\r\nb\r\n"),
		SERVER_SENDS("*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n"
			     "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$2\r\nhi\r\n"
			     "*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n"
			     "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$2\r\nhi\r\n"),
		CLIENT_SENDS("*2\r\n$10\r\nPSUBSCRIBE\r\n$2\r\nx*\r\n*1\r\n$4\r\nPING\r\n"),
		SERVER_SENDS("*3\r\n$10\r\npsubscribe\r\n$2\r\nx*\r\n:3\r\n"
			     "*4\r\n$8\r\npmessage\r\n$2\r\nx*\r\n$2\r\nxy\r\n$2\r\nhi\r\n"
			     "*2\r\n$4\r\npong\r\n$0\r\n\r\n"),
		CLIENT_SENDS("*1\r\n$11\r\nUNSUBSCRIBE\r\n*1\r\n$12\r\nPUNSUBSCRIBE\r\n"),
		SERVER_SENDS("*3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:2\r\n"
			     "*3\r\n$11\r\nunsubscribe\r\n$1\r\nb\r\n:1\r\n"
			     "*3\r\n$12\r\npunsubscribe\r\n$2\r\nx*\r\n:0\r\n"),
		CLIENT_SENDS("*1\r\n$11\r\nUNSUBSCRIBE\r\n"),
		SERVER_SENDS("*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n"),
		SCRIPT_ENDS,
	};

	(void)state;
	script_check(&protocol_redis, true, false, lines,
		     OPEN("0", "SUBSCRIBE", "SUBSCRIBE ? ?") "0 answer\n0 end\n" OPEN(
			     "1", "PSUBSCRIBE", "PSUBSCRIBE ?") OPEN("2", "PING", "PING") DONE("1")
			     DONE("2") OPEN("3", "UNSUBSCRIBE", "UNSUBSCRIBE")
				     OPEN("4", "PUNSUBSCRIBE", "PUNSUBSCRIBE") DONE("3") DONE("4")
					     OPEN("5", "UNSUBSCRIBE", "UNSUBSCRIBE") DONE("5"));
}

static void takes_pushes_for_no_answers(void **state)
{
	const struct script_line lines[] = {
		CLIENT_SENDS("*2\r\n$9\r\nSUBSCRIBE\r\n$1\r\na\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"),
		SERVER_SENDS(">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n"
			     ">3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n"
			     ">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$2\r\nhi\r\n"),
		SERVER_SENDS("$1\r\nv\r\n>3\r\n$7\r\nmessage\r\n$1\r\na\r\n$2\r\nhi\r\n"),
		CLIENT_SENDS("*4\r\n$6\r\nLRANGE\r\n$1\r\nl\r\n$1\r\n0\r\n$2\r\n-1\r\n"),
		SERVER_SENDS("*1\r\n$7\r\nmessage\r\n"),
		SCRIPT_ENDS,
	};

	(void)state;
	script_check(&protocol_redis, true, false, lines,
		     OPEN("0", "SUBSCRIBE", "SUBSCRIBE ?") OPEN("1", "GET", "GET ?") DONE("0")
			     DONE("1") OPEN("2", "LRANGE", "LRANGE ? ? ?") DONE("2"));
}

static void ends_unsubscribing_from_what_it_did_not_see(void **state)
{
	const struct script_line lines[] = {
		CLIENT_SENDS("*1\r\n$11\r\nUNSUBSCRIBE\r\n*1\r\n$4\r\nPING\r\n"),
		SERVER_SENDS("*3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:5\r\n"
			     "*3\r\n$11\r\nunsubscribe\r\n$1\r\nb\r\n:4\r\n"
			     "*2\r\n$4\r\npong\r\n$0\r\n\r\n"),
		SCRIPT_ENDS,
	};
	struct conversation_log *run = script_begin(&protocol_redis, true, true);

	(void)state;
	script_play(run, lines, 0);
	assert_non_null(strstr(run->text, "0 answer\n0 end\n1 answer\n1 end\n"));
	script_finish(run);
}

static void follows_no_further_after_monitor(void **state)
{
	const struct script_line lines[] = {
		CLIENT_SENDS("*1\r\n$7\r\nMONITOR\r\n"),
		SERVER_SENDS("+OK\r\n"),
		SERVER_SENDS("+1339518083.107412 [0 127.0.0.1:60866] \"keys\" \"*\"\r\n"),
		CLIENT_SENDS("*1\r\n$4\r\nPING\r\n"),
		SCRIPT_ENDS,
	};
	const struct script_line replica[] = {
		CLIENT_SENDS("*3\r\n$5\r\nPSYNC\r\n$1\r\n?\r\n$2\r\n-1\r\n"),
		SERVER_SENDS("+FULLRESYNC 8c 0\r\n$EOF:abc\r\nREDIS0010"),
		CLIENT_SENDS("*3\r\n$8\r\nREPLCONF\r\n$3\r\nACK\r\n$1\r\n0\r\n"),
		SCRIPT_ENDS,
	};

	(void)state;
	script_check(&protocol_redis, true, false, lines,
		     OPEN("0", "MONITOR", "MONITOR") DONE("0"));
	script_check(&protocol_redis, true, false, replica,
		     OPEN("s0", "PSYNC", "PSYNC ? ?") "s0 end\n");
}

static void ignores_what_nobody_asked_for(void **state)
{
	const struct script_line lines[] = {
		SERVER_SENDS("-ERR max number of clients reached\r\n"
			     "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$2\r\nhi\r\n"),
		CLIENT_SENDS("PING\r\n"),
		SERVER_SENDS("+PONG\r\n"),
		SCRIPT_ENDS,
	};

	(void)state;
	script_check(&protocol_redis, true, false, lines, OPEN("0", "PING", "PING") DONE("0"));
}

static void skips_large_answers_unseen(void **state)
{
	struct conversation_log *run = script_begin(&protocol_redis, true, false);

	(void)state;
	conversation_log_feed(run, MESSAGE_REQUEST, VIEW_LITERAL("PING\r\nPING\r\n"));
	conversation_log_feed(run, MESSAGE_RESPONSE, VIEW_LITERAL("*2\r\n$90000\r\nabc"));
	assert_int_equal(run->pending[MESSAGE_RESPONSE].skip, 90000 - 3 + 2);
	assert_null(strstr(run->text, "end"));
	run->pending[MESSAGE_RESPONSE].skip = 0;
	conversation_log_feed(run, MESSAGE_RESPONSE, VIEW_LITERAL("$1\r\na\r\n+PONG\r\n"));
	assert_non_null(strstr(run->text, "0 end\n1 answer\n1 end\n"));
	script_finish(run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_answers_of_every_type),
		cmocka_unit_test(names_errors_by_their_first_word),
		cmocka_unit_test(reads_transactions),
		cmocka_unit_test(forgets_a_database_that_a_discard_took_back),
		cmocka_unit_test(reads_subscriptions),
		cmocka_unit_test(takes_pushes_for_no_answers),
		cmocka_unit_test(ends_unsubscribing_from_what_it_did_not_see),
		cmocka_unit_test(follows_no_further_after_monitor),
		cmocka_unit_test(ignores_what_nobody_asked_for),
		cmocka_unit_test(skips_large_answers_unseen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
