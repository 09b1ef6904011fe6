/*
 * Database spans by the semantic conventions 1.44. Texts come in sanitised; errors leave as their
 * number only, for the server's words quote what was sent.
 */
#include "protocols/mysql/mysql_describe.h"

#include "base/arena.h"
#include "model/attribute.h"
#include "protocols/attribute_text.h"
#include "protocols/endpoint.h"

#define MAX_NAME_BYTES 255

static const struct mysql_fields *fields_of(const struct message *message)
{
	return (const struct mysql_fields *)message->fields;
}

/* "PREPARE SELECT orders" where it is not executed yet. */
static struct view summary_of(const struct mysql_fields *fields, struct arena *arena)
{
	if (!fields->is_preparation || !fields->summary.size)
		return view_take(fields->summary, MAX_NAME_BYTES);
	return arena_join(
		arena, view_of_text(fields->operation), VIEW_LITERAL(" "),
		view_take(fields->summary, MAX_NAME_BYTES - 1 - strlen(fields->operation)));
}

static void set_name(const struct mysql_fields *fields, struct view summary, struct span *span,
		     struct arena *arena)
{
	struct view database = attribute_string(&span->attributes, "db.namespace");

	if (summary.size)
		span->name = attribute_string(&span->attributes, "db.query.summary");
	else if (fields->operation && database.size)
		span->name = arena_join(arena, view_of_text(fields->operation), VIEW_LITERAL(" "),
					database);
	else if (fields->operation)
		span->name = view_of_text(fields->operation);
	else if (database.size)
		span->name = database;
	else
		span->name = attribute_string(&span->attributes, "db.system.name");
}

void mysql_describe_request(const struct message *message, const struct exchange *exchange,
			    struct span *span, struct arena *arena)
{
	const struct mysql_fields *fields = fields_of(message);
	struct attribute_list *list = &span->attributes;
	struct view summary = summary_of(fields, arena);

	span->kind = exchange->is_server ? SPAN_SERVER : SPAN_CLIENT;
	span->operation = "db";
	span->origin = "auto.db.ebpf";
	attribute_set_static(list, arena, "db.system.name",
			     fields->is_mariadb ? "mariadb" : "mysql");
	if (fields->database.size)
		attribute_text_set(list, arena, "db.namespace", fields->database, MAX_NAME_BYTES);
	if (fields->operation)
		attribute_set_static(list, arena, "db.operation.name", fields->operation);
	if (summary.size)
		attribute_text_set(list, arena, "db.query.summary", summary, MAX_NAME_BYTES);
	if (fields->text.size)
		attribute_text_set(list, arena, "db.query.text", fields->text,
				   MAX_ATTRIBUTE_TEXT_BYTES);
	if (fields->is_statement_unknown)
		attribute_set_boolean(list, arena, "limpet.statement.unknown", true);
	if (fields->compression)
		attribute_set_static(list, arena, "limpet.compression", fields->compression);
	set_name(fields, summary, span, arena);
	endpoint_describe_server(exchange, span, arena);
	endpoint_describe(exchange, span, arena);
}

void mysql_describe_response(const struct message *message, const struct exchange *exchange,
			     struct span *span, struct arena *arena)
{
	const struct mysql_fields *fields = fields_of(message);
	struct view code;

	(void)exchange;
	if (fields->has_rows)
		attribute_set_integer(&span->attributes, arena, "db.response.returned_rows",
				      (int64_t)fields->rows);
	if (!fields->error_code)
		return;
	code = arena_format(arena, "%u", (unsigned int)fields->error_code);
	attribute_set_string(&span->attributes, arena, "db.response.status_code", code);
	attribute_set_string(&span->attributes, arena, "error.type", code);
	span->status = STATUS_ERROR;
}
