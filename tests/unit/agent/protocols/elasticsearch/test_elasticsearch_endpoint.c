/* Methods and paths, and the operations they are. */
#include "cmocka_test.h"

#include "protocols/elasticsearch/elasticsearch_endpoint.h"

static void check(const char *method, const char *path, const char *operation, const char *index)
{
	struct elasticsearch_endpoint found;

	assert_true(elasticsearch_endpoint_find(view_of_text(method), view_of_text(path), &found));
	assert_string_equal(found.operation, operation);
	assert_view(found.index, index);
}

static void known(void **state)
{
	(void)state;
	check("GET", "/", "info", "");
	check("HEAD", "/", "ping", "");
	check("POST", "/_search", "search", "");
	check("GET", "/logs-1,logs-2/_search", "search", "logs-1,logs-2");
	check("POST", "/_all/_search", "search", "_all");
	check("PUT", "/orders/_doc/17", "index", "orders");
	check("POST", "/orders/_doc", "index", "orders");
	check("POST", "/orders/_doc/", "index", "orders");
	check("GET", "/orders/_doc/17", "get", "orders");
	check("HEAD", "/orders/_doc/17", "exists", "orders");
	check("DELETE", "/orders/_doc/17", "delete", "orders");
	check("PUT", "/_bulk", "bulk", "");
	check("POST", "/orders/_bulk", "bulk", "orders");
	check("POST", "/_search/scroll", "scroll", "");
	check("DELETE", "/_search/scroll/abc", "clear_scroll", "");
	check("GET", "/_cat/indices/o*", "cat.indices", "o*");
	check("GET", "/_cluster/health", "cluster.health", "");
	check("POST", "/_tasks/n:1/_cancel", "tasks.cancel", "");
	check("PUT", "/orders", "indices.create", "orders");
	check("HEAD", "/orders", "indices.exists", "orders");
	check("DELETE", "/orders", "indices.delete", "orders");
	check("POST", "/_snapshot/a/b/_restore", "snapshot.restore", "");
}

static void unknown(void **state)
{
	static const char *const cases[][2] = {
		{"GET", ""},
		{"GET", "orders"},
		{"PATCH", "/orders"},
		{"POST", "/orders"},
		{"GET", "/_nobody"},
		{"GET", "/orders/_doc/17/a"},
		{"GET", "//_search"},
		{"GET", "/orders/_search/x"},
		{"GET", "/_x/_search"},
		{"POST", "/a/b/c/d/e"},
		{"PUT", "/orders/_doc/"},
		{"GET", "*"},
		{"", "/_search"},
		{"DELETE", "/_search"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct elasticsearch_endpoint found = {.operation = "untouched"};

		assert_false(elasticsearch_endpoint_find(view_of_text(cases[i][0]),
							 view_of_text(cases[i][1]), &found));
		assert_string_equal(found.operation, "untouched");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(known),
						  cmocka_unit_test(unknown)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
