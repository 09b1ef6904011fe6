/* The CQL binary protocol of Cassandra and of what speaks like it, version 3 to 5. */
#ifndef PROTOCOLS_CASSANDRA_CASSANDRA_H
#define PROTOCOLS_CASSANDRA_CASSANDRA_H

#include "protocols/protocol.h"

extern const struct protocol protocol_cassandra;

#endif
