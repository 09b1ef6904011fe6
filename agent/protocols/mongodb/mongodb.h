/* The MongoDB wire protocol, as drivers speak it with servers. */
#ifndef PROTOCOLS_MONGODB_MONGODB_H
#define PROTOCOLS_MONGODB_MONGODB_H

#include "protocols/protocol.h"

extern const struct protocol protocol_mongodb;

#endif
