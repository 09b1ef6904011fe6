/*
 * memcached spans by the database conventions, with Sentry's words for caches: cache.hit (of
 * several keys: any) and cache.item_size. Keys and values stay out.
 */
#include "protocols/memcached/memcached_describe.h"

#include "protocols/endpoint.h"

#define MAX_TOLD_ARGUMENTS 32
#define MAX_NAME_BYTES     16

/* "set ? ? ? ?" */
static void describe_text(const struct memcached_command *command, struct span *span,
			  struct arena *arena)
{
	char text[MAX_NAME_BYTES + 2 * MAX_TOLD_ARGUMENTS + sizeof(" ...")];
	size_t used = strnlen(command->name, MAX_NAME_BYTES);
	uint32_t told = command->argument_count < MAX_TOLD_ARGUMENTS ? command->argument_count
								     : MAX_TOLD_ARGUMENTS;

	memcpy(text, command->name, used);
	for (uint32_t i = 0; i < told; i++) {
		text[used++] = ' ';
		text[used++] = '?';
	}
	if (told < command->argument_count) {
		memcpy(text + used, " ...", 4);
		used += 4;
	}
	attribute_set_string(&span->attributes, arena, "db.query.text", view_of(text, used));
}

void memcached_describe_request(const struct message *message, const struct exchange *exchange,
				struct span *span, struct arena *arena)
{
	const struct memcached_command *command = (const struct memcached_command *)message->fields;

	span->kind = exchange->is_server ? SPAN_SERVER : SPAN_CLIENT;
	span->operation = command->operation;
	span->origin = "auto.cache.ebpf";
	span->name = view_of_text(command->name);
	attribute_set_static(&span->attributes, arena, "db.system.name", "memcached");
	attribute_set_static(&span->attributes, arena, "db.operation.name", command->name);
	describe_text(command, span, arena);
	if (command->has_value)
		attribute_set_integer(&span->attributes, arena, "cache.item_size",
				      (int64_t)command->value_size);
	endpoint_describe_server(exchange, span, arena);
	endpoint_describe(exchange, span, arena);
}

void memcached_describe_response(const struct message *message, const struct exchange *exchange,
				 struct span *span, struct arena *arena)
{
	const struct memcached_answer *said = (const struct memcached_answer *)message->fields;

	(void)exchange;
	if (said->tells_hit) {
		attribute_set_boolean(&span->attributes, arena, "cache.hit", said->hits > 0);
		if (said->hits)
			attribute_set_integer(&span->attributes, arena, "cache.item_size",
					      (int64_t)said->hit_bytes);
	}
	if (!said->error)
		return;
	span->status = STATUS_ERROR;
	attribute_set_static(&span->attributes, arena, "db.response.status_code", said->error);
	attribute_set_static(&span->attributes, arena, "error.type", said->error);
}
