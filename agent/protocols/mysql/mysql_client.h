/* What the client sends: its login, commands, files it was asked for. */
#ifndef PROTOCOLS_MYSQL_MYSQL_CLIENT_H
#define PROTOCOLS_MYSQL_MYSQL_CLIENT_H

#include "protocols/mysql/mysql_session.h"

/* One packet; struct conversation has the rules. */
enum parse_result mysql_client_read(struct mysql_session *session, struct unit *unit,
				    const struct exchange_sink *sink);

#endif
