/*
 * Attributes and names of PostgreSQL's spans, by the semantic conventions of databases: the text is
 * sanitised, messages of errors are left out as they quote values, and the user is not told.
 */
#include "protocols/postgresql/postgresql_describe.h"

#include "base/arena.h"
#include "protocols/attribute_text.h"
#include "protocols/endpoint.h"
#include "protocols/sql/sql_text.h"

#define MAX_DATABASE_BYTES 255

_Static_assert(sizeof(struct postgresql_request) <= MESSAGE_FIELDS_BYTES, "fields");
_Static_assert(sizeof(struct postgresql_answer) <= MESSAGE_FIELDS_BYTES, "fields");

static void name_span(const struct postgresql_request *request, struct span *span,
		      struct arena *arena)
{
	char buffer[MAX_ATTRIBUTE_TEXT_BYTES];
	struct view name = VIEW_LITERAL("postgresql");

	if (request->is_function)
		name = VIEW_LITERAL("FunctionCall");
	else if (request->summary.size)
		name = request->summary;
	else if (request->database.size)
		name = request->database;
	span->name = arena_copy(arena, attribute_text_clean(name, buffer, sizeof(buffer)));
}

void postgresql_describe_request(const struct message *message, const struct exchange *exchange,
				 struct span *span, struct arena *arena)
{
	const struct postgresql_request *request =
		(const struct postgresql_request *)message->fields;
	struct attribute_list *list = &span->attributes;

	span->kind = exchange->is_server ? SPAN_SERVER : SPAN_CLIENT;
	span->operation = "db";
	span->origin = "auto.db.ebpf";
	name_span(request, span, arena);
	attribute_set_static(list, arena, "db.system.name", "postgresql");
	if (request->database.size)
		attribute_text_set(list, arena, "db.namespace", request->database,
				   MAX_DATABASE_BYTES);
	if (request->is_function)
		attribute_set_static(list, arena, "db.operation.name", "FunctionCall");
	if (request->text.size)
		attribute_text_set(list, arena, "db.query.text", request->text, MAX_SQL_TEXT_BYTES);
	if (request->summary.size)
		attribute_text_set(list, arena, "db.query.summary", request->summary,
				   MAX_SQL_SUMMARY_BYTES);
	if (request->is_unknown)
		attribute_set_boolean(list, arena, "limpet.statement.unknown", true);
	endpoint_describe_server(exchange, span, arena);
	endpoint_describe(exchange, span, arena);
}

void postgresql_describe_response(const struct message *message, const struct exchange *exchange,
				  struct span *span, struct arena *arena)
{
	const struct postgresql_answer *answer = (const struct postgresql_answer *)message->fields;
	struct view state = view_of(answer->state, sizeof(answer->state));

	(void)exchange;
	if (answer->has_rows)
		attribute_set_integer(&span->attributes, arena, "db.response.returned_rows",
				      (int64_t)answer->rows);
	if (answer->is_skipped) {
		span->status = STATUS_ERROR;
		attribute_set_static(&span->attributes, arena, "error.type", "pipeline_aborted");
	}
	if (!answer->has_state)
		return;
	attribute_set_string(&span->attributes, arena, "db.response.status_code", state);
	/* Classes 00 and 01: success, and warnings. */
	if (state.bytes[0] == '0' && state.bytes[1] < '2')
		return;
	span->status = STATUS_ERROR;
	attribute_set_string(&span->attributes, arena, "error.type", state);
}
