/* Result sets and preparations with and without the packets that end lists, agreed on or found out;
 * and the ends that are found after a loss. */
#include "mysql_talk.h"

#include "protocols/mysql/mysql_result.h"

static struct mysql_talk t;

static void begin(enum mysql_list_end list_end)
{
	mysql_talk_begin(&t, false);
	t.session.list_end = list_end;
}

static void ask(uint8_t number, const char *text)
{
	mysql_bytes_command(&t.bytes, number, view_of_text(text));
	mysql_talk_client(&t);
	mysql_talk_forget(&t);
}

/* Known is what was agreed, or nothing. */
static void assert_result(bool is_omitted, bool is_known, int rows, int results)
{
	enum mysql_list_end wanted = is_omitted ? MYSQL_END_OMITTED : MYSQL_END_PACKET;
	char line[32];

	begin(is_known ? wanted : MYSQL_END_UNKNOWN);
	ask(MYSQL_QUERY, "SELECT a FROM t");
	for (int i = 0; i < results; i++)
		mysql_bytes_result(&t.bytes, rows, i < results - 1 ? 10 : 2, is_omitted);
	mysql_talk_server(&t);
	snprintf(line, sizeof(line), "0 done %d rows\n", rows * results);
	mysql_talk_expect(&t, line);
	assert_int_equal(t.session.list_end, wanted);
	assert_int_equal(t.session.pending_count, 0);
	mysql_talk_finish(&t);
}

static void counts_rows(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		assert_result(i & 1, i & 2, 0, 1);
		assert_result(i & 1, i & 2, 3, 1);
		assert_result(i & 1, i & 2, 2, 3);
	}
}

static void assert_preparation(bool is_omitted, bool is_known, uint8_t columns, uint8_t parameters)
{
	enum mysql_list_end wanted = is_omitted ? MYSQL_END_OMITTED : MYSQL_END_PACKET;

	begin(is_known ? wanted : MYSQL_END_UNKNOWN);
	ask(MYSQL_PREPARE, "SELECT a FROM t");
	mysql_bytes_prepared(&t.bytes, 5, columns, parameters, is_omitted);
	mysql_talk_server(&t);
	mysql_talk_expect(&t, "0 done\n");
	mysql_bytes_execute(&t.bytes, 5);
	mysql_talk_client(&t);
	mysql_talk_expect(&t, "1 open SELECT t |  | SELECT a FROM t\n");
	mysql_bytes_ok(&t.bytes, 2);
	mysql_talk_server(&t);
	mysql_talk_expect(&t, "1 done\n");
	mysql_talk_finish(&t);
}

static void prepares(void **state)
{
	(void)state;
	for (int i = 0; i < 16; i++)
		assert_preparation(i & 1, i & 2, i & 4 ? 2 : 0, i & 8 ? 3 : 0);
	begin(MYSQL_END_UNKNOWN);
	ask(MYSQL_PREPARE, "SELECT");
	mysql_bytes_error(&t.bytes, 1064);
	mysql_talk_server(&t);
	mysql_talk_expect(&t, "0 done 1064\n");
	assert_int_equal(t.session.statements.count, 0);
	/* OPTIONAL_RESULTSET_METADATA: no lists follow. */
	ask(MYSQL_PREPARE, "SELECT a FROM t");
	mysql_bytes_put(&t.bytes, "\0\5\0\0\0\1\0\1\0\0\0\0\0");
	mysql_talk_server(&t);
	mysql_talk_expect(&t, "1 done\n");
	mysql_talk_finish(&t);
}

/* MariaDB's flag follows the number of columns, MySQL's stands before it. */
static void leaves_columns_out(void **state)
{
	static const char first[][2] = {{1, 0}, {9, 0}, {0, 9}, {0, 1}};

	(void)state;
	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
		begin(MYSQL_END_OMITTED);
		ask(MYSQL_QUERY, "SELECT a FROM t");
		mysql_bytes_packet(&t.bytes, view_of(first[i], 2));
		mysql_bytes_put(&t.bytes, "\1a");
		mysql_bytes_end(&t.bytes, 2, true);
		mysql_talk_server(&t);
		mysql_talk_expect(&t, "0 done 1 rows\n");
		mysql_talk_finish(&t);
	}
	begin(MYSQL_END_OMITTED);
	ask(MYSQL_QUERY, "SELECT a FROM t");
	mysql_bytes_put(&t.bytes, "\1\1");
	mysql_bytes_column(&t.bytes);
	mysql_bytes_end(&t.bytes, 2, true);
	mysql_talk_server(&t);
	mysql_talk_expect(&t, "0 done 0 rows\n");
	mysql_talk_finish(&t);
}

