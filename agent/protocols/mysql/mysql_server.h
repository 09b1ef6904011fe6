/* What the server sends: its greeting, and the answers to commands. */
#ifndef PROTOCOLS_MYSQL_MYSQL_SERVER_H
#define PROTOCOLS_MYSQL_MYSQL_SERVER_H

#include "protocols/mysql/mysql_session.h"

/* One packet; struct conversation has the rules. */
enum parse_result mysql_server_read(struct mysql_session *session, struct unit *unit,
				    const struct exchange_sink *sink);

#endif
