/* Refinements where HTTP/1 and HTTP/2 meet them: through the real connection room. */
#include "conversation_law.h"
#include "http2_bytes.h"

#include "protocols/http1.h"
#include "protocols/http2/http2.h"
#include "protocols/http_refinements.h"

static struct conversation_fixture f;

static void names_are_unique(void **state)
{
	(void)state;
	for (size_t i = 0; http_refinements[i]; i++)
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(http_refinements[i]->name,
						http_refinements[j]->name);
}

#define END_BOTH (HTTP2_FLAG_END_HEADERS | HTTP2_FLAG_END_STREAM)

/* HTTP/2: the head in one frame, the body in another; the answer's field in a literal. */
static void over_http2(void **state)
{
	static struct http2_bytes asked, answered;
	const char *post[] = {":method", "POST",  ":scheme",  "http",         ":authority",
			      "g",       ":path", "/graphql", "content-type", "application/json",
			      NULL};
	const char *search[] = {":method", "GET",   ":scheme",    "http", ":authority",
				"es",      ":path", "/a/_search", NULL};
	const char *ok[] = {":status", "200", NULL};
	const char *product[] = {":status", "200", "x-elastic-product", "Elasticsearch", NULL};
	struct saying sayings[] = {{MESSAGE_REQUEST, asked.bytes, 0},
				   {MESSAGE_RESPONSE, answered.bytes, 0}};

	(void)state;
	asked.used = answered.used = 0;
	http2_bytes_preface(&asked);
	http2_bytes_headers(&asked, HTTP2_FLAG_END_HEADERS, 1, post);
	http2_bytes_frame(&asked, HTTP2_DATA, HTTP2_FLAG_END_STREAM, 1,
			  VIEW_LITERAL("{\"query\":\"query Me { me }\"}"));
	http2_bytes_headers(&asked, END_BOTH, 3, search);
	http2_bytes_frame(&answered, HTTP2_SETTINGS, 0, 0, VIEW_LITERAL(""));
	http2_bytes_headers(&answered, END_BOTH, 1, ok);
	http2_bytes_headers(&answered, END_BOTH, 3, product);
	sayings[0].size = asked.used;
	sayings[1].size = answered.used;
	conversation_begin(&f, false);
	conversation_open(&f, true);
	conversation_feed_all(&f, sayings, 2);
	conversation_end(&f);
	assert_string_equal(
		f.text,
		"client \"query\" http.client http.request.method=POST url.full=http://g/graphql "
		"network.protocol.version=2 graphql.operation.type=query "
		"graphql.operation.name=Me http.response.status_code=200 (request body 27) "
		"(response body 0)\n"
		"client \"search a\" db http.request.method=GET url.full=http://es/a/_search "
		"network.protocol.version=2 http.response.status_code=200 "
		"db.system.name=elasticsearch db.operation.name=search db.collection.name=a "
		"db.operation.parameter.index=a db.response.status_code=200 (request body 0) "
		"(response body 0)\n");
}

/* RFC 7540 section 3.2: what was asked with HTTP/1 is answered on stream 1, what follows is asked
 * with HTTP/2. */
static void explicit_h2c(void **state)
{
	static struct http2_bytes asked, answered;
	const char *head = "GET /a HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\n"
			   "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n";
	const char *switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
				"Upgrade: h2c\r\n\r\n";
	const char *get[] = {":method", "GET",   ":scheme", "http", ":authority",
			     "h",       ":path", "/b",      NULL};
	const char *ok[] = {":status", "200", NULL};
	struct saying sayings[] = {{MESSAGE_REQUEST, head, 0},
				   {MESSAGE_RESPONSE, switching, 0},
				   {MESSAGE_REQUEST, asked.bytes, 0},
				   {MESSAGE_RESPONSE, answered.bytes, 0}};

	(void)state;
	asked.used = answered.used = 0;
	http2_bytes_preface(&asked);
	http2_bytes_headers(&asked, END_BOTH, 3, get);
	http2_bytes_frame(&answered, HTTP2_SETTINGS, 0, 0, VIEW_LITERAL(""));
	http2_bytes_headers(&answered, END_BOTH, 1, ok);
	http2_bytes_headers(&answered, END_BOTH, 3, ok);
	sayings[2].size = asked.used;
	sayings[3].size = answered.used;
	conversation_law(
		sayings, 4,
		"client \"GET\" http.client http.request.method=GET url.full=http://h/a "
		"network.protocol.version=1.1 http.response.status_code=101 (request body 0) "
		"(response body 0)\n"
		"client \"GET\" http.client http.request.method=GET url.full=http://h/b "
		"network.protocol.version=2 http.response.status_code=200 (request body 0) "
		"(response body 0)\n",
		"server \"GET\" http.server http.request.method=GET url.scheme=http url.path=/a "
		"network.protocol.version=1.1 http.response.status_code=101 (request body 0) "
		"(response body 0)\n"
		"server \"GET\" http.server http.request.method=GET url.scheme=http url.path=/b "
		"network.protocol.version=2 http.response.status_code=200 (request body 0) "
		"(response body 0)\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(names_are_unique),
						  cmocka_unit_test(over_http2),
						  cmocka_unit_test(explicit_h2c)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
