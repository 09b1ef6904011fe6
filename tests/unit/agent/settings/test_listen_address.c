/* Where to listen: a port is loopback, more must be said. */
#include "settings/listen_address.h"

#include "cmocka_test.h"

#include <arpa/inet.h>
#include <errno.h>

static void assert_v4(const char *text, const char *address, unsigned port, bool is_loopback)
{
	struct listen_address parsed;
	char shown[64];

	assert_int_equal(listen_address_parse(view_of_text(text), &parsed), 0);
	assert_int_equal(parsed.v4.sin_family, AF_INET);
	assert_string_equal(inet_ntop(AF_INET, &parsed.v4.sin_addr, shown, sizeof(shown)), address);
	assert_int_equal(ntohs(parsed.v4.sin_port), port);
	assert_int_equal(parsed.is_loopback, is_loopback);
	assert_false(parsed.is_off);
}

static void test_good(void **state)
{
	struct listen_address parsed;
	char shown[64];

	(void)state;
	assert_v4("9464", "127.0.0.1", 9464, true);
	assert_v4("0", "127.0.0.1", 0, true);
	assert_v4("127.0.0.2:65535", "127.0.0.2", 65535, true);
	assert_v4("0.0.0.0:80", "0.0.0.0", 80, false);
	assert_int_equal(listen_address_parse(VIEW_LITERAL("[::1]:9464"), &parsed), 0);
	assert_string_equal(inet_ntop(AF_INET6, &parsed.v6.sin6_addr, shown, sizeof(shown)), "::1");
	assert_int_equal(ntohs(parsed.v6.sin6_port), 9464);
	assert_true(parsed.is_loopback);
	assert_int_equal(listen_address_parse(VIEW_LITERAL("[::]:9464"), &parsed), 0);
	assert_false(parsed.is_loopback);
	assert_int_equal(listen_address_parse(VIEW_LITERAL("off"), &parsed), 0);
	assert_true(parsed.is_off);
}

static void test_bad(void **state)
{
	static const char *const bad[] = {
		"",        "on",          "65536",       "-1",          ":9464", "localhost:9464",
		"1.2.3:1", "1.2.3.4:",    "1.2.3.4:x",   "::1:9464",    "[::1]", "[::1]9464",
		"[]:1",    "[::1]:70000", "[1.2.3.4]:1", "1.2.3.4:1:1", "9464 ", "[::g]:1",
	};
	struct listen_address parsed = {.is_off = true}, untouched = parsed;
	char long_text[300];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (listen_address_parse(view_of_text(bad[i]), &parsed) != -EINVAL)
			fail_msg("'%s' is taken", bad[i]);
	memset(long_text, '1', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	assert_int_equal(listen_address_parse(view_of_text(long_text), &parsed), -EINVAL);
	long_text[200] = ':';
	assert_int_equal(listen_address_parse(view_of_text(long_text), &parsed), -EINVAL);
	assert_memory_equal(&parsed, &untouched, sizeof(parsed));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
