/* MySQL and MariaDB: the client/server protocol, version 10. */
#ifndef PROTOCOLS_MYSQL_MYSQL_H
#define PROTOCOLS_MYSQL_MYSQL_H

#include "protocols/protocol.h"

extern const struct protocol protocol_mysql;

#endif
