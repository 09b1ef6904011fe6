/* What is claimed, and that nothing else is: other protocols, every cut. */
#include "mysql_bytes.h"

#include "protocols/mysql/mysql_detect.h"
#include "protocols/mysql/mysql_statements.h"

/* A prefix may be undecided, and never says otherwise than the whole. */
static void assert_detected(struct view bytes, enum detect_result wanted)
{
	for (size_t cut = 0; cut <= bytes.size; cut++) {
		struct view copy = exact_copy(view_take(bytes, cut));
		enum detect_result found = mysql_detect(copy);

		if (cut == bytes.size || found != DETECT_NEED_MORE)
			assert_int_equal(found, wanted);
		free_copy(copy);
	}
}

static void assert_built(struct mysql_bytes *b, enum detect_result wanted)
{
	assert_detected(mysql_bytes_view(b), wanted);
	b->used = 0;
	b->sequence = 0;
}

static void claims_beginnings(void **state)
{
	struct mysql_bytes b = {.used = 0};

	(void)state;
	mysql_bytes_greeting(&b, "11.4.2-MariaDB-log", MYSQL_BYTES_CAPABILITIES);
	assert_built(&b, DETECT_RESPONSE);
	mysql_bytes_greeting(&b, "8.0.36", MYSQL_BYTES_CAPABILITIES | MYSQL_CAN_MYSQL);
	assert_built(&b, DETECT_RESPONSE);
	for (uint8_t sequence = 1; sequence <= 2; sequence++) {
		b.sequence = sequence;
		mysql_bytes_login(&b, MYSQL_BYTES_CAPABILITIES, "shop");
		assert_built(&b, DETECT_REQUEST);
	}
}

static void claims_commands(void **state)
{
	static const char *const texts[] = {"SELECT 1",
					    "  (select a from t)",
					    "/* shop */ UPDATE t SET a = 1",
					    "-- why\nSELECT 1",
					    "COMMIT",
					    "\n\tinsert into t values (1)"};
	struct mysql_bytes b = {.used = 0};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		mysql_bytes_query(&b, texts[i]);
		assert_built(&b, DETECT_REQUEST);
		mysql_bytes_command(&b, MYSQL_PREPARE, view_of_text(texts[i]));
		assert_built(&b, DETECT_REQUEST);
		mysql_bytes_statement(&b, MYSQL_CLOSE, 3);
		mysql_bytes_query(&b, texts[i]);
		assert_built(&b, DETECT_REQUEST);
	}
	mysql_bytes_command(&b, MYSQL_QUERY, VIEW_LITERAL("\0\1SELECT 1"));
	assert_built(&b, DETECT_REQUEST);
	mysql_bytes_execute(&b, 5);
	assert_built(&b, DETECT_REQUEST);
	mysql_bytes_execute(&b, MYSQL_LAST_STATEMENT);
	assert_built(&b, DETECT_REQUEST);
	mysql_bytes_command(&b, MYSQL_BULK_EXECUTE,
			    VIEW_LITERAL("\5\0\0\0\x80\0\3\0\0\1\0\0\0\0\2\0\0\0"));
	assert_built(&b, DETECT_REQUEST);
}

static void claims_long_queries_early(void **state)
{
	struct mysql_bytes b = {.used = 0};
	char text[1000];

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "INSERT INTO t VALUES ('", 23);
	mysql_bytes_header(&b, 5000000);
	mysql_bytes_raw(&b, VIEW_LITERAL("\3"));
	mysql_bytes_raw(&b, view_of(text, sizeof(text)));
	assert_built(&b, DETECT_REQUEST);
}

static void claims_nothing_else(void **state)
{
	const struct view others[] = {
		VIEW_LITERAL("\x16\3\1\2\0\1\0\1\xfc\3\3"),         /* TLS */
		VIEW_LITERAL("SSH-2.0-OpenSSH_9.2\r\n"),            /* SSH */
		VIEW_LITERAL("220 mail.example ESMTP\r\n"),         /* SMTP */
		VIEW_LITERAL("GET / HTTP/1.1\r\n\r\n"),             /* HTTP */
		VIEW_LITERAL("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),   /* HTTP/2 */
		VIEW_LITERAL("\1\1\0\1\0\x08\0\0\0\1\0\0\0\0\0\0"), /* FastCGI */
		VIEW_LITERAL("\0\0\0\x08\x04\xd2\x16\x2f"),         /* PostgreSQL: SSLRequest */
		VIEW_LITERAL("Q\0\0\0\x0eSELECT 1\0"),              /* PostgreSQL: a query */
		VIEW_LITERAL("P\0\0\0\x16\0SELECT $1\0\0\0"),       /* and a Parse */
		VIEW_LITERAL("*1\r\n$4\r\nPING\r\n"),               /* Redis */
		VIEW_LITERAL("\x21\0\0\0\1\0\0\0\0\0\0\0\xdd\7\0\0\0\0\0\0\0"), /* MongoDB */
		VIEW_LITERAL("\0\0\0\x14\0\x12\0\3\0\0\0\1\0\4test\0\0\0\0"),   /* Kafka */
		VIEW_LITERAL("AMQP\0\0\x09\1"),                                 /* AMQP */
		VIEW_LITERAL("\4\0\0\0\5\0\0\0\0"),                             /* Cassandra */
		VIEW_LITERAL("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),                  /* an image */
		VIEW_LITERAL("\1\0\0\0\x0e"),           /* a PING proves nothing */
		VIEW_LITERAL("\7\0\0\1\0\0\0\2\0\0\0"), /* nor does an OK */
		VIEW_LITERAL("\x09\0\0\0\3hello wo"),   /* no SQL */
		VIEW_LITERAL("\x09\0\0\0\3SELECTED"),
		VIEW_LITERAL("\x09\0\0\0\3SELECT \0"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_detected(others[i], DETECT_NO);
}

static void knows_commands_of_its_own(void **state)
{
	struct mysql_bytes b = {.used = 0};

	(void)state;
	mysql_bytes_command(&b, 0x0e, VIEW_LITERAL(""));
	assert_true(mysql_detect_command(mysql_bytes_view(&b)));
	assert_true(mysql_detect_command(view_take(mysql_bytes_view(&b), 4)));
	assert_false(mysql_detect_command(view_take(mysql_bytes_view(&b), 3)));
	assert_false(mysql_detect_command(VIEW_LITERAL("\0\0\0\0")));
	assert_false(mysql_detect_command(VIEW_LITERAL("\1\0\0\2")));
	mysql_bytes_raw(&b, VIEW_LITERAL("x"));
	assert_false(mysql_detect_command(mysql_bytes_view(&b)));
	b.used = 0;
	mysql_bytes_command(&b, MYSQL_INIT_DB, VIEW_LITERAL("shop"));
	assert_true(mysql_detect_command(mysql_bytes_view(&b)));
	b.used = 0;
	mysql_bytes_query(&b, "HELP me");
	assert_true(mysql_detect_command(mysql_bytes_view(&b)));
	b.used = 0;
	mysql_bytes_query(&b, "HELP \1\2\3");
	assert_false(mysql_detect_command(mysql_bytes_view(&b)));
	assert_false(mysql_detect_command(VIEW_LITERAL("1,2\n3,4\n")));
	assert_false(mysql_detect_command(VIEW_LITERAL("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(claims_beginnings),         cmocka_unit_test(claims_commands),
		cmocka_unit_test(claims_long_queries_early), cmocka_unit_test(claims_nothing_else),
		cmocka_unit_test(knows_commands_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
