/* The word before a span's name. */
#include "overview/span_system.h"

#include "base/arena.h"
#include "cmocka_test.h"

static struct span span;
static struct arena arena;

static void expect(const char *key, const char *value, const char *name, const char *wanted)
{
	memset(&span, 0, sizeof(span));
	arena_init(&arena, 4096);
	span.name = view_of_text(name);
	if (key)
		attribute_set_string(&span.attributes, &arena, key, view_of_text(value));
	assert_true(view_equals(span_system(&span), view_of_text(wanted)));
	arena_done(&arena);
}

static void words(void **state)
{
	(void)state;
	expect(NULL, NULL, "GET /", "");
	expect("db.system.name", "redis", "GET", "redis");
	expect("db.system.name", "postgresql", "SELECT orders", "postgresql");
	expect("db.system.name", "mongodb", "mongodb", "");
	expect("messaging.system", "kafka", "send orders", "kafka");
	expect("rpc.system.name", "grpc", "shop.Cart/Add", "grpc");
	expect("network.protocol.name", "grpc", "shop.Cart/Add", "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(words)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
