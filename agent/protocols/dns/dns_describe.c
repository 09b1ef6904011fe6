/*
 * Semantic conventions 1.44 have two attributes for DNS (dns.question.name, dns.answers) and no
 * span of their own: the name is "{type} {name}", as "{operation} {target}" elsewhere. The type and
 * the outcome are limpet's. A server's span fails only by the server's fault, as with HTTP.
 */
#include "protocols/dns/dns_describe.h"

#include <stdio.h>
#include "base/arena.h"
#include "model/attribute.h"
#include "protocols/dns/dns_message.h"
#include "protocols/endpoint.h"

#define CODE_SERVFAIL    2
#define OPCODE_NOTIFY    4
#define OPCODE_UPDATE    5
#define MAX_WORD_BYTES   16
#define MAX_ANSWERS      32
#define MAX_ANSWER_BYTES (MAX_ANSWERS * (MAX_DNS_ADDRESS_BYTES + 2))

static const struct dns_message *message_of(const struct message *message)
{
	return (const struct dns_message *)message->fields;
}

/* "A"; "TYPE1234" (RFC 3597) for a number without a name. */
static const char *type_text(const struct dns_message *dns, char buffer[MAX_WORD_BYTES])
{
	const char *word = dns_message_type_word(dns->type);

	if (word)
		return word;
	(void)snprintf(buffer, MAX_WORD_BYTES, "TYPE%u", dns->type);
	return buffer;
}

static const char *operation_text(const struct dns_message *dns, const char *type)
{
	if (dns->opcode == OPCODE_NOTIFY)
		return "NOTIFY";
	return dns->opcode == OPCODE_UPDATE ? "UPDATE" : type;
}

void dns_describe_request(const struct message *message, const struct exchange *exchange,
			  struct span *span, struct arena *arena)
{
	const struct dns_message *dns = message_of(message);
	char buffer[MAX_DNS_NAME_BYTES], word[MAX_WORD_BYTES];
	char text[MAX_WORD_BYTES + 1 + MAX_DNS_NAME_BYTES];
	const char *type = type_text(dns, word);
	struct view name = VIEW_LITERAL("?");
	int size;

	(void)dns_name_read(dns->bytes, DNS_HEADER_BYTES, buffer, &name);
	span->kind = exchange->is_server ? SPAN_SERVER : SPAN_CLIENT;
	span->operation = exchange->is_server ? "dns.server" : "dns.client";
	span->origin = "auto.dns.ebpf";
	size = snprintf(text, sizeof(text), "%s %.*s", operation_text(dns, type),
			VIEW_FORMAT(name));
	span->name = arena_copy(arena, view_of(text, (size_t)size));
	attribute_set_string(&span->attributes, arena, "dns.question.name", name);
	attribute_set_string(&span->attributes, arena, "limpet.dns.question.type",
			     view_of_text(type));
	attribute_set_static(&span->attributes, arena, "network.protocol.name", "dns");
	attribute_set_static(&span->attributes, arena, "network.transport",
			     dns->is_datagram ? "udp" : "tcp");
	endpoint_describe(exchange, span, arena);
	endpoint_describe_server(exchange, span, arena);
}

void dns_describe_response(const struct message *message, const struct exchange *exchange,
			   struct span *span, struct arena *arena)
{
	const struct dns_message *dns = message_of(message);
	const char *code = dns_message_code_word(dns->code);
	char answers[MAX_ANSWER_BYTES], number[MAX_WORD_BYTES], address[MAX_DNS_ADDRESS_BYTES];
	uint32_t cursor = 0;
	size_t used = 0;

	if (!code) {
		(void)snprintf(number, sizeof(number), "RCODE%u", dns->code);
		code = number;
	}
	attribute_set_string(&span->attributes, arena, "limpet.dns.response.code",
			     view_of_text(code));
	if (dns->is_truncated)
		attribute_set_boolean(&span->attributes, arena, "limpet.dns.truncated", true);
	for (int i = 0; i < MAX_ANSWERS && dns_message_next_address(dns, &cursor, address); i++)
		used += (size_t)snprintf(answers + used, sizeof(answers) - used, "%s", address) + 1;
	if (used)
		attribute_set_strings(&span->attributes, arena, "dns.answers",
				      view_of(answers, used));
	if (dns->code && (!exchange->is_server || dns->code == CODE_SERVFAIL)) {
		span->status = STATUS_ERROR;
		attribute_set_string(&span->attributes, arena, "error.type", view_of_text(code));
	}
}
