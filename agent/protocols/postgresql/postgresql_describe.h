/* What a unit says to the describe functions, in message->fields, and these. */
#ifndef PROTOCOLS_POSTGRESQL_POSTGRESQL_DESCRIBE_H
#define PROTOCOLS_POSTGRESQL_POSTGRESQL_DESCRIBE_H

#include "model/exchange.h"
#include "model/span.h"
#include "protocols/postgresql/postgresql_message.h"
#include "protocols/postgresql/postgresql_statements.h"

struct postgresql_request {
	struct view text, summary; /* sanitised */
	struct view database;
	bool is_unknown; /* prepared unseen */
	bool is_function;
};

struct postgresql_answer {
	bool has_rows, has_state;
	bool is_skipped; /* never executed: something before it in the pipeline failed */
	uint64_t rows;
	char state[POSTGRESQL_SQLSTATE];
};

/* NULL: it is not known. */
static inline void postgresql_request_of(struct postgresql_request *request,
					 const struct postgresql_statement *statement)
{
	request->is_unknown = !statement;
	if (!statement)
		return;
	request->text = view_of(statement->bytes, statement->text_size);
	request->summary =
		view_of(statement->bytes + statement->text_size, statement->summary_size);
}

void postgresql_describe_request(const struct message *message, const struct exchange *exchange,
				 struct span *span, struct arena *arena);
void postgresql_describe_response(const struct message *message, const struct exchange *exchange,
				  struct span *span, struct arena *arena);

#endif
