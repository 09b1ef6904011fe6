/* Which bytes are certainly MySQL's: of a connection's beginning, and of a client's turn. */
#ifndef PROTOCOLS_MYSQL_MYSQL_DETECT_H
#define PROTOCOLS_MYSQL_MYSQL_DETECT_H

#include "protocols/protocol.h"

/* A greeting, a login, or a command that cannot be anything else. */
enum detect_result mysql_detect(struct view bytes);

/* Of a connection that is known to be MySQL's: does a command or a login begin here? */
bool mysql_detect_command(struct view bytes);

#endif
