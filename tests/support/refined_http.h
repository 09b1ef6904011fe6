/* One exchange of HTTP/1 through the protocol's functions, as the connection room would call them:
 * heads are parsed and described, bodies shown whole. What comes out is the span. */
#ifndef SUPPORT_REFINED_HTTP_H
#define SUPPORT_REFINED_HTTP_H

#include "cmocka_test.h"

#include "protocols/http1.h"
#include "sample_exchange.h"

static struct sample_exchange refined;

static inline void refined_http_take(enum message_kind kind, const char *text, size_t size)
{
	unsigned char pair_state[PROTOCOL_PAIR_STATE_BYTES] = {0};
	struct view bytes = exact_copy(view_of(text, size)), body;
	struct message message;
	size_t consumed;

	assert_int_equal(protocol_http1.parse(kind, bytes, false, pair_state, &message, &consumed),
			 PARSE_DONE);
	if (kind == MESSAGE_REQUEST)
		protocol_http1.describe_request(&message, &refined.exchange, &refined.span,
						&refined.arena);
	else
		protocol_http1.describe_response(&message, &refined.exchange, &refined.span,
						 &refined.arena);
	body = view_skip(bytes, consumed);
	if (body.size && refined.span.notes)
		protocol_http1.describe_body(kind, body, &refined.exchange, &refined.span,
					     &refined.arena);
	free_copy(bytes);
}

/* "name|operation|key=value key=value": of the attributes those that begin with one of the words
 * (of up to three); answer NULL: none came. */
static inline const char *refined_http(bool is_server, const char *request, const char *answer,
				       size_t answer_size, const char *words)
{
	static char text[8192];
	size_t used;

	sample_exchange_init(&refined, is_server);
	sample_exchange_addresses(&refined, FAMILY_IPV4, "10.0.0.1", 80, "10.0.0.2", 9200);
	refined_http_take(MESSAGE_REQUEST, request, strlen(request));
	if (answer)
		refined_http_take(MESSAGE_RESPONSE, answer, answer_size);
	used = (size_t)snprintf(text, sizeof(text), "%.*s|%s|", VIEW_FORMAT(refined.span.name),
				refined.span.operation);
	for (uint32_t i = 0; i < refined.span.attributes.count; i++) {
		const struct attribute *a = &refined.span.attributes.items[i];
		const char *dot = strchr(a->key, '.');
		struct view room = view_of(a->key, dot ? (size_t)(dot - a->key) : strlen(a->key));

		if (view_find(view_of_text(words), room) < 0)
			continue;
		if (a->type == ATTRIBUTE_STRING)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s=%.*s ",
						 a->key, VIEW_FORMAT(a->string));
		else
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s=%lld ",
						 a->key, (long long)a->integer);
	}
	arena_done(&refined.arena);
	return text;
}

#endif
