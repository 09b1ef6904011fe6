/* memcached spans: names, hits and errors; no keys. */
#ifndef PROTOCOLS_MEMCACHED_MEMCACHED_DESCRIBE_H
#define PROTOCOLS_MEMCACHED_MEMCACHED_DESCRIBE_H

#include "model/exchange.h"
#include "model/span.h"
#include "protocols/memcached/memcached_line.h"

/* A request's fields are a struct memcached_command, an answer's: */
struct memcached_answer {
	const char *error; /* static, NULL: none */
	bool tells_hit;
	uint32_t hits;
	uint64_t hit_bytes;
};

void memcached_describe_request(const struct message *message, const struct exchange *exchange,
				struct span *span, struct arena *arena);
void memcached_describe_response(const struct message *message, const struct exchange *exchange,
				 struct span *span, struct arena *arena);

#endif
