/* Commands as spans of a database: attributes and names by the semantic conventions. */
#ifndef PROTOCOLS_MYSQL_MYSQL_DESCRIBE_H
#define PROTOCOLS_MYSQL_MYSQL_DESCRIBE_H

#include "protocols/protocol.h"

/* What the describe functions read back from message->fields. */
struct mysql_fields {
	bool is_mariadb;
	bool is_statement_unknown;
	bool is_preparation;     /* the text is only prepared: the name says so */
	const char *operation;   /* NULL: the text says it */
	const char *compression; /* NULL: none */
	struct view database;
	struct view text; /* sanitised */
	struct view summary;
	/* Of an answer. */
	uint16_t error_code; /* 0: none */
	bool has_rows;
	uint64_t rows;
};

_Static_assert(sizeof(struct mysql_fields) <= MESSAGE_FIELDS_BYTES, "fits the message");

void mysql_describe_request(const struct message *message, const struct exchange *exchange,
			    struct span *span, struct arena *arena);
void mysql_describe_response(const struct message *message, const struct exchange *exchange,
			     struct span *span, struct arena *arena);

#endif
