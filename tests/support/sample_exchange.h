/* Exchanges over made-up connections, and a span with an arena, for tests of describe functions. */
#ifndef SUPPORT_SAMPLE_EXCHANGE_H
#define SUPPORT_SAMPLE_EXCHANGE_H

#include <arpa/inet.h>
#include "base/arena.h"
#include "model/exchange.h"
#include "model/span.h"

struct sample_exchange {
	struct connection_identity connection;
	struct exchange exchange;
	struct span span;
	struct arena arena;
};

static inline void sample_exchange_init(struct sample_exchange *s, bool is_server)
{
	memset(s, 0, sizeof(*s));
	s->exchange.connection = &s->connection;
	s->exchange.is_server = is_server;
	s->connection.role = is_server ? ROLE_SERVER : ROLE_CLIENT;
	arena_init(&s->arena, 65536);
}

/* family is FAMILY_IPV4 or FAMILY_IPV6. */
static inline void sample_exchange_addresses(struct sample_exchange *s, int family,
					     const char *local, uint16_t local_port,
					     const char *peer, uint16_t peer_port)
{
	int af = family == FAMILY_IPV4 ? AF_INET : AF_INET6;

	s->connection.family = (enum connection_family)family;
	assert_int_equal(inet_pton(af, local, s->connection.local_address), 1);
	assert_int_equal(inet_pton(af, peer, s->connection.peer_address), 1);
	s->connection.local_port = local_port;
	s->connection.peer_port = peer_port;
}

static inline void sample_exchange_path(struct sample_exchange *s, struct view path)
{
	s->connection.family = FAMILY_UNIX;
	s->connection.path_size = (uint8_t)path.size;
	memcpy(s->connection.path, path.bytes, path.size);
}

/* All attributes in order, one "key=value" per line. */
static inline const char *sample_exchange_print(const struct sample_exchange *s)
{
	static char text[16384];
	size_t used = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i < s->span.attributes.count; i++) {
		const struct attribute *a = &s->span.attributes.items[i];

		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s=", a->key);
		if (a->type == ATTRIBUTE_STRING)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%.*s\n",
						 VIEW_FORMAT(a->string));
		else
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%lld\n",
						 (long long)a->integer);
	}
	return text;
}

#endif
