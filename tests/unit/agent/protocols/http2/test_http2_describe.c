/* Golden attributes of HTTP/2 spans: what is not known is left out. */
#include "cmocka_test.h"

#include "protocols/http2/http2_describe.h"
#include "protocols/http2/http2_stream.h"
#include "sample_exchange.h"

static struct sample_exchange s;
static struct message message;
static struct http2_fields *fields = (struct http2_fields *)message.fields;

static void begin(bool is_server)
{
	sample_exchange_init(&s, is_server);
	sample_exchange_addresses(&s, FAMILY_IPV4, "10.0.0.1", 80, "10.0.0.2", 5000);
	memset(&message, 0, sizeof(message));
	fields->grpc_status = GRPC_STATUS_UNKNOWN;
}

static void check(const char *wanted, enum span_status status)
{
	assert_string_equal(sample_exchange_print(&s), wanted);
	assert_int_equal(s.span.status, status);
	arena_done(&s.arena);
}

static void requests(void **state)
{
	(void)state;
	begin(false);
	fields->method = VIEW_LITERAL("GET");
	fields->scheme = VIEW_LITERAL("https");
	fields->authority = VIEW_LITERAL("user:pw@shop");
	fields->path = VIEW_LITERAL("/a?b=1");
	http2_describe_request(&message, &s.exchange, &s.span, &s.arena);
	check("http.request.method=GET\n"
	      "url.full=https://REDACTED:REDACTED@shop/a?b=REDACTED\n"
	      "server.address=shop\nserver.port=443\nnetwork.peer.address=10.0.0.2\n"
	      "network.peer.port=5000\nnetwork.local.address=10.0.0.1\nnetwork.local.port=80\n"
	      "network.protocol.version=2\n",
	      STATUS_UNSET);
	/* Neither method nor path is known. */
	begin(false);
	fields->scheme = VIEW_LITERAL("http");
	fields->has_unknown = true;
	http2_describe_request(&message, &s.exchange, &s.span, &s.arena);
	assert_view(s.span.name, "HTTP");
	check("http.request.method=_OTHER\nserver.address=10.0.0.2\nserver.port=5000\n"
	      "network.peer.address=10.0.0.2\nnetwork.peer.port=5000\n"
	      "network.local.address=10.0.0.1\nnetwork.local.port=80\n"
	      "network.protocol.version=2\nlimpet.headers.incomplete=1\n",
	      STATUS_UNSET);
	begin(true);
	fields->method = VIEW_LITERAL("CONNECT");
	fields->authority = VIEW_LITERAL("db:5432");
	http2_describe_request(&message, &s.exchange, &s.span, &s.arena);
	check("http.request.method=CONNECT\nurl.scheme=http\nserver.address=db\n"
	      "server.port=5432\nnetwork.peer.address=10.0.0.2\nnetwork.peer.port=5000\n"
	      "client.address=10.0.0.2\nnetwork.local.address=10.0.0.1\nnetwork.local.port=80\n"
	      "network.protocol.version=2\n",
	      STATUS_UNSET);
}

static void responses(void **state)
{
	(void)state;
	begin(true);
	fields->status = 404;
	http2_describe_response(&message, &s.exchange, &s.span, &s.arena);
	check("http.response.status_code=404\n", STATUS_UNSET);
	begin(true);
	fields->status = 200;
	fields->has_reset = true;
	fields->reset_code = 2;
	http2_describe_response(&message, &s.exchange, &s.span, &s.arena);
	check("http.response.status_code=200\nerror.type=INTERNAL_ERROR\n", STATUS_ERROR);
	begin(true);
	fields->has_reset = true;
	fields->reset_code = 99;
	http2_describe_response(&message, &s.exchange, &s.span, &s.arena);
	check("error.type=_OTHER\n", STATUS_ERROR);
	begin(true);
	fields->status = 200;
	fields->has_reset = true; /* NO_ERROR: wants no more of the body */
	http2_describe_response(&message, &s.exchange, &s.span, &s.arena);
	check("http.response.status_code=200\n", STATUS_UNSET);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests),
		cmocka_unit_test(responses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
