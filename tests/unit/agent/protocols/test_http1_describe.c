/* Golden attributes of HTTP spans. */
#include "cmocka_test.h"

#include "protocols/http1.h"
#include "sample_exchange.h"

/* Parses the head and describes it; the span's name afterwards is "name|operation". */
static void describe(struct sample_exchange *s, enum message_kind kind, const char *head,
		     bool is_final)
{
	unsigned char pair_state[PROTOCOL_PAIR_STATE_BYTES] = {0};
	struct view bytes = exact_copy(view_of_text(head));
	struct message message;
	size_t consumed;

	assert_int_equal(
		protocol_http1.parse(kind, bytes, is_final, pair_state, &message, &consumed),
		PARSE_DONE);
	if (kind == MESSAGE_REQUEST)
		protocol_http1.describe_request(&message, &s->exchange, &s->span, &s->arena);
	else
		protocol_http1.describe_response(&message, &s->exchange, &s->span, &s->arena);
	free_copy(bytes); /* what the span keeps must be its own */
}

static void init(struct sample_exchange *s, bool is_server)
{
	sample_exchange_init(s, is_server);
	if (is_server)
		sample_exchange_addresses(s, FAMILY_IPV4, "10.0.0.1", 8080, "10.0.0.2", 40000);
	else
		sample_exchange_addresses(s, FAMILY_IPV4, "10.0.0.2", 40000, "10.0.0.1", 8080);
}

#define SERVER_TAIL                                                                                \
	"network.peer.address=10.0.0.2\nnetwork.peer.port=40000\nclient.address=10.0.0.2\n"        \
	"network.local.address=10.0.0.1\nnetwork.local.port=8080\n"                                \
	"network.protocol.version=1.1\n"
#define CLIENT_TAIL                                                                                \
	"network.peer.address=10.0.0.1\nnetwork.peer.port=8080\n"                                  \
	"network.local.address=10.0.0.2\nnetwork.local.port=40000\n"                               \
	"network.protocol.version=1.1\n"

static void assert_request(bool is_server, const char *head, const char *wanted)
{
	struct sample_exchange s;

	init(&s, is_server);
	describe(&s, MESSAGE_REQUEST, head, false);
	assert_string_equal(sample_exchange_print(&s), wanted);
	assert_int_equal(s.span.kind, is_server ? SPAN_SERVER : SPAN_CLIENT);
	assert_string_equal(s.span.operation, is_server ? "http.server" : "http.client");
	assert_string_equal(s.span.origin, "auto.http.ebpf");
	assert_int_equal(s.span.attributes.dropped_count, 0);
	arena_done(&s.arena);
}

static void describes_server_requests(void **state)
{
	(void)state;
	assert_request(true,
		       "GET /orders/17?user=joe&token=abc HTTP/1.1\r\nHost: shop.example:8080\r\n"
		       "User-Agent: curl/7.88.1\r\n\r\n",
		       "http.request.method=GET\nurl.scheme=http\nurl.path=/orders/17\n"
		       "url.query=user=REDACTED&token=REDACTED\n"
		       "server.address=shop.example\nserver.port=8080\n" SERVER_TAIL
		       "user_agent.original=curl/7.88.1\n");
	assert_request(true, "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n",
		       "http.request.method=GET\nurl.scheme=http\nurl.path=/\n"
		       "server.address=shop.example\nserver.port=80\n" SERVER_TAIL);
	assert_request(true, "GET https://u:p@a.example/x HTTP/1.1\r\nHost: b.example\r\n\r\n",
		       "http.request.method=GET\nurl.scheme=https\nurl.path=/x\n"
		       "server.address=a.example\nserver.port=443\n" SERVER_TAIL);
	assert_request(true, "OPTIONS * HTTP/1.1\r\n\r\n",
		       "http.request.method=OPTIONS\nurl.scheme=http\nurl.path=*\n"
		       "server.address=10.0.0.1\nserver.port=8080\n" SERVER_TAIL);
	assert_request(true, "CONNECT db.example:5432 HTTP/1.1\r\nHost: db.example:5432\r\n\r\n",
		       "http.request.method=CONNECT\nurl.scheme=http\n"
		       "server.address=db.example\nserver.port=5432\n" SERVER_TAIL);
	assert_request(
		true, "PROPFIND /dav HTTP/1.1\r\nHost: [::1]:81\r\nUser-Agent: a\r\n b\xff\r\n\r\n",
		"http.request.method=_OTHER\nhttp.request.method_original=PROPFIND\n"
		"url.scheme=http\nurl.path=/dav\nserver.address=::1\nserver.port=81\n" SERVER_TAIL
		"user_agent.original=a b\xef\xbf\xbd\n");
}