/* Rows of 16 MB and more take several packets; they are passed by their size. */
static void passes_long_rows(void **state)
{
	struct unit unit = {.side = MESSAGE_RESPONSE};
	struct mysql_bytes b = {.used = 0, .sequence = 4};

	(void)state;
	begin(MYSQL_END_PACKET);
	ask(MYSQL_QUERY, "SELECT a FROM t");
	mysql_bytes_put(&t.bytes, "\1");
	mysql_bytes_column(&t.bytes);
	mysql_bytes_end(&t.bytes, 2, false);
	mysql_talk_server(&t);
	mysql_bytes_header(&b, MYSQL_FULL_PACKET);
	mysql_bytes_raw(&b, VIEW_LITERAL("\xfd\0\0\0abc"));
	unit.bytes = mysql_bytes_view(&b);
	assert_int_equal(protocol_mysql.conversation->read(&t.session, &unit, &t.sink), PARSE_DONE);
	assert_int_equal(unit.skip, MYSQL_FULL_PACKET - 7);
	t.bytes.sequence = 5;
	mysql_bytes_put(&t.bytes, "\xfe\xfe\xfe\xfe\xfe");
	mysql_bytes_end(&t.bytes, 2, false);
	mysql_talk_server(&t);
	mysql_talk_expect(&t, "0 done 1 rows\n");
	mysql_talk_finish(&t);
}

static void assert_end(struct view tail, enum mysql_list_end list_end, bool is_found)
{
	struct mysql_bytes b = {.used = 0};
	size_t offset = 0;

	begin(list_end);
	mysql_bytes_raw(&b, VIEW_LITERAL("the rest of a row, and one more\5\0\0\7\4rows"));
	mysql_bytes_raw(&b, tail);
	assert_int_equal(mysql_result_find_end(&t.session, mysql_bytes_view(&b), &offset),
			 is_found);
	if (is_found)
		assert_int_equal(offset, b.used - tail.size);
	mysql_talk_finish(&t);
}

static void finds_ends(void **state)
{
	struct view eof = VIEW_LITERAL("\5\0\0\x09\xfe\0\0\2\0");
	struct view ok = VIEW_LITERAL("\7\0\0\x09\xfe\0\0\2\0\0\0");
	struct view error = VIEW_LITERAL("\x0b\0\0\x09\xff\x25\5#70100no");

	(void)state;
	assert_end(eof, MYSQL_END_UNKNOWN, true);
	assert_end(eof, MYSQL_END_PACKET, true);
	assert_end(eof, MYSQL_END_OMITTED, false);
	assert_end(ok, MYSQL_END_UNKNOWN, true);
	assert_end(ok, MYSQL_END_OMITTED, true);
	assert_end(ok, MYSQL_END_PACKET, false);
	assert_end(error, MYSQL_END_UNKNOWN, true);
	for (size_t cut = 1; cut < ok.size; cut++)
		assert_end(view_take(ok, cut), MYSQL_END_UNKNOWN, false);
	assert_end(VIEW_LITERAL("\7\0\0\x09\xfe\1\0\2\0\0\0"), MYSQL_END_UNKNOWN, false);
	assert_end(VIEW_LITERAL("\7\0\0\x09\0\0\0\2\0\0\0"), MYSQL_END_UNKNOWN, false);
	assert_end(VIEW_LITERAL(""), MYSQL_END_UNKNOWN, false);
}

/* After a loss the end of the only answer is its end; how many rows there were is not known. */
static void ends_after_a_loss(void **state)
{
	const struct conversation *conversation = protocol_mysql.conversation;
	size_t offset;

	(void)state;
	begin(MYSQL_END_UNKNOWN);
	ask(MYSQL_QUERY, "SELECT a FROM t");
	mysql_bytes_put(&t.bytes, "\1");
	mysql_bytes_column(&t.bytes);
	mysql_talk_server(&t);
	conversation->lose(&t.session, MESSAGE_RESPONSE);
	mysql_bytes_end(&t.bytes, 2, true);
	assert_true(conversation->resume(&t.session, MESSAGE_RESPONSE, mysql_bytes_view(&t.bytes),
					 &offset));
	assert_int_equal(offset, 0);
	mysql_talk_server(&t);
	mysql_talk_expect(&t, "0 done\n");
	/* Of two that are awaited, neither is known to be the one. */
	ask(MYSQL_QUERY, "SELECT a FROM t");
	ask(MYSQL_QUERY, "SELECT a FROM t");
	conversation->lose(&t.session, MESSAGE_RESPONSE);
	mysql_bytes_end(&t.bytes, 2, true);
	assert_false(conversation->resume(&t.session, MESSAGE_RESPONSE, mysql_bytes_view(&t.bytes),
					  &offset));
	mysql_talk_finish(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_rows),        cmocka_unit_test(prepares),
		cmocka_unit_test(leaves_columns_out), cmocka_unit_test(passes_long_rows),
		cmocka_unit_test(finds_ends),         cmocka_unit_test(ends_after_a_loss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
