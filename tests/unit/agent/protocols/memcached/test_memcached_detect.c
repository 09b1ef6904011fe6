/* What proves memcached, and what does not. */
#include "cmocka_test.h"

#include "protocols/memcached/memcached.h"

static enum detect_result detect(struct view bytes)
{
	struct view copy = exact_copy(bytes);
	enum detect_result result = protocol_memcached.detect(copy);

	free_copy(copy);
	return result;
}

static void is_proven(void **state)
{
	static const char set[] = "set k 0 0 5\r\nhello\r\n";

	(void)state;
	for (size_t cut = 0; cut < 13; cut++)
		assert_int_equal(detect(view_of(set, cut)), DETECT_NEED_MORE);
	for (size_t cut = 13; cut < sizeof(set); cut++)
		assert_int_equal(detect(view_of(set, cut)), DETECT_REQUEST);
	assert_int_equal(detect(VIEW_LITERAL("ms k 5 T0\r\n")), DETECT_REQUEST);
	assert_int_equal(detect(VIEW_LITERAL("mn\r\n")), DETECT_REQUEST);
	assert_int_equal(detect(VIEW_LITERAL("get k\r\n")), DETECT_NEED_MORE);
	assert_int_equal(detect(VIEW_LITERAL("VALUE k 0 5\r\nhello\r\nEND\r\n")), DETECT_RESPONSE);
	assert_int_equal(detect(VIEW_LITERAL("END\r\n")), DETECT_RESPONSE);
	assert_int_equal(detect(VIEW_LITERAL("VA 2 f0\r\n")), DETECT_RESPONSE);
	assert_int_equal(detect(VIEW_LITERAL("VALUE k")), DETECT_NEED_MORE);
}

static void is_nothing_else(void **state)
{
	static const char *const texts[] = {
		"EHLO example.org\r\n",
		"GET / HTTP/1.1\r\n",
		"SSH-2.0-OpenSSH_9.2\r\n",
		"220 smtp ready\r\n",
		"set k 0 0 5\r\nhelloxx",
		"set k x 0 5\r\n",
		"*1\r\n$4\r\nPING\r\n",
		"PING\r\n",
		"INFO {\"server_id\":\"x\"}\r\n",
		"VALUE of things\r\n",
		"ENDED\r\n",
		"put 0 0 60 5\r\n",
		"\x16\x03\x01\x02\x00\x01",
		"\x89PNG\r\n\x1a\n",
		"\x80\x00\x00\x03",
		"hello\r\n",
		"VA tech\r\n",
		"DELETED\r\n",
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
		cmocka_unit_test(is_proven),
		cmocka_unit_test(is_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
