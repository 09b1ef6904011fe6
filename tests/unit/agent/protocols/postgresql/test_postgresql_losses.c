/* Conversations joined midway, cut and with bytes lost: what is known is right, the rest is left
 * out. */
#include "postgresql_bytes.h"

static struct postgresql_talk talk;

static void joins_midway(void **state)
{
	static struct conversation_fixture f;

	(void)state;
	for (int is_server = 0; is_server < 2; is_server++) {
		talk.count = talk.used = 0;
		talk_run(&talk, "s1", 1);
		CLIENT(&talk);
		talk_query(&talk, "SELECT 5 FROM t");
		SERVER(&talk);
		talk_complete(&talk, "SELECT 9");
		READY(&talk);
		conversation_begin(&f, is_server);
		conversation_open(&f, false);
		conversation_feed_all(&f, talk.sayings, talk.count);
		conversation_end(&f);
		assert_string_equal(f.text,
				    is_server ? "server \"postgresql\" db db.system.name=postgresql"
						" limpet.statement.unknown=true"
						" db.response.returned_rows=1 lossy\n"
						"server \"SELECT t\" db db.system.name=postgresql"
						" db.query.text=SELECT ? FROM t"
						" db.query.summary=SELECT t"
						" db.response.returned_rows=9\n"
					      : "client \"postgresql\" db db.system.name=postgresql"
						" limpet.statement.unknown=true"
						" db.response.returned_rows=1 lossy\n"
						"client \"SELECT t\" db db.system.name=postgresql"
						" db.query.text=SELECT ? FROM t"
						" db.query.summary=SELECT t"
						" db.response.returned_rows=9\n");
	}
}

/* Rows beyond what is captured: the end of the answer is found again. */
static void finds_ends_of_large_answers(void **state)
{
	static struct conversation_fixture f;
	static char rows[7000];

	(void)state;
	talk_start(&talk);
	CLIENT(&talk);
	talk_query(&talk, "SELECT a FROM t");
	SERVER(&talk);
	for (size_t i = 0; i < sizeof(rows); i += 14)
		memcpy(rows + i, "D\0\0\0\15\0\1\0\0\0\3abc", 14);
	talk_raw(&talk, rows, sizeof(rows));
	SERVER(&talk);
	SAY(&talk, 'D', "\0\1\0\0\0\3abc");
	talk_complete(&talk, "SELECT 501");
	READY(&talk);
	CLIENT(&talk);
	talk_query(&talk, "SELECT b FROM u");
	SERVER(&talk);
	talk_complete(&talk, "SELECT 1");
	READY(&talk);
	conversation_begin(&f, false);
	conversation_open(&f, true);
	conversation_feed_all(&f, talk.sayings, 7);
	conversation_feed_cut(&f, MESSAGE_RESPONSE, talk.sayings[7].bytes, talk.sayings[7].size,
			      1000);
	conversation_feed_all(&f, talk.sayings + 8, 3);
	conversation_end(&f);
	assert_string_equal(f.text, "client \"SELECT t\" db " DATABASE
				    " db.query.text=SELECT a FROM t db.query.summary=SELECT t"
				    " db.response.returned_rows=501 lossy\n"
				    "client \"SELECT u\" db " DATABASE
				    " db.query.text=SELECT b FROM u db.query.summary=SELECT u"
				    " db.response.returned_rows=1\n");
	assert_string_equal(conversation_drops(&f), "stream_gap 1");
}

/* A text beyond what is captured, and a value. */
static void cuts_long_texts(void **state)
{
	static struct conversation_fixture f;
	static char text[60000];

	(void)state;
	talk_start(&talk);
	CLIENT(&talk);
	memset(text, 'x', 20000);
	memcpy(text, "SELECT '", 8);
	memcpy(text + 20000, "' FROM t", 9);
	talk_query(&talk, text);
	SERVER(&talk);
	talk_complete(&talk, "SELECT 1");
	READY(&talk);
	conversation_begin(&f, false);
	conversation_open(&f, true);
	conversation_feed_all(&f, talk.sayings, 6);
	conversation_feed_cut(&f, MESSAGE_REQUEST, talk.sayings[6].bytes, talk.sayings[6].size,
			      4096);
	conversation_feed_all(&f, talk.sayings + 7, 1);
	conversation_check(&f, "client \"SELECT\" db " DATABASE
			       " db.query.text=SELECT ? db.query.summary=SELECT"
			       " db.response.returned_rows=1\n");
}

static void forgets_lost_names(void **state)
{
	static struct conversation_fixture f;

	(void)state;
	talk_start(&talk);
	talk_prepare(&talk, "s1");
	talk_run(&talk, "s1", 1);
	talk_run(&talk, "s1", 2);
	conversation_begin(&f, false);
	conversation_open(&f, true);
	conversation_feed_all(&f, talk.sayings, 8);
	conversation_feed_lost(&f, MESSAGE_REQUEST, 100);
	conversation_feed_lost(&f, MESSAGE_RESPONSE, 100);
	conversation_feed_all(&f, talk.sayings + 8, talk.count - 8);
	conversation_end(&f);
	assert_non_null(strstr(f.text, "unknown=true"));
	assert_null(strstr(f.text, "FROM"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(joins_midway),
		cmocka_unit_test(finds_ends_of_large_answers),
		cmocka_unit_test(cuts_long_texts),
		cmocka_unit_test(forgets_lost_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