static void describes_client_requests(void **state)
{
	(void)state;
	assert_request(
		false,
		"POST /pay?card=4111&x HTTP/1.1\r\nHost: pay.example\r\nUser-Agent: x\r\n\r\n",
		"http.request.method=POST\n"
		"url.full=http://pay.example/pay?card=REDACTED&REDACTED\n"
		"server.address=pay.example\nserver.port=80\n" CLIENT_TAIL);
	assert_request(false,
		       "get http://user:secret@pay.example:81?a=b HTTP/1.1\r\nHost: p\r\n\r\n",
		       "http.request.method=_OTHER\nhttp.request.method_original=get\n"
		       "url.full=http://REDACTED:REDACTED@pay.example:81/?a=REDACTED\n"
		       "server.address=pay.example\nserver.port=81\n" CLIENT_TAIL);
	assert_request(false, "GET /a HTTP/1.1\r\n\r\n",
		       "http.request.method=GET\nurl.full=http://10.0.0.1:8080/a\n"
		       "server.address=10.0.0.1\nserver.port=8080\n" CLIENT_TAIL);
	assert_request(false, "GET /a HTTP/1.1\r\nHost: u:secret@pay.example\r\n\r\n",
		       "http.request.method=GET\nurl.full=http://REDACTED:REDACTED@pay.example/a\n"
		       "server.address=pay.example\nserver.port=80\n" CLIENT_TAIL);
	assert_request(false, "CONNECT db.example:5432 HTTP/1.1\r\n\r\n",
		       "http.request.method=CONNECT\nurl.full=http://db.example:5432\n"
		       "server.address=db.example\nserver.port=5432\n" CLIENT_TAIL);
}

static void names_spans(void **state)
{
	struct sample_exchange s;

	(void)state;
	init(&s, true);
	describe(&s, MESSAGE_REQUEST, "DELETE /secret/path HTTP/1.0\r\n\r\n", false);
	assert_view(s.span.name, "DELETE");
	assert_view(attribute_string(&s.span.attributes, "network.protocol.version"), "1.0");
	describe(&s, MESSAGE_REQUEST, "Delete /secret/path HTTP/1.1\r\n\r\n", false);
	assert_view(s.span.name, "HTTP");
	arena_done(&s.arena);
}

static void describes_other_families(void **state)
{
	struct sample_exchange s;

	(void)state;
	sample_exchange_init(&s, false);
	sample_exchange_addresses(&s, FAMILY_IPV6, "::1", 40000, "::1", 8080);
	describe(&s, MESSAGE_REQUEST, "GET /a HTTP/1.0\r\n\r\n", false);
	assert_view(attribute_string(&s.span.attributes, "url.full"), "http://[::1]:8080/a");
	arena_done(&s.arena);
	sample_exchange_init(&s, false);
	sample_exchange_path(&s, VIEW_LITERAL("/run/docker.sock"));
	describe(&s, MESSAGE_REQUEST, "GET /info HTTP/1.1\r\nHost: docker\r\n\r\n", false);
	assert_string_equal(sample_exchange_print(&s),
			    "http.request.method=GET\nurl.full=http://docker/info\n"
			    "server.address=docker\nnetwork.peer.address=/run/docker.sock\n"
			    "network.transport=unix\nnetwork.protocol.version=1.1\n");
	arena_done(&s.arena);
	sample_exchange_init(&s, true);
	sample_exchange_path(&s, VIEW_LITERAL("/run/app.sock"));
	describe(&s, MESSAGE_REQUEST, "GET /info HTTP/1.0\r\n\r\n", false);
	assert_string_equal(sample_exchange_print(&s),
			    "http.request.method=GET\nurl.scheme=http\nurl.path=/info\n"
			    "server.address=/run/app.sock\nnetwork.peer.address=/run/app.sock\n"
			    "network.transport=unix\nnetwork.protocol.version=1.0\n");
	arena_done(&s.arena);
}

