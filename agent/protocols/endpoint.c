/*
 * Addresses and ports as text and as attributes of the network.* and server.* groups. Formats into
 * the caller's memory; IPv4, which nearly all of them are, without going through stdio.
 */
#include "protocols/endpoint.h"

#include <arpa/inet.h>
#include "base/log.h"

static size_t format_decimal(unsigned int value, char *ret)
{
	size_t size = 0;

	if (value >= 100)
		ret[size++] = (char)('0' + value / 100);
	if (value >= 10)
		ret[size++] = (char)('0' + value / 10 % 10);
	ret[size++] = (char)('0' + value % 10);
	return size;
}

static size_t format_ipv4(const uint8_t *address, char *ret)
{
	size_t size = 0;

	for (int i = 0; i < 4; i++) {
		if (i)
			ret[size++] = '.';
		size += format_decimal(address[i], ret + size);
	}
	return size;
}

static size_t format_ipv6(const uint8_t *address, char *ret)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	if (memcmp(address, mapped, sizeof(mapped)) == 0)
		return format_ipv4(address + 12, ret);
	return inet_ntop(AF_INET6, address, ret, INET6_ADDRSTRLEN) ? strlen(ret) : 0;
}

static bool is_unspecified(const uint8_t *address)
{
	static const uint8_t unspecified[16];

	return memcmp(address, unspecified, sizeof(unspecified)) == 0;
}

static void fill(const struct connection_identity *connection, const uint8_t *address,
		 uint16_t port, struct endpoint *ret)
{
	size_t size = 0;

	ret->port = port;
	if (port == 0 && is_unspecified(address))
		size = 0; /* a socket we never learned the ends of */
	else if (connection->family == FAMILY_IPV4)
		size = format_ipv4(address, ret->text);
	else if (connection->family == FAMILY_IPV6)
		size = format_ipv6(address, ret->text);
	ret->address = view_of(ret->text, size);
}

/* Both ends of a UNIX connection go by the name of the one that has one. */
static void fill_path(const struct connection_identity *connection, struct endpoint *ret)
{
	size_t size = connection->path_size < MAX_UNIX_PATH ? connection->path_size : MAX_UNIX_PATH;
	struct view path = view_of(connection->path, size);
	size_t prefix = 0;

	/* An abstract name begins with a NUL, which ss and netstat show as "@". */
	if (size && path.bytes[0] == '\0') {
		ret->text[prefix++] = '@';
		path = view_skip(path, 1);
	} else if (size) {
		path = view_take(path, strnlen(path.bytes, path.size));
	}
	log_escape(path, ret->text + prefix, sizeof(ret->text) - prefix);
	ret->port = 0;
	ret->address = view_of_text(ret->text);
}

void endpoint_local(const struct connection_identity *connection, struct endpoint *ret)
{
	if (connection->family == FAMILY_UNIX)
		fill_path(connection, ret);
	else
		fill(connection, connection->local_address, connection->local_port, ret);
}

void endpoint_peer(const struct connection_identity *connection, struct endpoint *ret)
{
	if (connection->family == FAMILY_UNIX)
		fill_path(connection, ret);
	else
		fill(connection, connection->peer_address, connection->peer_port, ret);
}

static void set(struct span *span, struct arena *arena, const char *address_key,
		const char *port_key, const struct endpoint *endpoint)
{
	if (endpoint->address.size)
		attribute_set_string(&span->attributes, arena, address_key, endpoint->address);
	if (endpoint->address.size && endpoint->port)
		attribute_set_integer(&span->attributes, arena, port_key, endpoint->port);
}

void endpoint_describe(const struct exchange *exchange, struct span *span, struct arena *arena)
{
	const struct connection_identity *connection = exchange->connection;
	struct endpoint endpoint;

	if (!connection)
		return;
	endpoint_peer(connection, &endpoint);
	set(span, arena, "network.peer.address", "network.peer.port", &endpoint);
	if (connection->family == FAMILY_UNIX) {
		attribute_set_static(&span->attributes, arena, "network.transport", "unix");
		return;
	}
	if (exchange->is_server && endpoint.address.size)
		attribute_set_string(&span->attributes, arena, "client.address", endpoint.address);
	endpoint_local(connection, &endpoint);
	set(span, arena, "network.local.address", "network.local.port", &endpoint);
}

void endpoint_describe_server(const struct exchange *exchange, struct span *span,
			      struct arena *arena)
{
	struct endpoint endpoint;

	if (!exchange->connection)
		return;
	if (exchange->is_server)
		endpoint_local(exchange->connection, &endpoint);
	else
		endpoint_peer(exchange->connection, &endpoint);
	set(span, arena, "server.address", "server.port", &endpoint);
}
