/* PostgreSQL's protocol 3: see postgresql.c. */
#ifndef PROTOCOLS_POSTGRESQL_POSTGRESQL_H
#define PROTOCOLS_POSTGRESQL_POSTGRESQL_H

#include "protocols/protocol.h"

extern const struct protocol protocol_postgresql;

#endif
