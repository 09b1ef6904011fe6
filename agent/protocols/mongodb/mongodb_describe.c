/*
 * Attributes, names and status of MongoDB spans by the semantic conventions for databases: the
 * command, the collection it names, the database. Neither filters nor documents nor messages of
 * errors are ever here: mongodb_command.c does not read them.
 */
#include "protocols/mongodb/mongodb_describe.h"

#include <stdio.h>
#include "base/arena.h"
#include "protocols/attribute_text.h"
#include "protocols/endpoint.h"
#include "protocols/mongodb/mongodb_command.h"

#define MAX_NAME_BYTES 255 /* the server allows as many for a full name */

static const struct mongodb_fields *fields_of(const struct message *message)
{
	return (const struct mongodb_fields *)message->fields;
}

/* "find orders", "listCollections shop", "mongodb" where the command was not seen. */
static void describe_name(struct span *span, struct arena *arena)
{
	struct view operation = attribute_string(&span->attributes, "db.operation.name");
	struct view target = attribute_string(&span->attributes, "db.collection.name");
	struct view name;

	if (target.size == 0)
		target = attribute_string(&span->attributes, "db.namespace");
	span->name = operation.size ? operation : VIEW_LITERAL("mongodb");
	if (operation.size == 0 || target.size == 0)
		return;
	name = arena_join(arena, operation, VIEW_LITERAL(" "), target);
	if (name.size)
		span->name = name;
}

/* What lies in a compressed message, and how large it was. */
static void describe_compressed(const struct mongodb_fields *fields, struct attribute_list *list,
				struct arena *arena, const char *size_name)
{
	if (!fields->compressor)
		return;
	attribute_set_static(list, arena, "limpet.mongodb.compressor", fields->compressor);
	if (fields->opcode)
		attribute_set_static(list, arena, "limpet.mongodb.opcode", fields->opcode);
	if (fields->uncompressed_bytes >= 0)
		attribute_set_integer(list, arena, size_name, fields->uncompressed_bytes);
}

void mongodb_describe_request(const struct message *message, const struct exchange *exchange,
			      struct span *span, struct arena *arena)
{
	const struct mongodb_fields *fields = fields_of(message);
	struct attribute_list *list = &span->attributes;

	span->kind = exchange->is_server ? SPAN_SERVER : SPAN_CLIENT;
	span->operation = "db";
	span->origin = "auto.db.ebpf";
	attribute_set_static(list, arena, "db.system.name", "mongodb");
	if (fields->operation.size)
		attribute_text_set(list, arena, "db.operation.name", fields->operation,
				   MAX_NAME_BYTES);
	if (fields->collection.size)
		attribute_text_set(list, arena, "db.collection.name", fields->collection,
				   MAX_NAME_BYTES);
	if (fields->database.size)
		attribute_text_set(list, arena, "db.namespace", fields->database, MAX_NAME_BYTES);
	if (fields->batch_size > 1)
		attribute_set_integer(list, arena, "db.operation.batch.size", fields->batch_size);
	describe_compressed(fields, list, arena, "limpet.request.uncompressed_size");
	describe_name(span, arena);
	endpoint_describe_server(exchange, span, arena);
	endpoint_describe(exchange, span, arena);
}

static void describe_error(const struct mongodb_fields *fields, struct span *span,
			   struct arena *arena)
{
	char text[24];
	int size;

	span->status = STATUS_ERROR;
	if (fields->code == 0) {
		attribute_set_static(&span->attributes, arena, "error.type", "_OTHER");
		return;
	}
	size = snprintf(text, sizeof(text), "%lld", (long long)fields->code);
	attribute_set_string(&span->attributes, arena, "db.response.status_code",
			     view_of(text, (size_t)size));
	attribute_set_string(&span->attributes, arena, "error.type", view_of(text, (size_t)size));
	if (fields->code_name.size)
		span->status_message = arena_copy(arena, fields->code_name);
}

void mongodb_describe_response(const struct message *message, const struct exchange *exchange,
			       struct span *span, struct arena *arena)
{
	const struct mongodb_fields *fields = fields_of(message);
	struct attribute_list *list = &span->attributes;

	(void)exchange;
	describe_compressed(fields, list, arena, "limpet.response.uncompressed_size");
	if (fields->returned_rows >= 0)
		attribute_set_integer(list, arena, "db.response.returned_rows",
				      fields->returned_rows);
	/* An insert larger than what was captured is counted by the server. */
	if (!fields->is_error && fields->affected > 1 &&
	    !attribute_find(list, "db.operation.batch.size") &&
	    view_equals(attribute_string(list, "db.operation.name"), VIEW_LITERAL("insert")))
		attribute_set_integer(list, arena, "db.operation.batch.size", fields->affected);
	if (fields->is_error)
		describe_error(fields, span, arena);
}
