/* The two ends of a connection. The key is written from the client's point of view by both. */
#include "tracing/join_table.h"

#include <errno.h>
#include <stdlib.h>
#include "base/hash_map.h"

struct join_table {
	struct hash_map *entries;
};

int join_table_new(struct join_table **ret, size_t max_entries)
{
	struct join_table *table = calloc(1, sizeof(*table));
	int err;

	if (!table)
		return -ENOMEM;
	err = hash_map_new(&table->entries, sizeof(struct join_key), sizeof(struct join_entry),
			   max_entries);
	if (err < 0) {
		free(table);
		return err;
	}
	*ret = table;
	return 0;
}

void join_table_free(struct join_table **table)
{
	if (!*table)
		return;
	hash_map_free(&(*table)->entries);
	free(*table);
	*table = NULL;
}

static bool is_loopback(const struct connection_identity *connection)
{
	static const uint8_t loopback6[16] = {[15] = 1};
	static const uint8_t mapped[13] = {[10] = 0xff, [11] = 0xff, [12] = 127};

	if (connection->family == FAMILY_IPV4)
		return connection->peer_address[0] == 127;
	return memcmp(connection->peer_address, loopback6, sizeof(loopback6)) == 0 ||
	       memcmp(connection->peer_address, mapped, sizeof(mapped)) == 0;
}

/* An IPv4 connection on a dual-stack socket has mapped addresses on one end and plain ones on the
 * other. */
static void copy_address(uint8_t to[16], const uint8_t *from, enum connection_family family)
{
	static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};

	if (family == FAMILY_IPV4)
		memcpy(to, from, 4);
	else if (memcmp(from, prefix, sizeof(prefix)) == 0)
		memcpy(to, from + sizeof(prefix), 4);
	else
		memcpy(to, from, 16);
}

bool join_table_key(const struct exchange *exchange, struct join_key *ret)
{
	const struct connection_identity *connection = exchange->connection;
	bool is_server = exchange->is_server;

	memset(ret, 0, sizeof(*ret));
	if (connection->is_tls) {
		ret->family = JOIN_BY_RANDOM;
		memcpy(ret->client_address, connection->tls.random, sizeof(ret->client_address));
		ret->position = exchange->request_position;
		return connection->is_from_start && connection->tls.has_random;
	}
	if (connection->family == FAMILY_UNIX) {
		ret->family = FAMILY_UNIX;
		ret->client_inode = is_server ? connection->peer_inode : connection->inode;
		ret->position = exchange->request_position;
		return ret->client_inode != 0;
	}
	if (!exchange->has_sequence)
		return false;
	copy_address(ret->client_address,
		     is_server ? connection->peer_address : connection->local_address,
		     connection->family);
	copy_address(ret->server_address,
		     is_server ? connection->local_address : connection->peer_address,
		     connection->family);
	ret->client_port = is_server ? connection->peer_port : connection->local_port;
	ret->server_port = is_server ? connection->local_port : connection->peer_port;
	ret->position = exchange->request_sequence;
	ret->netns = is_loopback(connection) ? connection->netns : 0;
	return true;
}

struct join_entry *join_table_add(struct join_table *table, const struct join_key *key)
{
	struct join_entry *entry = hash_map_add(table->entries, key, NULL);

	if (!entry && hash_map_oldest(table->entries)) {
		hash_map_remove(table->entries,
				hash_map_key(table->entries, hash_map_oldest(table->entries)));
		entry = hash_map_add(table->entries, key, NULL);
	}
	if (entry)
		*entry = (struct join_entry){0};
	return entry;
}

struct join_entry *join_table_find(struct join_table *table, const struct join_key *key)
{
	return hash_map_find(table->entries, key);
}

void join_table_remove(struct join_table *table, const struct join_key *key)
{
	(void)hash_map_remove(table->entries, key);
}
