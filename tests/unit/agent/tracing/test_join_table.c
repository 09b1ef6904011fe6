/* Both ends of a connection write the same key, whatever family and namespace they see. */
#include "cmocka_test.h"

#include <arpa/inet.h>
#include "tracing/join_table.h"

static struct connection_identity client, server;
static struct exchange ends[2] = {{.connection = &client, .has_sequence = true},
				  {.connection = &server, .has_sequence = true, .is_server = true}};

static void set_ends(enum connection_family client_family, const char *client_address,
		     const char *server_address, enum connection_family server_family,
		     const char *client_seen, const char *server_seen)
{
	int af = client_family == FAMILY_IPV4 ? AF_INET : AF_INET6;

	memset(&client, 0, sizeof(client));
	memset(&server, 0, sizeof(server));
	client.family = client_family;
	assert_int_equal(inet_pton(af, client_address, client.local_address), 1);
	assert_int_equal(inet_pton(af, server_address, client.peer_address), 1);
	client.local_port = server.peer_port = 50000;
	client.peer_port = server.local_port = 80;
	af = server_family == FAMILY_IPV4 ? AF_INET : AF_INET6;
	server.family = server_family;
	assert_int_equal(inet_pton(af, client_seen, server.peer_address), 1);
	assert_int_equal(inet_pton(af, server_seen, server.local_address), 1);
	client.netns = 1;
	server.netns = 1;
	ends[0].request_sequence = ends[1].request_sequence = 77;
}

static bool are_one(void)
{
	struct join_key a, b;

	assert_true(join_table_key(&ends[0], &a));
	assert_true(join_table_key(&ends[1], &b));
	return memcmp(&a, &b, sizeof(a)) == 0;
}

static void addresses(void **state)
{
	(void)state;
	set_ends(FAMILY_IPV4, "10.0.0.1", "10.0.0.2", FAMILY_IPV4, "10.0.0.1", "10.0.0.2");
	assert_true(are_one());
	server.netns = 2; /* two containers, addresses unique on the host */
	assert_true(are_one());
	ends[1].request_sequence = 78;
	assert_false(are_one());
	set_ends(FAMILY_IPV4, "10.0.0.1", "10.0.0.2", FAMILY_IPV6, "::ffff:10.0.0.1",
		 "::ffff:10.0.0.2");
	assert_true(are_one());
	set_ends(FAMILY_IPV6, "fd00::1", "fd00::2", FAMILY_IPV6, "fd00::1", "fd00::2");
	assert_true(are_one());
	server.peer_port = 50001;
	assert_false(are_one());
	set_ends(FAMILY_IPV4, "10.0.0.1", "10.0.0.2", FAMILY_IPV4, "10.0.0.1", "10.0.0.3");
	assert_false(are_one());
}

static void loopback_is_one_per_namespace(void **state)
{
	static const char *const v6[2] = {"::1", "::ffff:127.0.0.1"};

	(void)state;
	set_ends(FAMILY_IPV4, "127.0.0.1", "127.0.0.1", FAMILY_IPV4, "127.0.0.1", "127.0.0.1");
	assert_true(are_one());
	server.netns = 2;
	assert_false(are_one());
	for (int i = 0; i < 2; i++) {
		set_ends(FAMILY_IPV6, v6[i], v6[i], FAMILY_IPV6, v6[i], v6[i]);
		assert_true(are_one());
		server.netns = 2;
		assert_false(are_one());
	}
	set_ends(FAMILY_IPV4, "127.0.0.1", "127.0.0.1", FAMILY_IPV6, "::ffff:127.0.0.1",
		 "::ffff:127.0.0.1");
	assert_true(are_one());
	/* 127/8 as a whole. */
	set_ends(FAMILY_IPV4, "127.0.0.1", "127.1.2.3", FAMILY_IPV4, "127.0.0.1", "127.1.2.3");
	assert_true(are_one());
}

static void unix_sockets(void **state)
{
	struct join_key key;

	(void)state;
	memset(&client, 0, sizeof(client));
	memset(&server, 0, sizeof(server));
	client.family = server.family = FAMILY_UNIX;
	client.inode = server.peer_inode = 4711;
	client.peer_inode = server.inode = 4712;
	ends[0].request_position = ends[1].request_position = 0;
	assert_true(are_one());
	ends[1].request_position = 10;
	assert_false(are_one());
	/* Not accepted yet when the client first sent: its own inode is enough. */
	client.peer_inode = 0;
	ends[1].request_position = 0;
	assert_true(are_one());
	client.inode = 0;
	assert_false(join_table_key(&ends[0], &key));
}

static void without_sequence(void **state)
{
	struct join_key key;

	(void)state;
	set_ends(FAMILY_IPV4, "10.0.0.1", "10.0.0.2", FAMILY_IPV4, "10.0.0.1", "10.0.0.2");
	ends[0].has_sequence = false;
	assert_false(join_table_key(&ends[0], &key));
	ends[0].has_sequence = true;
}

static void the_oldest_makes_room(void **state)
{
	struct join_table *table;
	struct join_key keys[3] = {{.position = 1}, {.position = 2}, {.position = 3}};

	(void)state;
	assert_int_equal(join_table_new(&table, 2), 0);
	for (int i = 0; i < 3; i++)
		join_table_add(table, &keys[i])->start_ns = (uint64_t)i + 10;
	assert_null(join_table_find(table, &keys[0]));
	assert_int_equal(join_table_find(table, &keys[1])->start_ns, 11);
	/* A key used again begins anew. */
	assert_int_equal(join_table_add(table, &keys[1])->start_ns, 0);
	join_table_remove(table, &keys[1]);
	assert_null(join_table_find(table, &keys[1]));
	join_table_remove(table, &keys[1]);
	join_table_free(&table);
	assert_null(table);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(loopback_is_one_per_namespace),
		cmocka_unit_test(unix_sockets),
		cmocka_unit_test(without_sequence),
		cmocka_unit_test(the_oldest_makes_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
