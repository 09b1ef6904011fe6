/* The row of FastCGI. */
#ifndef PROTOCOLS_FASTCGI_H
#define PROTOCOLS_FASTCGI_H

#include "protocols/protocol.h"

extern const struct protocol protocol_fastcgi;

#endif
