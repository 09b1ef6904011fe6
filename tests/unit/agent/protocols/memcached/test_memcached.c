/* Conversations: classic, meta, quiet, joined midway. */
#include "conversation_law.h"
#include "conversation_script.h"

#include "protocols/memcached/memcached.h"

#define CALL(op, name, text, rest)                                                                 \
	"client \"" name "\" " op " db.system.name=memcached db.operation.name=" name              \
	" db.query.text=" text rest "\n"

static void pairs_commands_and_answers(void **state)
{
	static const struct saying sayings[] = {
		CLIENT_SAYS("set secret 0 0 5\r\nhello\r\n"),
		SERVER_SAYS("STORED\r\n"),
		CLIENT_SAYS("get secret\r\nget a b\r\n"),
		SERVER_SAYS("VALUE secret 0 5\r\nhello\r\nEND\r\nEND\r\n"),
		CLIENT_SAYS("gets a secret\r\ngat 0 secret\r\n"),
		SERVER_SAYS("VALUE a 0 4 1\r\nEND\r\r\nVALUE secret 0 2 2\r\nhi\r\nEND\r\n"
			    "VALUE secret 0 0\r\n\r\nEND\r\n"),
		CLIENT_SAYS("incr n 1\r\nincr n x\r\ndelete a\r\ntouch a 1\r\n"),
		SERVER_SAYS("2\r\nCLIENT_ERROR invalid numeric delta argument\r\nNOT_FOUND\r\n"
			    "TOUCHED\r\n"),
		CLIENT_SAYS("set k 0 0 1 noreply\r\nx\r\ndelete k noreply\r\nflush_all\r\n"),
		SERVER_SAYS("OK\r\n"),
		CLIENT_SAYS("stats\r\nversion\r\nquit\r\n"),
		SERVER_SAYS("STAT pid 1\r\nSTAT version 1.6\r\nEND\r\nVERSION 1.6.18\r\n"),
	};

	(void)state;
	conversation_law(
		sayings, 12,
		CALL("cache.put", "set", "set ? ? ? ?", " cache.item_size=5") CALL(
			"cache.get", "get", "get ?",
			" cache.hit=true cache.item_size=5") CALL("cache.get", "get", "get ? ?",
								  " cache.hit=false")
			CALL("cache.get", "gets", "gets ? ?", " cache.hit=true cache.item_size=6") CALL(
				"cache.get", "gat", "gat ? ?",
				" cache.hit=true cache.item_size=0") CALL("cache.put", "incr",
									  "incr ? ?", "")
				CALL("cache.put", "incr", "incr ? ?",
				     " db.response.status_code=CLIENT_ERROR error.type=CLIENT_ERROR ERROR")
					CALL("cache.remove", "delete", "delete ?",
					     "") CALL("db", "touch", "touch ? ?",
						      "") CALL("cache.put", "set", "set ? ? ? ? ?",
							       " cache.item_size=1")
						CALL("cache.remove", "delete", "delete ? ?", "")
							CALL("cache.flush", "flush_all",
							     "flush_all",
							     "") CALL("db", "quit", "quit", "")
								CALL("db", "stats", "stats", "")
									CALL("db", "version",
									     "version", ""),
		NULL);
}

static void pairs_meta_commands(void **state)
{
	static const struct saying sayings[] = {
		CLIENT_SAYS("ms k 2 T0\r\nhi\r\nmg k v\r\nmg none v\r\nmd k q\r\nma n\r\nmn\r\n"),
		SERVER_SAYS("HD\r\nVA 2\r\nhi\r\nEN\r\nNF\r\nMN\r\n"),
		CLIENT_SAYS("mg a v q O1\r\nmg b v q O2\r\nmg c v q O3\r\nmn\r\n"),
		SERVER_SAYS("VA 3 O2\r\nabc\r\nMN\r\n"),
		CLIENT_SAYS("mg a v q\r\nmg b v q\r\nmn\r\nme k\r\n"),
		SERVER_SAYS("VA 3\r\nabc\r\nMN\r\nME k exp=-1\r\n"),
	};

	(void)state;
	conversation_law(
		sayings, 6,
		CALL("cache.put", "ms", "ms ? ? ?", " cache.item_size=2")
			CALL("cache.get", "mg", "mg ? ?", " cache.hit=true cache.item_size=2") CALL(
				"cache.get", "mg", "mg ? ?",
				" cache.hit=false") CALL("cache.remove", "md", "md ? ?",
							 "") CALL("cache.put", "ma", "ma ?", "")
				CALL("db", "mn", "mn", "") CALL("cache.get", "mg", "mg ? ? ? ?", "")
					CALL("cache.get", "mg", "mg ? ? ? ?",
					     " cache.hit=true cache.item_size=3")
						CALL("cache.get", "mg", "mg ? ? ? ?",
						     "") CALL("db", "mn", "mn", "")
							CALL("cache.get", "mg", "mg ? ? ?",
							     "") CALL("cache.get", "mg", "mg ? ? ?",
								      "") CALL("db", "mn", "mn", "")
								CALL("db", "me", "me ?", ""),
		NULL);
}

