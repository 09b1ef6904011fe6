/* Spans of GraphQL over HTTP/1, and that nothing of what a request carries gets into them. */
#include "refined_http.h"

#include "protocols/http_refinement.h"

#define OK "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n"

static void check(bool is_server, const char *request, const char *wanted)
{
	const char *found = refined_http(is_server, request, OK, strlen(OK), "graphql");

	assert_string_equal(found, wanted);
	found = refined_http(is_server, request, OK, strlen(OK),
			     "graphql url http server network user_agent client error");
	assert_null(strstr(found, "4111"));
}

static void posts(void **state)
{
	const char *json = "POST /graphql HTTP/1.1\r\nHost: h\r\nContent-Type: application/json; "
			   "charset=utf-8\r\nContent-Length: 78\r\n\r\n{\"query\":\"mutation Pay { "
			   "pay(card: \\\"4111\\\") }\",\"variables\":{\"card\":\"4111\"}}      ";

	(void)state;
	check(true, json,
	      "mutation|http.server|graphql.operation.type=mutation graphql.operation.name=Pay ");
	check(false, json,
	      "mutation|http.client|graphql.operation.type=mutation graphql.operation.name=Pay ");
	check(true,
	      "POST /api HTTP/1.1\r\nContent-Type: application/graphql\r\nContent-Length: 9\r\n"
	      "\r\n{ a { b}}",
	      "query|http.server|graphql.operation.type=query ");
	check(true,
	      "POST /api HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked"
	      "\r\n\r\nb\r\n{\"query\":\"{\r\n7\r\n a } \"}\r\n0\r\n\r\n",
	      "query|http.server|graphql.operation.type=query ");
	check(true,
	      "POST /api HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n"
	      "{\"query\":\"query A { a(b: \\\"4111",
	      "GraphQL Operation|http.server|");
}

static void gets(void **state)
{
	(void)state;
	check(true, "GET /graphql?query=query+A%7Ba(b:4111)%7D HTTP/1.1\r\n\r\n",
	      "query|http.server|graphql.operation.type=query graphql.operation.name=A ");
}

static void nobody_else(void **state)
{
	(void)state;
	check(true,
	      "POST /graphql HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 7\r\n"
	      "\r\n{\"a\":1}",
	      "POST|http.server|");
	check(true,
	      "POST /graphql HTTP/1.1\r\nContent-Type: text/plain\r\nContent-Length: 15\r\n"
	      "\r\n{\"query\":\"{a}\"}",
	      "POST|http.server|");
	check(true, "GET /graphql?query=shoes HTTP/1.1\r\n\r\n", "GET|http.server|");
	check(true, "POST /graphql HTTP/1.1\r\nContent-Type: application/json\r\n\r\n",
	      "POST|http.server|");
}

/* A later piece of a body is not its beginning, whatever it looks like. */
static void only_the_beginning(void **state)
{
	(void)state;
	sample_exchange_init(&refined, true);
	refined.span.notes = HTTP_NOTE_GRAPHQL_BODY;
	refined.exchange.request_body_bytes = 80;
	protocol_http1.describe_body(MESSAGE_REQUEST, VIEW_LITERAL("{\"query\":\"{ a }\"}"),
				     &refined.exchange, &refined.span, &refined.arena);
	refined.exchange.request_body_bytes = 0;
	protocol_http1.describe_body(MESSAGE_REQUEST, VIEW_LITERAL("{\"query\":\"{ a }\"}"),
				     &refined.exchange, &refined.span, &refined.arena);
	assert_null(attribute_find(&refined.span.attributes, "graphql.operation.type"));
	arena_done(&refined.arena);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(posts), cmocka_unit_test(gets),
						  cmocka_unit_test(nobody_else),
						  cmocka_unit_test(only_the_beginning)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
