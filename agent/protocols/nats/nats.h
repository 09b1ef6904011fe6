/* NATS, between clients and servers. */
#ifndef PROTOCOLS_NATS_NATS_H
#define PROTOCOLS_NATS_NATS_H

#include "protocols/protocol.h"

extern const struct protocol protocol_nats;

#endif
