/* Requests: the URL put together, never with its query. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/arena.h"
#include "exporters/sentry/request_encoder.h"

static struct arena arena;
static struct attribute_list attributes;

static int set_up(void **state)
{
	(void)state;
	arena_init(&arena, 65536);
	attributes = (struct attribute_list){0};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static void set(const char *key, const char *value)
{
	attribute_set_static(&attributes, &arena, key, value);
}

static void assert_request(const char *expected)
{
	json_t *request = request_encoder_encode(&attributes);
	char *text = json_dumps(request, JSON_COMPACT);

	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
	json_decref(request);
}

static void is_made_of_what_is_known(void **state)
{
	(void)state;
	assert_request("{}");
	set("http.request.method", "GET");
	assert_request("{\"method\":\"GET\"}");
	set("url.path", "/orders/17");
	assert_request("{\"method\":\"GET\",\"url\":\"/orders/17\"}");
	set("server.address", "shop.local");
	assert_request("{\"method\":\"GET\",\"url\":\"http://shop.local/orders/17\"}");
	set("url.scheme", "https");
	attribute_set_integer(&attributes, &arena, "server.port", 443);
	assert_request("{\"method\":\"GET\",\"url\":\"https://shop.local/orders/17\"}");
	attribute_set_integer(&attributes, &arena, "server.port", 8443);
	set("server.address", "::1");
	assert_request("{\"method\":\"GET\",\"url\":\"https://[::1]:8443/orders/17\"}");
}

static void has_no_query(void **state)
{
	(void)state;
	set("url.path", "/orders?card=4711#top");
	assert_request("{\"url\":\"/orders\"}");
	set("url.path", "/orders#top?card=4711");
	assert_request("{\"url\":\"/orders\"}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(is_made_of_what_is_known, set_up, tear_down),
		cmocka_unit_test_setup_teardown(has_no_query, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
