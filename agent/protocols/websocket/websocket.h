/* What a connection speaks after HTTP/1 switched it with `Upgrade: websocket` (RFC 6455). */
#ifndef PROTOCOLS_WEBSOCKET_H
#define PROTOCOLS_WEBSOCKET_H

#include "protocols/protocol.h"

extern const struct protocol protocol_websocket;

#endif
