/* Golden attributes of FastCGI spans. */
#include "fastcgi_bytes.h"
#include "sample_exchange.h"

#include "protocols/fastcgi.h"

static void describe(struct sample_exchange *s, enum message_kind kind, struct view bytes)
{
	unsigned char pair_state[PROTOCOL_PAIR_STATE_BYTES] = {0};
	struct view copy = exact_copy(bytes);
	struct message message;
	size_t consumed;

	assert_int_equal(protocol_fastcgi.parse(kind, copy, false, pair_state, &message, &consumed),
			 PARSE_DONE);
	if (kind == MESSAGE_REQUEST)
		protocol_fastcgi.describe_request(&message, &s->exchange, &s->span, &s->arena);
	else
		protocol_fastcgi.describe_response(&message, &s->exchange, &s->span, &s->arena);
	free_copy(copy);
}

static void assert_request(bool is_server, const char *const *pairs, const char *wanted)
{
	struct fastcgi_bytes b = {.used = 0};
	struct sample_exchange s;

	sample_exchange_init(&s, is_server);
	sample_exchange_path(&s, VIEW_LITERAL("/run/fpm.sock"));
	fastcgi_bytes_request(&b, pairs);
	describe(&s, MESSAGE_REQUEST, fastcgi_bytes_view(&b));
	assert_string_equal(sample_exchange_print(&s), wanted);
	assert_int_equal(s.span.kind, is_server ? SPAN_SERVER : SPAN_CLIENT);
	assert_string_equal(s.span.operation, is_server ? "http.server" : "http.client");
	arena_done(&s.arena);
}

static void describes_requests(void **state)
{
	static const char *const plain[] = {"REQUEST_METHOD=GET",
					    "REQUEST_URI=/buy?card=1",
					    "HTTP_HOST=shop.example:8080",
					    "HTTP_USER_AGENT=curl",
					    "SCRIPT_FILENAME=/srv/app/index.php",
					    NULL};
	static const char *const secure[] = {"REQUEST_METHOD=GET",
					     "SCRIPT_NAME=/x.php",
					     "QUERY_STRING=a=1",
					     "SERVER_NAME=shop.example",
					     "SERVER_PORT=8443",
					     "HTTPS=on",
					     NULL};

	(void)state;
	assert_request(
		true, plain,
		"http.request.method=GET\nurl.scheme=http\nurl.path=/buy\nurl.query=card=REDACTED\n"
		"server.address=shop.example\n"
		"network.peer.address=/run/fpm.sock\nnetwork.transport=unix\n"
		"user_agent.original=curl\n"
		"network.protocol.name=fastcgi\n"
		"code.file.path=/srv/app/index.php\n");
	assert_request(
		false, plain,
		"http.request.method=GET\nurl.full=http://shop.example:8080/buy?card=REDACTED\n"
		"server.address=shop.example\n"
		"network.peer.address=/run/fpm.sock\nnetwork.transport=unix\n"
		"network.protocol.name=fastcgi\n");
	assert_request(
		true, secure,
		"http.request.method=GET\nurl.scheme=https\nurl.path=/x.php\nurl.query=a=REDACTED\n"
		"server.address=shop.example\n"
		"network.peer.address=/run/fpm.sock\nnetwork.transport=unix\n"
		"network.protocol.name=fastcgi\n");
	assert_request(
		false, secure,
		"http.request.method=GET\nurl.full=https://shop.example:8443/x.php?a=REDACTED\n"
		"server.address=shop.example\n"
		"network.peer.address=/run/fpm.sock\nnetwork.transport=unix\n"
		"network.protocol.name=fastcgi\n");
}

static void assert_response(bool is_server, const char *content, const char *wanted, bool is_error)
{
	struct fastcgi_bytes b = {.used = 0};
	struct sample_exchange s;

	sample_exchange_init(&s, is_server);
	if (*content)
		fastcgi_bytes_record(&b, FASTCGI_STDOUT, view_of_text(content), 0);
	fastcgi_bytes_end(&b);
	describe(&s, MESSAGE_RESPONSE, fastcgi_bytes_view(&b));
	assert_string_equal(sample_exchange_print(&s), wanted);
	assert_int_equal(s.span.status, is_error ? STATUS_ERROR : STATUS_UNSET);
	arena_done(&s.arena);
}

static void describes_responses(void **state)
{
	(void)state;
	assert_response(true, "Content-type: text/html\r\n\r\n", "http.response.status_code=200\n",
			false);
	assert_response(true, "Status: 500 x\r\n\r\n",
			"http.response.status_code=500\nerror.type=500\n", true);
	assert_response(true, "Status: 404 x\r\n\r\n", "http.response.status_code=404\n", false);
	assert_response(false, "Status: 404 x\r\n\r\n",
			"http.response.status_code=404\nerror.type=404\n", true);
	assert_response(false, "", "error.type=_OTHER\n", true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(describes_requests),
		cmocka_unit_test(describes_responses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
