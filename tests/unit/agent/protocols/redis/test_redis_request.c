/* What clients send: arrays, typed lines, large arguments, CLIENT REPLY, SELECT. */
#include "conversation_script.h"

#include "protocols/redis/redis.h"

#define GET(n)                                                                                     \
	n " open GET (client db.redis auto.db.ebpf) db.system.name=redis"                          \
	  " db.operation.name=GET db.query.text=GET ? db.namespace=0\n"
#define PING(n)                                                                                    \
	n " open PING (client db.redis auto.db.ebpf) db.system.name=redis"                         \
	  " db.operation.name=PING db.query.text=PING db.namespace=0\n"

static void opens_one_exchange_per_command(void **state)
{
	const struct script_line lines[] = {
		CLIENT_SENDS("*2\r\n$3\r\nget\r\n$1\r\na\r\n*1\r\n$4\r\nPING\r\n"
			     "*2\r\n$3\r\nGET\r\n$0\r\n\r\n"),
		SERVER_SENDS("$3\r\nabc\r\n+PONG\r\n$-1\r\n"),
		SCRIPT_ENDS,
	};

	(void)state;
	script_check(&protocol_redis, false, false, lines,
		     GET("0") PING("1") GET("2") "0 answer\n0 end\n1 answer\n1 end\n"
						 "2 answer\n2 end\n");
}

static void reads_typed_lines(void **state)
{
	const struct script_line lines[] = {
		CLIENT_SENDS("PING\r\n\r\nget \"a \\\" b\"\nfoo bar\r\n"),
		SERVER_SENDS("+PONG\r\n$1\r\nx\r\n-ERR unknown command 'foo'\r\n"),
		SCRIPT_ENDS,
	};

	(void)state;
	script_check(
		&protocol_redis, false, false, lines,
		PING("0") GET(
			"1") "2 open redis (client db.redis auto.db.ebpf) db.system.name=redis"
			     " db.namespace=0\n"
			     "0 answer\n0 end\n1 answer\n1 end\n"
			     "2 answer ERROR db.response.status_code=ERR error.type=ERR\n2 end\n");
}

static void knows_the_database(void **state)
{
	const struct script_line lines[] = {
		CLIENT_SENDS("*2\r\n$6\r\nSELECT\r\n$1\r\n7\r\n*1\r\n$4\r\nPING\r\n"),
		SERVER_SENDS("+OK\r\n+PONG\r\n"),
		CLIENT_SENDS("*2\r\n$6\r\nSELECT\r\n$2\r\n99\r\n"),
		SERVER_SENDS("-ERR DB index is out of range\r\n"),
		CLIENT_SENDS("*1\r\n$4\r\nPING\r\n"),
		SERVER_SENDS("+PONG\r\n"),
		SCRIPT_ENDS,
	};

	(void)state;
	script_check(&protocol_redis, false, true, lines,
		     "0 open SELECT (client db.redis auto.db.ebpf) db.system.name=redis"
		     " db.operation.name=SELECT db.query.text=SELECT ? db.namespace=7\n"
		     "1 open PING (client db.redis auto.db.ebpf) db.system.name=redis"
		     " db.operation.name=PING db.query.text=PING db.namespace=7\n"
		     "0 answer\n0 end\n1 answer\n1 end\n"
		     "2 open SELECT (client db.redis auto.db.ebpf) db.system.name=redis"
		     " db.operation.name=SELECT db.query.text=SELECT ? db.namespace=99\n"
		     "2 answer ERROR db.response.status_code=ERR error.type=ERR\n2 end\n"
		     "3 open PING (client db.redis auto.db.ebpf) db.system.name=redis"
		     " db.operation.name=PING db.query.text=PING\n"
		     "3 answer\n3 end\n");
}

#define REPLY(n, text)                                                                             \
	n " open CLIENT REPLY (client db.redis auto.db.ebpf) db.system.name=redis"                 \
	  " db.operation.name=CLIENT REPLY db.query.text=CLIENT REPLY ? db.namespace=0\n" text