static void skips_values_unseen(void **state)
{
	struct conversation_log *run = script_begin(&protocol_memcached, true, false);

	(void)state;
	conversation_log_feed(run, MESSAGE_REQUEST, VIEW_LITERAL("set k 0 0 90000\r\nabc"));
	assert_int_equal(run->pending[MESSAGE_REQUEST].skip, 90000 - 3 + 2);
	run->pending[MESSAGE_REQUEST].skip = 0;
	conversation_log_feed(run, MESSAGE_RESPONSE, VIEW_LITERAL("STORED\r\n"));
	conversation_log_feed(run, MESSAGE_REQUEST, VIEW_LITERAL("get k\r\n"));
	conversation_log_feed(run, MESSAGE_RESPONSE, VIEW_LITERAL("VALUE k 0 90000\r\nabc"));
	assert_int_equal(run->pending[MESSAGE_RESPONSE].skip, 90000 - 3 + 2);
	run->pending[MESSAGE_RESPONSE].skip = 0;
	conversation_log_feed(run, MESSAGE_RESPONSE, VIEW_LITERAL("END\r\n"));
	assert_non_null(strstr(run->text, "0 answer\n0 end\n1 open get (server "));
	assert_non_null(
		strstr(run->text, "1 answer cache.hit=true cache.item_size=90000\n1 end\n"));
	script_finish(run);
}

static void refuses_answers_that_fit_no_command(void **state)
{
	static const char *const commands[] = {"get k\r\n",       "set k 0 0 1\r\nx\r\n",
					       "incr k 1\r\n",    "delete k\r\n",
					       "touch k 1\r\n",   "mg k v\r\n",
					       "ms k 1\r\nx\r\n", "mn\r\n",
					       "md k\r\n",        "me k\r\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		struct conversation_log *run = script_begin(&protocol_memcached, false, false);

		conversation_log_feed(run, MESSAGE_REQUEST, view_of_text(commands[i]));
		conversation_log_feed(run, MESSAGE_RESPONSE, VIEW_LITERAL("VERSION 1.6\r\n"));
		assert_non_null(strstr(run->text, "invalid\n"));
		script_finish(run);
	}
}

static void begins_again_after_a_loss(void **state)
{
	const struct conversation *c = protocol_memcached.conversation;
	struct conversation_log *run = script_begin(&protocol_memcached, false, true);
	size_t offset = 9;

	(void)state;
	conversation_log_feed(run, MESSAGE_REQUEST, VIEW_LITERAL("get k\r\nget l\r\n"));
	c->lose(run->session, MESSAGE_RESPONSE);
	c->restart(run->session);
	run->sink.end(run, 0);
	run->sink.end(run, 1);
	assert_false(c->resume(run->session, MESSAGE_REQUEST, VIEW_LITERAL("value\r\n"), &offset));
	assert_false(c->resume(run->session, MESSAGE_RESPONSE, VIEW_LITERAL("END\r\n"), &offset));
	assert_true(c->resume(run->session, MESSAGE_REQUEST, VIEW_LITERAL("get k\r\n"), &offset));
	assert_int_equal(offset, 0);
	run->used = 0;
	conversation_log_feed(run, MESSAGE_RESPONSE, VIEW_LITERAL("END\r\n")); /* nobody's */
	conversation_log_feed(run, MESSAGE_REQUEST, VIEW_LITERAL("mn\r\n"));
	conversation_log_feed(run, MESSAGE_RESPONSE, VIEW_LITERAL("MN\r\n"));
	assert_string_equal(run->text,
			    "2 open mn (client db auto.cache.ebpf) db.system.name=memcached"
			    " db.operation.name=mn db.query.text=mn\n2 answer\n2 end\n");
	script_finish(run);
}

static void follows_no_watcher(void **state)
{
	const struct script_line lines[] = {
		CLIENT_SENDS("watch fetchers\r\n"),
		SERVER_SENDS("OK\r\n"),
		SERVER_SENDS("ts=1.2 gid=1 type=item_get key=k\n"),
		CLIENT_SENDS("get k\r\n"),
		SCRIPT_ENDS,
	};

	(void)state;
	script_check(&protocol_memcached, false, false, lines,
		     "0 open watch (client db auto.cache.ebpf) db.system.name=memcached"
		     " db.operation.name=watch db.query.text=watch ?\n0 answer\n0 end\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs_commands_and_answers),
		cmocka_unit_test(pairs_meta_commands),
		cmocka_unit_test(skips_values_unseen),
		cmocka_unit_test(refuses_answers_that_fit_no_command),
		cmocka_unit_test(begins_again_after_a_loss),
		cmocka_unit_test(follows_no_watcher),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