static void describes_responses(void **state)
{
	static const struct {
		bool is_server;
		int status;
		bool is_error;
	} rows[] = {
		{true, 101, false},  {true, 200, false}, {true, 302, false}, {true, 404, false},
		{true, 499, false},  {true, 500, true},  {true, 503, true},  {false, 200, false},
		{false, 399, false}, {false, 400, true}, {false, 404, true}, {false, 500, true},
	};
	struct sample_exchange s;
	char text[64], wanted[96];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		init(&s, rows[i].is_server);
		snprintf(text, sizeof(text), "HTTP/1.1 %d x\r\n\r\n", rows[i].status);
		describe(&s, MESSAGE_RESPONSE, text, false);
		snprintf(wanted, sizeof(wanted), "http.response.status_code=%d\n", rows[i].status);
		if (rows[i].is_error)
			snprintf(wanted + strlen(wanted), sizeof(wanted) - strlen(wanted),
				 "error.type=%d\n", rows[i].status);
		assert_string_equal(sample_exchange_print(&s), wanted);
		assert_int_equal(s.span.http_status, rows[i].status);
		assert_int_equal(s.span.status, rows[i].is_error ? STATUS_ERROR : STATUS_UNSET);
		arena_done(&s.arena);
	}
}

/* Cut anywhere, no credential and no value of the query may show. */
static void leaks_nothing_when_truncated(void **state)
{
	static const char text[] =
		"GET http://user:secret@pay.example/a?key=secret&secret HTTP/1.1\r\n\r\n";
	struct sample_exchange s;

	(void)state;
	for (size_t cut = 5; cut < sizeof(text); cut++) {
		char head[sizeof(text)];

		memcpy(head, text, cut);
		head[cut] = '\0';
		for (int is_server = 0; is_server < 2; is_server++) {
			init(&s, is_server);
			describe(&s, MESSAGE_REQUEST, head, true);
			assert_null(strstr(sample_exchange_print(&s), "sec"));
			assert_null(strstr(sample_exchange_print(&s), "user:"));
			arena_done(&s.arena);
		}
	}
}

static void caps_values(void **state)
{
	struct sample_exchange s;
	char *head = malloc(40000);
	size_t used = (size_t)sprintf(head, "GET /");

	(void)state;
	memset(head + used, 'p', 5000);
	used += 5000;
	used += (size_t)sprintf(head + used, "?a=1&");
	memset(head + used, 'q', 5000);
	used += 5000;
	used += (size_t)sprintf(head + used, "=1 HTTP/1.1\r\nHost: ");
	memset(head + used, 'h', 5000);
	used += 5000;
	used += (size_t)sprintf(head + used, "\r\nUser-Agent: ");
	memset(head + used, 'u', 5000);
	used += 5000;
	sprintf(head + used, "\r\n\r\n");
	init(&s, true);
	describe(&s, MESSAGE_REQUEST, head, false);
	assert_int_equal(attribute_string(&s.span.attributes, "url.path").size, 1024);
	assert_view(attribute_string(&s.span.attributes, "url.query"), "a=REDACTED");
	assert_int_equal(attribute_string(&s.span.attributes, "server.address").size, 255);
	assert_int_equal(attribute_string(&s.span.attributes, "user_agent.original").size, 256);
	arena_done(&s.arena);
	init(&s, false);
	describe(&s, MESSAGE_REQUEST, head, false);
	assert_in_range(attribute_string(&s.span.attributes, "url.full").size, 1024, 2048);
	arena_done(&s.arena);
	free(head);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(describes_server_requests),
		cmocka_unit_test(describes_client_requests),
		cmocka_unit_test(names_spans),
		cmocka_unit_test(describes_other_families),
		cmocka_unit_test(describes_responses),
		cmocka_unit_test(leaks_nothing_when_truncated),
		cmocka_unit_test(caps_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
