/* Spans of Elasticsearch and OpenSearch, and of what only looks like them. */
#include "refined_http.h"

#define PRODUCT "X-elastic-product: Elasticsearch\r\nContent-Length: 0\r\n\r\n"
#define WORDS   "db elasticsearch error"

static void check(bool is_server, const char *request, const char *answer, const char *wanted)
{
	assert_string_equal(refined_http(is_server, request, answer, strlen(answer), WORDS),
			    wanted);
}

static void by_what_the_server_says(void **state)
{
	(void)state;
	check(false, "POST /orders/_search?q=secret HTTP/1.1\r\nHost: es:9200\r\n\r\n",
	      "HTTP/1.1 200 OK\r\n" PRODUCT,
	      "search orders|db|db.system.name=elasticsearch db.operation.name=search "
	      "db.collection.name=orders db.operation.parameter.index=orders "
	      "db.response.status_code=200 ");
	check(true, "GET /orders/_doc/17 HTTP/1.1\r\nHost: es:9200\r\n\r\n",
	      "HTTP/1.1 404 Not Found\r\n" PRODUCT,
	      "get orders|db|db.system.name=elasticsearch db.operation.name=get "
	      "db.collection.name=orders db.operation.parameter.index=orders "
	      "db.response.status_code=404 ");
	check(false, "GET /a%2Cb/_count HTTP/1.1\r\nHost: es:9200\r\n\r\n",
	      "HTTP/1.1 503 Busy\r\nX-Found-Handling-Cluster: shop\r\n"
	      "X-Found-Handling-Instance: instance-1\r\n" PRODUCT,
	      "count a,b|db|error.type=503 db.system.name=elasticsearch db.operation.name=count "
	      "db.collection.name=a,b db.operation.parameter.index=a,b "
	      "db.response.status_code=503 db.namespace=shop "
	      "elasticsearch.node.name=instance-1 ");
	check(false, "POST /_plugins/_new HTTP/1.1\r\nHost: os\r\n\r\n",
	      "HTTP/1.1 200 OK\r\nX-OpenSearch-Version: OpenSearch/3.0.0 (opensearch)\r\n\r\n",
	      "opensearch|db|db.system.name=opensearch db.response.status_code=200 ");
	assert_string_equal(refined.span.origin, "auto.db.ebpf");
}

static void by_its_client(void **state)
{
	const char *answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";
	const char *search = "opensearch-py/2.4.2 (Python 3.11.2)";
	char request[256];

	(void)state;
	snprintf(request, sizeof(request),
		 "PUT /a/_doc/1 HTTP/1.1\r\nHost: os\r\nUser-Agent: %s\r\n\r\n", search);
	check(false, request, answer,
	      "index a|db|db.system.name=opensearch db.operation.name=index "
	      "db.collection.name=a db.operation.parameter.index=a "
	      "db.response.status_code=200 ");
	/* Such a client behind a proxy that answers itself. */
	check(false, request, "HTTP/1.1 502 Bad\r\nContent-Type: text/html\r\n\r\n",
	      "PUT|http.client|error.type=502 ");
	check(false, "GET /a/_search HTTP/1.1\r\nUser-Agent: elasticsearch-py/7.17.6\r\n\r\n",
	      answer,
	      "search a|db|db.system.name=elasticsearch db.operation.name=search "
	      "db.collection.name=a db.operation.parameter.index=a "
	      "db.response.status_code=200 ");
	check(false, "GET /a/_search HTTP/1.1\r\n\r\n",
	      "HTTP/1.1 200 OK\r\n"
	      "Content-Type: application/vnd.elasticsearch+json;compatible-with=8\r\n\r\n",
	      "search a|db|db.system.name=elasticsearch db.operation.name=search "
	      "db.collection.name=a db.operation.parameter.index=a "
	      "db.response.status_code=200 ");
}

static void nobody_else(void **state)
{
	const char *json = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";

	(void)state;
	check(false, "POST /orders/_search HTTP/1.1\r\nHost: h:9200\r\n\r\n", json,
	      "POST|http.client|");
	check(false, "GET /x HTTP/1.1\r\nX-Elastic-Product: Elasticsearch\r\n\r\n", json,
	      "GET|http.client|");
	check(false, "GET /a/b/c HTTP/1.1\r\nUser-Agent: opensearch-py/2\r\n\r\n", json,
	      "GET|http.client|");
	check(true, "GET /x HTTP/1.1\r\n\r\n",
	      "HTTP/1.1 200 OK\r\nX-elastic-product: Kibana\r\n\r\n", "GET|http.server|");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(by_what_the_server_says),
						  cmocka_unit_test(by_its_client),
						  cmocka_unit_test(nobody_else)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
