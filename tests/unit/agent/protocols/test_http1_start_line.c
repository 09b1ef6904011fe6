/* Detection and start lines: every prefix of every vector, and everything that is not HTTP. */
#include "cmocka_test.h"

#include "protocols/http1_start_line.h"

static enum detect_result detect(const char *bytes, size_t size)
{
	struct view copy = exact_copy(view_of(bytes, size));
	enum detect_result result = http1_start_line_detect(copy);

	free_copy(copy);
	return result;
}

/* The answer is "more" until the proof is complete, and stays the same after it. */
static void assert_proof(const char *text, size_t proof_size, enum detect_result wanted)
{
	for (size_t i = 0; i < strlen(text); i++) {
		enum detect_result expected = i < proof_size ? DETECT_NEED_MORE : wanted;

		if (detect(text, i) != expected)
			fail_msg("\"%s\" cut at %zu: %d", text, i, detect(text, i));
	}
	assert_int_equal(detect(text, strlen(text)), wanted);
}

static void detects_requests(void **state)
{
	static const char *const lines[] = {
		"GET / HTTP/1.1",
		"HEAD /a HTTP/1.0",
		"PROPFIND /dav HTTP/1.1",
		"M-SEARCH * HTTP/1.1",
		"X /custom HTTP/1.1",
		"CONNECT example.com:443 HTTP/1.1",
		"GET http://example.com/a?b=c HTTP/1.1",
		"OPTIONS * HTTP/1.1",
		"HTTPX /looks-like-a-status-line HTTP/1.1",
		"GET /caf\xc3\xa9 HTTP/1.1",
		"\r\nGET / HTTP/1.1",
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		snprintf(text, sizeof(text), "%s\r\nHost: a\r\n\r\n", lines[i]);
		assert_proof(text, strlen(lines[i]), DETECT_REQUEST);
	}
}

static void detects_responses(void **state)
{
	(void)state;
	assert_proof("HTTP/1.1 200 OK\r\n\r\n", strlen("HTTP/1.1 200"), DETECT_RESPONSE);
	assert_proof("HTTP/1.0 404\r\n\r\n", strlen("HTTP/1.0 404"), DETECT_RESPONSE);
}

