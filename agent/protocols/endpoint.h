/* The two ends of a connection as attributes, for every protocol and for plain calls. */
#ifndef PROTOCOLS_ENDPOINT_H
#define PROTOCOLS_ENDPOINT_H

#include "model/exchange.h"
#include "model/span.h"

/* "[" an IPv6 address "]", or a path with every byte escaped. */
#define MAX_ENDPOINT_TEXT_BYTES (4 * MAX_UNIX_PATH + 1)

struct endpoint {
	struct view address; /* into text; empty when not known */
	uint16_t port;       /* 0: none */
	char text[MAX_ENDPOINT_TEXT_BYTES];
};

/* "127.0.0.1", "2001:db8::1" (an IPv4-mapped address as IPv4), "/run/app.sock", "@abstract". */
void endpoint_local(const struct connection_identity *connection, struct endpoint *ret);
void endpoint_peer(const struct connection_identity *connection, struct endpoint *ret);

/*
 * network.peer.*, network.local.*, client.address for a server, network.transport where it is not
 * TCP. server.address and server.port come from the protocol when it knows better than the endpoint
 * (HTTP's Host); endpoint_describe_server is for when it does not.
 */
void endpoint_describe(const struct exchange *exchange, struct span *span, struct arena *arena);
void endpoint_describe_server(const struct exchange *exchange, struct span *span,
			      struct arena *arena);

#endif
