/* One request over a UNIX socket, and every way it can fail. gRPC:
 * tests/e2e/test_container_names.py. */
#include "cmocka_test.h"

#include <errno.h>
#include "containers/unix_http.h"
#include "unix_server.h"

static const struct unix_page pages[] = {
	{"GET /ok ", "HTTP/1.1 200 OK\r\nGrpc-Status: 5\r\ngrpc-message: a\x1b[1mb\r\n"
		     "Content-Length: 5\r\n\r\nhello"},
	{"GET /big ", "HTTP/1.1 200 OK\r\n\r\n0123456789012345678901234567890123456789"},
	{"GET /moved ", "HTTP/1.1 302 Found\r\nLocation: http://localhost/ok\r\n"
			"Content-Length: 0\r\n\r\n"},
	{"GET /garbage ", "no HTTP at all\r\n\r\n"},
	{"GET /hang ", "hang"},
	{NULL, NULL},
};

static struct unix_server server;
static struct unix_http_answer answer;

static int ask(const char *path, uint64_t timeout_ms, const bool *is_stopping)
{
	struct unix_http_request request = {.socket_path = server.path,
					    .path = path,
					    .timeout_ms = timeout_ms,
					    .max_bytes = 32,
					    .is_stopping = is_stopping};

	return unix_http_ask(&request, &answer);
}

static void answers(void **state)
{
	(void)state;
	unix_server_start(&server, pages);
	assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1/", 1), 0);
	assert_int_equal(ask("/ok", 10000, NULL), 0);
	assert_int_equal(answer.status, 200);
	assert_int_equal(answer.grpc_status, 5);
	assert_string_equal(answer.grpc_message, "a\\x1b[1mb");
	assert_view(byte_buffer_view(&answer.body), "hello");
	unix_http_answer_done(&answer);
	assert_non_null(strstr(server.last_head, "GET /ok HTTP/1.1\r\nHost: localhost\r\n"));
	assert_int_equal(ask("/nowhere", 10000, NULL), 0);
	assert_int_equal(answer.status, 404);
	assert_int_equal(answer.grpc_status, NO_GRPC_STATUS);
	unix_http_answer_done(&answer);
	assert_int_equal(ask("/moved", 10000, NULL), 0);
	assert_int_equal(answer.status, 302);
	unix_http_answer_done(&answer);
	unix_server_stop(&server);
	unix_server_remove(&server);
}

static void failures(void **state)
{
	const bool is_stopping = true;

	(void)state;
	unix_server_start(&server, pages);
	assert_int_equal(ask("/big", 10000, NULL), -EMSGSIZE);
	unix_http_answer_done(&answer);
	assert_int_equal(ask("/garbage", 10000, NULL), -EPROTO);
	unix_http_answer_done(&answer);
	assert_int_equal(ask("/hang", 20000, &is_stopping), -ECANCELED);
	unix_http_answer_done(&answer);
	unix_server_stop(&server);
	assert_int_equal(ask("/ok", 10000, NULL), -ECONNREFUSED);
	unix_http_answer_done(&answer);
	unix_server_remove(&server);
	assert_int_equal(ask("/ok", 10000, NULL), -ENOENT);
	unix_http_answer_done(&answer);
}

static void too_slow(void **state)
{
	(void)state;
	unix_server_start(&server, pages);
	assert_int_equal(ask("/hang", 50, NULL), -ETIMEDOUT);
	unix_http_answer_done(&answer);
	unix_server_stop(&server);
	unix_server_remove(&server);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(failures),
		cmocka_unit_test(too_slow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