static void refuses_others(void **state)
{
	static const struct view others[] = {
		VIEW_LITERAL("\x16\x03\x01\x02\x00\x01\x00\x01"),
		VIEW_LITERAL("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"),
		VIEW_LITERAL("220 mail.example.com ESMTP Postfix\r\n"),
		VIEW_LITERAL("EHLO client.example.com\r\n"),
		VIEW_LITERAL("MAIL FROM:<a@example.com> SIZE=1\r\n"),
		VIEW_LITERAL("*2\r\n$3\r\nGET\r\n$1\r\na\r\n"),
		VIEW_LITERAL("+OK\r\n"),
		VIEW_LITERAL("-ERR unknown\r\n"),
		VIEW_LITERAL("PING\r\n"),
		VIEW_LITERAL("GET key\r\n"),
		VIEW_LITERAL("SET key value\r\n"),
		VIEW_LITERAL("\x00\x00\x00\x08\x04\xd2\x16\x2f"),
		VIEW_LITERAL("Q\x00\x00\x00\x0dSELECT 1\x00"),
		VIEW_LITERAL("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
		VIEW_LITERAL("OPTIONS rtsp://example.com RTSP/1.0\r\n"),
		VIEW_LITERAL("INVITE sip:bob@example.com SIP/2.0\r\n"),
		VIEW_LITERAL("\x89PNG\r\n\x1a\n"),
		VIEW_LITERAL("GIF89a\x01\x00"),
		VIEW_LITERAL("\xff\xd8\xff\xe0"),
		VIEW_LITERAL("get / HTTP/1.1\r\n"),
		VIEW_LITERAL("GET  / HTTP/1.1\r\n"),
		VIEW_LITERAL("GET /\r\n HTTP/1.1\r\n"),
		VIEW_LITERAL("GET / HTTP/2\r\n"),
		VIEW_LITERAL("GET / HTTP/1.x"),
		VIEW_LITERAL("HTTP/2 200 OK"),
		VIEW_LITERAL("HTTP/1.1 20x"),
		VIEW_LITERAL("HTTP/1.1 020"),
		VIEW_LITERAL("HTTP/1.1  200"),
		VIEW_LITERAL("{\"jsonrpc\": \"2.0\"}"),
		VIEW_LITERAL("\n\n\n\n\n\n\n\n\n\n"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		assert_int_equal(detect(others[i].bytes, others[i].size), DETECT_NO);
		for (size_t cut = 1; cut < others[i].size; cut++)
			assert_in_range(detect(others[i].bytes, cut), DETECT_NO, DETECT_NEED_MORE);
	}
	/* At the first byte, not after a buffer full. */
	assert_int_equal(detect("g", 1), DETECT_NO);
	assert_int_equal(detect("\x16", 1), DETECT_NO);
	assert_int_equal(detect("2", 1), DETECT_NO);
	assert_int_equal(detect("*", 1), DETECT_NO);
	assert_int_equal(detect("G", 1), DETECT_NEED_MORE);
	assert_int_equal(detect("GE", 2), DETECT_NEED_MORE);
	assert_int_equal(detect("", 0), DETECT_NEED_MORE);
}

static void refuses_random_bytes(void **state)
{
	unsigned int seed = 20260101;
	char bytes[64];

	(void)state;
	for (int round = 0; round < 20000; round++) {
		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (char)(rand_r(&seed) >> 7);
		assert_int_equal(detect(bytes, sizeof(bytes)), DETECT_NO);
	}
}

static void bounds_the_target(void **state)
{
	size_t size = MAX_HTTP1_TARGET_BYTES;
	char *text = malloc(size + 64);

	(void)state;
	memcpy(text, "GET ", 4);
	memset(text + 4, 'a', size + 1);
	assert_int_equal(detect(text, 4 + size), DETECT_NEED_MORE);
	assert_int_equal(detect(text, 4 + size + 1), DETECT_NO);
	memcpy(text + 4 + size, " HTTP/1.1", 9);
	assert_int_equal(detect(text, 4 + size + 9), DETECT_REQUEST);
	memset(text, 'A', MAX_HTTP1_METHOD_BYTES + 1);
	assert_int_equal(detect(text, MAX_HTTP1_METHOD_BYTES), DETECT_NEED_MORE);
	assert_int_equal(detect(text, MAX_HTTP1_METHOD_BYTES + 1), DETECT_NO);
	free(text);
}

static void reads_lines(void **state)
{
	struct http1_start_line line;

	(void)state;
	assert_int_equal(http1_start_line_read(MESSAGE_REQUEST,
					       VIEW_LITERAL("get /a?b HTTP/1.0\r\n"), &line),
			 PARSE_DONE);
	assert_view(line.method, "get");
	assert_view(line.target, "/a?b");
	assert_int_equal(line.minor_version, 0);
	assert_int_equal(line.size, 17);
	assert_int_equal(
		http1_start_line_read(MESSAGE_REQUEST, VIEW_LITERAL("PUT /a HTTP/1."), &line),
		PARSE_NEED_MORE);
	assert_view(line.method, "PUT");
	assert_view(line.target, "/a");
	assert_int_equal(line.minor_version, HTTP1_VERSION_UNKNOWN);
	assert_int_equal(
		http1_start_line_read(MESSAGE_RESPONSE, VIEW_LITERAL("HTTP/1.1 503 x"), &line),
		PARSE_DONE);
	assert_int_equal(line.status, 503);
	assert_int_equal(line.size, 12);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(detects_requests),  cmocka_unit_test(detects_responses),
		cmocka_unit_test(refuses_others),    cmocka_unit_test(refuses_random_bytes),
		cmocka_unit_test(bounds_the_target), cmocka_unit_test(reads_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
