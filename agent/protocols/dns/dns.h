/* DNS over UDP and over TCP (RFC 1035, 6891, 7766). */
#ifndef PROTOCOLS_DNS_H
#define PROTOCOLS_DNS_H

#include "protocols/protocol.h"

extern const struct protocol protocol_dns;

#endif
