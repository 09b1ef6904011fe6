/* memcached's text protocol with its meta commands. */
#ifndef PROTOCOLS_MEMCACHED_MEMCACHED_H
#define PROTOCOLS_MEMCACHED_MEMCACHED_H

#include "protocols/protocol.h"

extern const struct protocol protocol_memcached;

#endif
