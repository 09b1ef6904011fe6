/* What is known of one connection, and the two readers of its units. Private to this folder. */
#ifndef PROTOCOLS_POSTGRESQL_POSTGRESQL_SESSION_H
#define PROTOCOLS_POSTGRESQL_POSTGRESQL_SESSION_H

#include "protocols/postgresql/postgresql_message.h"
#include "protocols/postgresql/postgresql_pending.h"
#include "protocols/postgresql/postgresql_statements.h"

#define MAX_DATABASE_NAME 64 /* NAMEDATALEN */

struct postgresql_session {
	struct postgresql_statements *statements; /* allocated with the first Parse */
	struct session_budget *budget;
	struct postgresql_pending pending;
	uint64_t opened;           /* keys */
	bool awaits_encryption;    /* one byte of the server's answers SSLRequest, GSSENCRequest */
	bool has_failed;           /* what comes before the next Sync is skipped */
	bool is_copying_in;        /* Syncs are not answered meanwhile */
	bool is_backslash_unknown; /* standard_conforming_strings is off */
	bool is_text_unsafe; /* an encoding whose characters may end in a backslash: no texts */
	uint8_t database_size;
	char database[MAX_DATABASE_NAME];
};

static inline struct view postgresql_session_database(const struct postgresql_session *session)
{
	return view_of(session->database, session->database_size);
}

/* One message each, whole in its frame. False: it makes no sense here. */
bool postgresql_client_take(struct postgresql_session *session,
			    const struct postgresql_message *message,
			    const struct exchange_sink *sink);
bool postgresql_server_take(struct postgresql_session *session,
			    const struct postgresql_message *message,
			    const struct exchange_sink *sink);
/* A server that has or has not taken a request for encryption. */
bool postgresql_server_take_encryption(struct postgresql_session *session, char answer,
				       const struct exchange_sink *sink);

#endif
