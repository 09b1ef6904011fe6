/* Redis, RESP2 and RESP3, and those who speak it too: Valkey, KeyDB, Dragonfly. */
#ifndef PROTOCOLS_REDIS_REDIS_H
#define PROTOCOLS_REDIS_REDIS_H

#include "protocols/protocol.h"

extern const struct protocol protocol_redis;

#endif
