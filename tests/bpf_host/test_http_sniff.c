/* What looks like the start of an HTTP/1 message to the kernel side, and what must not. */
#include "cmocka_test.h"

#include "host_kernel.h"

#include <bpf/bpf_helpers.h>
#include "lib/http_sniff.bpf.h"

static const char *const requests[] = {
	"GET / HTTP/1.1\r\n", "GET /a/long/path",  "POST /x HTTP/1.",  "DELETE /x HTTP/",
	"PROPFIND /x HTTP",   "VERSION-CONTROL ",  "M-SEARCH * HTTP",  "OPTIONS * HTTP/1",
	"GET http://host/",   "CONNECT a:443 HT",  "CONNECT [::1]:44", "PUT /aaaaaaaaaaaa",
	"BASELINE-CONTROL",   "PRIX / HTTP/1.1\r", "PRINT /x HTTP/1.",
};
static const char *const others[] = {
	"\x16\x03\x01\x02\x01\xfc\x03\x03zzzzzzzz",
	"PRI * HTTP/2.0\r\n",
	"SELECT 1 FROM a;",
	"*1\r\n$4\r\nPING\r\n",
	"get / HTTP/1.1\r\n",
	" GET / HTTP/1.1\r",
	"AB / HTTP/1.1\r\n ",
	"HELO mail.exampl",
	"GET  / HTTP/1.1\r",
	"{\"a\":1}         ",
	"\r\nGET / HTTP/1.",
	"GETGETGETGETGETG",
};

static void tables(void **state)
{
	__u8 bytes[SNIFF_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		bool is_cut = i == 5 || i == 12; /* the target lies beyond the sniff */

		memset(bytes, 0, sizeof(bytes));
		memcpy(bytes, requests[i], strnlen(requests[i], SNIFF_BYTES));
		if (http_sniff_is_request(bytes) == is_cut)
			fail_msg("%s", requests[i]);
		assert_false(http_sniff_is_response(bytes));
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		memset(bytes, 0, sizeof(bytes));
		memcpy(bytes, others[i], strnlen(others[i], SNIFF_BYTES));
		if (http_sniff_is_request(bytes))
			fail_msg("%s", others[i]);
		assert_false(http_sniff_is_response(bytes));
	}
	assert_true(http_sniff_is_response((const __u8 *)"HTTP/1.1 200 OK\r"));
	assert_true(http_sniff_is_response((const __u8 *)"HTTP/1.0 404 Not"));
	assert_false(http_sniff_is_response((const __u8 *)"HTTP/2 200 OK\r\n\r"));
	assert_false(http_sniff_is_response((const __u8 *)"http/1.1 200 OK\r"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(tables)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
