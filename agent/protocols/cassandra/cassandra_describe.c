/*
 * Attributes, names and status of CQL spans by the semantic conventions for databases and for
 * Cassandra. Only what sql_text.h made of a statement is ever here: values, ids, credentials and
 * messages of errors are not.
 */
#include "protocols/cassandra/cassandra_describe.h"

#include <stdio.h>
#include "base/arena.h"
#include "protocols/attribute_text.h"
#include "protocols/cassandra/cassandra_fields.h"
#include "protocols/endpoint.h"
#include "protocols/sql/sql_text.h"

#define MAX_NAME_BYTES 255

static const struct cassandra_fields *fields_of(const struct message *message)
{
	return (const struct cassandra_fields *)message->fields;
}

/* What is asked, where a statement does not say it: NULL for QUERY. */
static const char *operation_of(const struct cassandra_fields *fields)
{
	switch (fields->opcode) {
	case CASSANDRA_STARTUP:
		return "STARTUP";
	case CASSANDRA_OPTIONS:
		return "OPTIONS";
	case CASSANDRA_PREPARE:
		return "PREPARE";
	case CASSANDRA_REGISTER:
		return "REGISTER";
	case CASSANDRA_BATCH:
		return "BATCH";
	case CASSANDRA_AUTH_RESPONSE:
		return "AUTH_RESPONSE";
	case CASSANDRA_QUERY:
		return fields->text.size ? NULL : "QUERY";
	case CASSANDRA_EXECUTE: /* its text is not known: the connection was joined midway */
		return fields->text.size ? NULL : "EXECUTE";
	default:
		return NULL;
	}
}

/* Of PREPARE and BATCH the summary names the statement, and they stand before it. */
static struct view summary_of(const struct cassandra_fields *fields, const char *operation,
			      struct arena *arena)
{
	if (fields->summary.size == 0 || !operation)
		return fields->summary;
	return arena_join(arena, view_of_text(operation), VIEW_LITERAL(" "), fields->summary);
}

static void set_name(struct span *span, const char *operation, struct arena *arena)
{
	struct view summary = attribute_string(&span->attributes, "db.query.summary");
	struct view keyspace = attribute_string(&span->attributes, "db.namespace");
	struct view name = summary;

	if (name.size == 0 && operation && keyspace.size)
		name = arena_join(arena, view_of_text(operation), VIEW_LITERAL(" "), keyspace);
	if (name.size == 0 && operation)
		name = view_of_text(operation);
	if (name.size == 0)
		name = keyspace;
	span->name = name.size ? name : VIEW_LITERAL("cassandra");
}

static void set_consistency(const struct cassandra_fields *fields, struct span *span,
			    struct arena *arena)
{
	static const char *const names[] = {
		"any",          "one",         "two",    "three",        "quorum",    "all",
		"local_quorum", "each_quorum", "serial", "local_serial", "local_one",
	};

	if (fields->consistency >= 0 &&
	    fields->consistency < (int)(sizeof(names) / sizeof(names[0])))
		attribute_set_static(&span->attributes, arena, "cassandra.consistency.level",
				     names[fields->consistency]);
	if (fields->page_size > 0)
		attribute_set_integer(&span->attributes, arena, "cassandra.page.size",
				      fields->page_size);
}

void cassandra_describe_request(const struct message *message, const struct exchange *exchange,
				struct span *span, struct arena *arena)
{
	const struct cassandra_fields *fields = fields_of(message);
	const char *operation = operation_of(fields);
	struct attribute_list *list = &span->attributes;
	struct view summary = summary_of(fields, operation, arena);

	span->kind = exchange->is_server ? SPAN_SERVER : SPAN_CLIENT;
	span->operation = "db";
	span->origin = "auto.db.ebpf";
	attribute_set_static(list, arena, "db.system.name", "cassandra");
	if (operation)
		attribute_set_static(list, arena, "db.operation.name", operation);
	if (fields->keyspace.size)
		attribute_text_set(list, arena, "db.namespace", fields->keyspace, MAX_NAME_BYTES);
	if (summary.size)
		attribute_text_set(list, arena, "db.query.summary", summary, MAX_NAME_BYTES);
	if (fields->text.size)
		attribute_text_set(list, arena, "db.query.text", fields->text, MAX_SQL_TEXT_BYTES);
	if (fields->batch_size > 1)
		attribute_set_integer(list, arena, "db.operation.batch.size", fields->batch_size);
	set_consistency(fields, span, arena);
	if (fields->compressor)
		attribute_set_static(list, arena, "limpet.cassandra.compressor",
				     fields->compressor);
	set_name(span, operation, arena);
	endpoint_describe_server(exchange, span, arena);
	endpoint_describe(exchange, span, arena);
}

static void describe_error(const struct cassandra_fields *fields, struct span *span,
			   struct arena *arena)
{
	char text[12];
	int size;

	span->status = STATUS_ERROR;
	if (fields->error_code == UINT32_MAX) {
		attribute_set_static(&span->attributes, arena, "error.type", "_OTHER");
		return;
	}
	/* As the protocol's specification writes them. */
	size = snprintf(text, sizeof(text), "0x%04X", fields->error_code);
	attribute_set_string(&span->attributes, arena, "db.response.status_code",
			     view_of(text, (size_t)size));
	attribute_set_string(&span->attributes, arena, "error.type", view_of(text, (size_t)size));
}

void cassandra_describe_response(const struct message *message, const struct exchange *exchange,
				 struct span *span, struct arena *arena)
{
	const struct cassandra_fields *fields = fields_of(message);
	struct attribute_list *list = &span->attributes;

	(void)exchange;
	if (fields->compressor)
		attribute_set_static(list, arena, "limpet.cassandra.compressor",
				     fields->compressor);
	if (fields->returned_rows >= 0)
		attribute_set_integer(list, arena, "db.response.returned_rows",
				      fields->returned_rows);
	if (fields->is_error)
		describe_error(fields, span, arena);
}