static void follows_client_reply(void **state)
{
	const struct script_line lines[] = {
		CLIENT_SENDS("*3\r\n$6\r\nclient\r\n$5\r\nreply\r\n$4\r\nskip\r\n"
			     "*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nPING\r\n"),
		SERVER_SENDS("+PONG\r\n"),
		CLIENT_SENDS("*3\r\n$6\r\nCLIENT\r\n$5\r\nREPLY\r\n$3\r\nOFF\r\n"
			     "*2\r\n$3\r\nGET\r\n$1\r\na\r\n"
			     "*3\r\n$6\r\nCLIENT\r\n$5\r\nREPLY\r\n$2\r\nON\r\n"),
		SERVER_SENDS("+OK\r\n"),
		SCRIPT_ENDS,
	};

	(void)state;
	script_check(&protocol_redis, false, false, lines,
		     REPLY("s0", "s0 end\n") PING("s1") "s1 end\n" PING(
			     "0") "0 answer\n0 end\n" REPLY("s2", "s2 end\n")
			     GET("s3") "s3 end\n" REPLY("1", "1 answer\n1 end\n"));
}

static void skips_large_arguments_unseen(void **state)
{
	static const char head[] = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100000\r\nabc";
	struct conversation_log *run = script_begin(&protocol_redis, true, false);

	(void)state;
	conversation_log_feed(run, MESSAGE_REQUEST, view_of(head, sizeof(head) - 1));
	assert_int_equal(run->pending[MESSAGE_REQUEST].skip, 100000 - 3 + 2);
	run->pending[MESSAGE_REQUEST].skip = 0; /* they were not captured */
	conversation_log_feed(run, MESSAGE_REQUEST, VIEW_LITERAL("*1\r\n$4\r\nPING\r\n"));
	conversation_log_feed(run, MESSAGE_RESPONSE, VIEW_LITERAL("+OK\r\n+PONG\r\n"));
	assert_non_null(strstr(run->text, "0 open SET (server "));
	assert_non_null(strstr(run->text, "db.query.text=SET ? ? "));
	assert_non_null(strstr(run->text, "1 open PING (server "));
	assert_non_null(strstr(run->text, "0 end\n1 answer\n1 end\n"));
	script_finish(run);
}

static void tells_no_word_that_is_no_command(void **state)
{
	const struct script_line lines[] = {
		CLIENT_SENDS(
			"*2\r\n$6\r\nsecret\r\n$1\r\na\r\n*2\r\n$6\r\nOBJECT\r\n$5\r\nmykey\r\n"
			"*0\r\n*-1\r\n"),
		SCRIPT_ENDS,
	};

	(void)state;
	script_check(&protocol_redis, false, false, lines,
		     "0 open redis (client db.redis auto.db.ebpf) db.system.name=redis"
		     " db.namespace=0\n"
		     "1 open OBJECT (client db.redis auto.db.ebpf) db.system.name=redis"
		     " db.operation.name=OBJECT db.query.text=OBJECT ? db.namespace=0\n");
}

static void refuses_what_is_no_command(void **state)
{
	static const char *const texts[] = {
		"*1\r\n+PING\r\n",      "*1\r\n$-1\r\n", "*1048577\r\n$1\r\n",
		"*1\r\n$4\r\nPINGxx",   "*x\r\n",        "\x16\x03\x01\x02\x00",
		"PING\x01\r\n",         "$3\r\nabc\r\n", "*2\r\n$3\r\nGET\r\n$1\r\nabcd",
		"*1\r\n$600000000\r\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct conversation_log *run = script_begin(&protocol_redis, false, false);

		conversation_log_feed(run, MESSAGE_REQUEST, view_of_text(texts[i]));
		conversation_log_feed(run, MESSAGE_REQUEST, VIEW_LITERAL("\r\n"));
		if (!strstr(run->text, "invalid\n"))
			print_error("%s\n", texts[i]);
		assert_non_null(strstr(run->text, "invalid\n"));
		script_finish(run);
	}
}

static void takes_what_a_cut_left(void **state)
{
	static const char cut[] = "*3\r\n$6\r\nCLIENT\r\n$5\r\nSETI";
	struct conversation_log *run = script_begin(&protocol_redis, false, false);

	(void)state;
	conversation_log_feed(run, MESSAGE_REQUEST, view_of(cut, sizeof(cut) - 1));
	assert_string_equal(run->text, "");
	assert_true(conversation_log_cut(run, MESSAGE_REQUEST));
	assert_non_null(strstr(run->text, "0 open CLIENT ("));
	script_finish(run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_one_exchange_per_command),
		cmocka_unit_test(reads_typed_lines),
		cmocka_unit_test(knows_the_database),
		cmocka_unit_test(follows_client_reply),
		cmocka_unit_test(skips_large_arguments_unseen),
		cmocka_unit_test(tells_no_word_that_is_no_command),
		cmocka_unit_test(refuses_what_is_no_command),
		cmocka_unit_test(takes_what_a_cut_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
