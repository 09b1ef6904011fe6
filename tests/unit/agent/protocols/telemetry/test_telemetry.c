/* An SDK's own requests are told by their path and type, envelopes by what they say they hold. */
#include "protocols/telemetry/telemetry.h"

#include "refined_http.h"

static const char *sent(const char *request)
{
	static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

	return refined_http(false, request, ok, sizeof(ok) - 1, "limpet");
}

#define POST(path, type) "POST " path " HTTP/1.1\r\nHost: c:4318\r\nContent-Type: " type "\r\n"
#define ENVELOPE(path, body)                                                                       \
	POST(path, "application/x-sentry-envelope") "Content-Length: 200\r\n\r\n" body

static void otlp(void **state)
{
	(void)state;
	assert_string_equal(sent(POST("/v1/traces", "application/x-protobuf") "\r\n"),
			    "POST|http.client|limpet.telemetry=otlp.traces ");
	assert_string_equal(sent(POST("/otlp/v1/logs", "application/json; charset=utf-8") "\r\n"),
			    "POST|http.client|limpet.telemetry=otlp.logs ");
	assert_string_equal(sent(POST("/v1/metrics", "Application/X-Protobuf") "\r\n"),
			    "POST|http.client|limpet.telemetry=otlp.metrics ");
}

static void somebody_elses(void **state)
{
	(void)state;
	assert_string_equal(sent(POST("/v1/traces", "text/html") "\r\n"), "POST|http.client|");
	assert_string_equal(sent(POST("/v1/traces/9", "application/json") "\r\n"),
			    "POST|http.client|");
	assert_string_equal(sent("GET /v1/traces HTTP/1.1\r\nHost: a\r\nContent-Type: "
				 "application/json\r\n\r\n"),
			    "GET|http.client|");
	assert_string_equal(sent(POST("/api/x/envelope/", "text/plain") "\r\n"),
			    "POST|http.client|");
	assert_string_equal(sent(POST("/api//envelope/", "text/plain") "\r\n"),
			    "POST|http.client|");
	assert_string_equal(sent(POST("/envelope", "text/plain") "\r\n"), "POST|http.client|");
}

static void envelopes(void **state)
{
	(void)state;
	assert_string_equal(sent(ENVELOPE("/api/42/envelope/", "")),
			    "POST|http.client|limpet.telemetry=sentry ");
	assert_string_equal(sent(ENVELOPE("/sentry/api/42/envelope", "\x1f\x8b\x08")),
			    "POST|http.client|limpet.telemetry=sentry ");
	assert_string_equal(sent(ENVELOPE("/api/1/envelope/", "{\"dsn\":\"x\"}\n"
							      "{\"type\":\"event\"}\n{}")),
			    "POST|http.client|limpet.telemetry=sentry.errors ");
	assert_string_equal(
		sent(ENVELOPE("/api/1/envelope/", "{}\n{\"type\":\"a\"}\n{}\n"
						  "{\"length\":2,\"type\": \"transaction\"}\n{}")),
		"POST|http.client|limpet.telemetry=sentry.traces ");
	assert_string_equal(sent(ENVELOPE("/api/1/envelope/", "{}\n{\"type\":\"session\"}\n{}")),
			    "POST|http.client|limpet.telemetry=sentry.other ");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(otlp),
		cmocka_unit_test(somebody_elses),
		cmocka_unit_test(envelopes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
