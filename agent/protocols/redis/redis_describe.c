/*
 * Redis spans by the database conventions: the command, how many arguments it had and the error's
 * first word. Neither keys nor values.
 */
#include <stdio.h>
#include "protocols/endpoint.h"
#include "protocols/redis/redis_session.h"

#define MAX_TOLD_ARGUMENTS 32

/* "SET ? ?" */
static void describe_text(const struct redis_request_fields *fields, struct span *span,
			  struct arena *arena)
{
	char text[2 * MAX_REDIS_WORD_BYTES + 2 * MAX_TOLD_ARGUMENTS + sizeof(" ...")];
	size_t used = (size_t)snprintf(text, sizeof(text), "%.*s", 2 * MAX_REDIS_WORD_BYTES - 1,
				       fields->name);
	uint64_t told = fields->argument_count < MAX_TOLD_ARGUMENTS ? fields->argument_count
								    : MAX_TOLD_ARGUMENTS;

	for (uint64_t i = 0; i < told; i++) {
		text[used++] = ' ';
		text[used++] = '?';
	}
	if (told < fields->argument_count) {
		memcpy(text + used, " ...", 4);
		used += 4;
	}
	attribute_set_string(&span->attributes, arena, "db.query.text", view_of(text, used));
}

void redis_describe_request(const struct message *message, const struct exchange *exchange,
			    struct span *span, struct arena *arena)
{
	const struct redis_request_fields *fields =
		(const struct redis_request_fields *)message->fields;
	char database[24];

	span->kind = exchange->is_server ? SPAN_SERVER : SPAN_CLIENT;
	span->operation = "db.redis";
	span->origin = "auto.db.ebpf";
	span->name = view_of_text(fields->name ? fields->name : "redis");
	attribute_set_static(&span->attributes, arena, "db.system.name", "redis");
	if (fields->name) {
		attribute_set_static(&span->attributes, arena, "db.operation.name", fields->name);
		describe_text(fields, span, arena);
	}
	if (fields->database >= 0) {
		snprintf(database, sizeof(database), "%lld", (long long)fields->database);
		attribute_set_string(&span->attributes, arena, "db.namespace",
				     view_of_text(database));
	}
	endpoint_describe_server(exchange, span, arena);
	endpoint_describe(exchange, span, arena);
}

void redis_describe_response(const struct message *message, const struct exchange *exchange,
			     struct span *span, struct arena *arena)
{
	const struct redis_answer_fields *fields =
		(const struct redis_answer_fields *)message->fields;

	(void)exchange;
	if (fields->batch_size >= 2)
		attribute_set_integer(&span->attributes, arena, "db.operation.batch.size",
				      (int64_t)fields->batch_size);
	if (!fields->is_error)
		return;
	span->status = STATUS_ERROR;
	if (fields->error.size) {
		attribute_set_string(&span->attributes, arena, "db.response.status_code",
				     fields->error);
		attribute_set_string(&span->attributes, arena, "error.type", fields->error);
	} else {
		attribute_set_static(&span->attributes, arena, "error.type", "_OTHER");
	}
}
