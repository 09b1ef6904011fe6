/* What proves Redis, and what does not. */
#include "cmocka_test.h"

#include "protocols/redis/redis.h"

static enum detect_result detect(struct view bytes)
{
	struct view copy = exact_copy(bytes);
	enum detect_result result = protocol_redis.detect(copy);

	free_copy(copy);
	return result;
}

static void is_proven_by_a_command(void **state)
{
	static const char command[] = "*2\r\n$3\r\nGET\r\n$3\r\nabc\r\n*1\r\n$4\r\nPI";

	(void)state;
	for (size_t cut = 0; cut < 13; cut++)
		assert_int_equal(detect(view_of(command, cut)), DETECT_NEED_MORE);
	for (size_t cut = 13; cut < sizeof(command); cut++)
		assert_int_equal(detect(view_of(command, cut)), DETECT_REQUEST);
	assert_int_equal(detect(VIEW_LITERAL("*2\r\n$6\r\nCONFIG\r\n$3\r\nGET\r\n")),
			 DETECT_REQUEST);
}

static void is_proven_by_an_answer(void **state)
{
	(void)state;
	assert_int_equal(detect(VIEW_LITERAL("+PONG\r\n+PONG\r\n")), DETECT_RESPONSE);
	assert_int_equal(detect(VIEW_LITERAL("+PON")), DETECT_NEED_MORE);
	assert_int_equal(detect(VIEW_LITERAL("-NOAUTH Authentication required.\r\n")),
			 DETECT_RESPONSE);
	assert_int_equal(detect(VIEW_LITERAL("PING\r\nPING\r\n")), DETECT_NEED_MORE);
	assert_int_equal(detect(VIEW_LITERAL("PI")), DETECT_NEED_MORE);
}

static void is_nothing_else(void **state)
{
	static const char *const texts[] = {
		"+OK\r\n",
		"+OK POP3 ready\r\n",
		"-ERR 'Unknown Protocol Operation'\r\n",
		"PONG\r\n",
		"INFO {\"server_id\":\"x\"}\r\n",
		"GET / HTTP/1.1\r\n",
		"get key\r\n",
		"EHLO example.org\r\n",
		"220 smtp ready\r\n",
		"SSH-2.0-OpenSSH_9.2\r\n",
		"* OK IMAP4rev1\r\n",
		"*1\r\n$6\r\nnobody\r\n",
		"*2\r\n$3\r\nGET\r\n:1\r\n",
		"*2\r\n$3\r\nGET\r\n$1\r\nabc",
		"*0\r\n",
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
		"\x89PNG\r\n\x1a\n",
		"$5\r\nhello\r\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (detect(view_of_text(texts[i])) != DETECT_NO)
			print_error("%s\n", texts[i]);
		assert_int_equal(detect(view_of_text(texts[i])), DETECT_NO);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_proven_by_a_command),
		cmocka_unit_test(is_proven_by_an_answer),
		cmocka_unit_test(is_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
