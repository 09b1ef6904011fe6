/* Addresses as text and attributes. */
#include "cmocka_test.h"

#include "protocols/endpoint.h"
#include "sample_exchange.h"

static void assert_ends(struct sample_exchange *s, const char *local, uint16_t local_port,
			const char *peer, uint16_t peer_port)
{
	struct endpoint endpoint;

	endpoint_local(&s->connection, &endpoint);
	assert_view(endpoint.address, local);
	assert_int_equal(endpoint.port, local_port);
	endpoint_peer(&s->connection, &endpoint);
	assert_view(endpoint.address, peer);
	assert_int_equal(endpoint.port, peer_port);
}

static void formats_addresses(void **state)
{
	struct sample_exchange s;

	(void)state;
	sample_exchange_init(&s, true);
	sample_exchange_addresses(&s, FAMILY_IPV4, "127.0.0.1", 80, "10.20.130.255", 65535);
	assert_ends(&s, "127.0.0.1", 80, "10.20.130.255", 65535);
	sample_exchange_addresses(&s, FAMILY_IPV6, "2001:db8::1", 80, "::ffff:192.168.0.100", 1);
	assert_ends(&s, "2001:db8::1", 80, "192.168.0.100", 1);
	sample_exchange_addresses(&s, FAMILY_IPV6, "::1", 80, "::", 0);
	assert_ends(&s, "::1", 80, "", 0);
	sample_exchange_path(&s, VIEW_LITERAL("/run/app.sock\0\0"));
	assert_ends(&s, "/run/app.sock", 0, "/run/app.sock", 0);
	sample_exchange_path(&s, VIEW_LITERAL("\0abstract\x1b\0x"));
	assert_ends(&s, "@abstract\\x1b\\x00x", 0, "@abstract\\x1b\\x00x", 0);
	memset(s.connection.path, 0xff, sizeof(s.connection.path));
	s.connection.path_size = MAX_UNIX_PATH;
	{
		struct endpoint endpoint;

		endpoint_peer(&s.connection, &endpoint);
		assert_int_equal(endpoint.address.size, 4 * MAX_UNIX_PATH);
	}
}

static void describes(void **state)
{
	struct sample_exchange s;

	(void)state;
	sample_exchange_init(&s, true);
	sample_exchange_addresses(&s, FAMILY_IPV4, "127.0.0.1", 80, "127.0.0.2", 4000);
	endpoint_describe(&s.exchange, &s.span, &s.arena);
	endpoint_describe_server(&s.exchange, &s.span, &s.arena);
	assert_string_equal(sample_exchange_print(&s),
			    "network.peer.address=127.0.0.2\nnetwork.peer.port=4000\n"
			    "client.address=127.0.0.2\n"
			    "network.local.address=127.0.0.1\nnetwork.local.port=80\n"
			    "server.address=127.0.0.1\nserver.port=80\n");
	arena_done(&s.arena);
	sample_exchange_init(&s, false);
	sample_exchange_addresses(&s, FAMILY_IPV4, "127.0.0.1", 4000, "127.0.0.2", 80);
	endpoint_describe(&s.exchange, &s.span, &s.arena);
	endpoint_describe_server(&s.exchange, &s.span, &s.arena);
	assert_string_equal(sample_exchange_print(&s),
			    "network.peer.address=127.0.0.2\nnetwork.peer.port=80\n"
			    "network.local.address=127.0.0.1\nnetwork.local.port=4000\n"
			    "server.address=127.0.0.2\nserver.port=80\n");
	arena_done(&s.arena);
	sample_exchange_init(&s, true);
	sample_exchange_path(&s, VIEW_LITERAL("/run/a"));
	endpoint_describe(&s.exchange, &s.span, &s.arena);
	endpoint_describe_server(&s.exchange, &s.span, &s.arena);
	assert_string_equal(sample_exchange_print(&s),
			    "network.peer.address=/run/a\nnetwork.transport=unix\n"
			    "server.address=/run/a\n");
	arena_done(&s.arena);
}

static void says_nothing_of_what_it_does_not_know(void **state)
{
	struct sample_exchange s;

	(void)state;
	sample_exchange_init(&s, false);
	s.connection.family = FAMILY_IPV4;
	endpoint_describe(&s.exchange, &s.span, &s.arena);
	endpoint_describe_server(&s.exchange, &s.span, &s.arena);
	assert_int_equal(s.span.attributes.count, 0);
	s.exchange.connection = NULL;
	endpoint_describe(&s.exchange, &s.span, &s.arena);
	endpoint_describe_server(&s.exchange, &s.span, &s.arena);
	assert_int_equal(s.span.attributes.count, 0);
	arena_done(&s.arena);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_addresses),
		cmocka_unit_test(describes),
		cmocka_unit_test(says_nothing_of_what_it_does_not_know),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
