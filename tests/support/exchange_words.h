/* The lines of logged_exchanges.h by the order in which exchanges were opened: "#1 CLIENT: GET",
 * with the span's name, kind and error, and its attributes where they are wanted. */
#ifndef SUPPORT_EXCHANGE_WORDS_H
#define SUPPORT_EXCHANGE_WORDS_H

#include "logged_exchanges.h"

static inline void log_strings(struct conversation_log *log, const char *key, struct view items)
{
	struct view item;

	while (view_next_token(&items, '\0', &item))
		log_line(log, "  %s[]=%.*s\n", key, VIEW_FORMAT(item));
}

static inline void log_attributes(struct conversation_log *log, const struct span *span)
{
	for (uint32_t i = 0; log->shows_attributes && i < span->attributes.count; i++) {
		const struct attribute *a = &span->attributes.items[i];

		if (a->type == ATTRIBUTE_STRINGS)
			log_strings(log, a->key, a->string);
		else if (a->type == ATTRIBUTE_STRING)
			log_line(log, "  %s=%.*s\n", a->key, VIEW_FORMAT(a->string));
		else
			log_line(log, "  %s=%lld\n", a->key, (long long)a->integer);
	}
}

static inline void log_say_open(struct conversation_log *log, struct logged_exchange *logged,
				struct message *message)
{
	static const char *const kinds[] = {"",       "INTERNAL", "SERVER",
					    "CLIENT", "PRODUCER", "CONSUMER"};

	logged->exchange.connection = &log->connection;
	logged->exchange.protocol = log->protocol;
	logged->exchange.is_server = (log->side == MESSAGE_REQUEST) == log->is_server;
	log->protocol->describe_request(message, &logged->exchange, &logged->span, &logged->arena);
	assert(logged->span.name.size && !logged->span.attributes.dropped_count);
	log_line(log, "#%u %s: %.*s\n", logged->ordinal, kinds[logged->span.kind],
		 VIEW_FORMAT(logged->span.name));
	log_attributes(log, &logged->span);
	if (message->propagation.traceparent.size)
		log_line(log, "  traceparent %.*s\n",
			 VIEW_FORMAT(message->propagation.traceparent));
}

static inline void log_say_answer(struct conversation_log *log, struct logged_exchange *logged,
				  struct message *message)
{
	if (message)
		log->protocol->describe_response(message, &logged->exchange, &logged->span,
						 &logged->arena);
	assert(!logged->span.attributes.dropped_count);
	log_line(log, "#%u answer %.*s", logged->ordinal, VIEW_FORMAT(logged->span.name));
	if (logged->span.status == STATUS_ERROR)
		log_line(log, " error %.*s",
			 VIEW_FORMAT(attribute_string(&logged->span.attributes, "error.type")));
	log_line(log, "\n");
	log_attributes(log, &logged->span);
}

static inline void log_say_end(struct conversation_log *log, struct logged_exchange *logged)
{
	log_line(log, "#%u end\n", logged->ordinal);
}

static const struct log_words words_by_ordinal = {
	.open = log_say_open, .answer = log_say_answer, .end = log_say_end, .has_adds = true};

#endif
