/* Joined midway, lost and found again. */
#include "conversation_law.h"
#include "conversation_script.h"

#include "protocols/redis/redis.h"

static void begins_again_after_a_loss(void **state)
{
	const struct conversation *c = protocol_redis.conversation;
	struct conversation_log *run = script_begin(&protocol_redis, false, true);
	size_t offset = 9;

	(void)state;
	conversation_log_feed(run, MESSAGE_REQUEST,
			      VIEW_LITERAL("*1\r\n$4\r\nPING\r\n*2\r\n$3\r\nGET\r\n"));
	c->lose(run->session, MESSAGE_REQUEST);
	assert_false(
		c->resume(run->session, MESSAGE_REQUEST, VIEW_LITERAL("$1\r\na\r\n"), &offset));
	assert_false(c->resume(run->session, MESSAGE_RESPONSE, VIEW_LITERAL("+OK\r\n"), &offset));
	assert_int_equal(offset, 9);
	assert_true(c->resume(run->session, MESSAGE_REQUEST, VIEW_LITERAL("*1\r\n$6\r\nDBSIZE\r\n"),
			      &offset));
	assert_int_equal(offset, 0);
	c->restart(run->session);
	run->pending[0].used = 0;
	run->sink.end(run, 0);
	run->sink.end(run, 1);
	run->used = 0;
	conversation_log_feed(run, MESSAGE_REQUEST, VIEW_LITERAL("*1\r\n$6\r\nDBSIZE\r\n"));
	conversation_log_feed(run, MESSAGE_RESPONSE, VIEW_LITERAL(":1\r\n"));
	assert_string_equal(run->text,
			    "2 open DBSIZE (client db.redis auto.db.ebpf) db.system.name=redis"
			    " db.operation.name=DBSIZE db.query.text=DBSIZE\n2 answer\n2 end\n");
	script_finish(run);
}

static void knows_no_database_when_joined_midway(void **state)
{
	struct conversation_log *run = script_begin(&protocol_redis, false, true);

	(void)state;
	conversation_log_feed(run, MESSAGE_REQUEST, VIEW_LITERAL("*1\r\n$6\r\nDBSIZE\r\n"));
	assert_null(strstr(run->text, "db.namespace"));
	script_finish(run);
}

static void stays_silent_after_monitor(void **state)
{
	const struct conversation *c = protocol_redis.conversation;
	struct conversation_log *run = script_begin(&protocol_redis, false, false);
	size_t offset = 9;

	(void)state;
	conversation_log_feed(run, MESSAGE_REQUEST, VIEW_LITERAL("MONITOR\r\n"));
	conversation_log_feed(run, MESSAGE_RESPONSE, VIEW_LITERAL("+OK\r\n"));
	c->lose(run->session, MESSAGE_RESPONSE);
	c->restart(run->session);
	assert_true(c->resume(run->session, MESSAGE_RESPONSE, VIEW_LITERAL("x"), &offset));
	assert_int_equal(offset, 0);
	run->used = 0;
	conversation_log_feed(run, MESSAGE_RESPONSE, VIEW_LITERAL("+OK\r\n-ERR \r\n\x01"));
	conversation_log_feed(run, MESSAGE_REQUEST, VIEW_LITERAL("PING\r\n"));
	assert_int_equal(run->used, 0);
	script_finish(run);
}

#define CALL(side, name, text, rest)                                                               \
	side " \"" name "\" db.redis db.system.name=redis db.operation.name=" name                 \
	     " db.query.text=" text " db.namespace=0" rest "\n"

static void pairs_what_it_reads(void **state)
{
	static const struct saying sayings[] = {
		CLIENT_SAYS("*2\r\n$3\r\nGET\r\n$1\r\na\r\n*2\r\n$4\r\nINCR\r\n$1\r\na\r\n"),
		SERVER_SAYS("$3\r\nabc\r\n-ERR value is not an integer\r\n"),
		CLIENT_SAYS("*1\r\n$4\r\nPING\r\n"),
		SERVER_SAYS("+PONG\r\n"),
	};

	(void)state;
	conversation_law(sayings, 4,
			 CALL("client", "GET", "GET ?", "")
				 CALL("client", "INCR", "INCR ?",
				      " db.response.status_code=ERR error.type=ERR ERROR")
					 CALL("client", "PING", "PING", ""),
			 CALL("server", "GET", "GET ?", "")
				 CALL("server", "INCR", "INCR ?",
				      " db.response.status_code=ERR error.type=ERR ERROR")
					 CALL("server", "PING", "PING", ""));
}

static void reads_lines_that_the_answer_proves(void **state)
{
	static const struct saying sayings[] = {
		CLIENT_SAYS("PING\r\n"),
		SERVER_SAYS("+PONG\r\n"),
		CLIENT_SAYS("PING\r\n"),
		SERVER_SAYS("+PONG\r\n"),
	};

	(void)state;
	conversation_law(sayings, 4,
			 CALL("client", "PING", "PING", "") CALL("client", "PING", "PING", ""),
			 CALL("server", "PING", "PING", "") CALL("server", "PING", "PING", ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs_what_it_reads),
		cmocka_unit_test(reads_lines_that_the_answer_proves),
		cmocka_unit_test(begins_again_after_a_loss),
		cmocka_unit_test(knows_no_database_when_joined_midway),
		cmocka_unit_test(stays_silent_after_monitor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
