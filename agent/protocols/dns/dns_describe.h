/* DNS messages as attributes of a span. */
#ifndef PROTOCOLS_DNS_DESCRIBE_H
#define PROTOCOLS_DNS_DESCRIBE_H

#include "model/exchange.h"
#include "model/span.h"

struct arena;

void dns_describe_request(const struct message *message, const struct exchange *exchange,
			  struct span *span, struct arena *arena);
void dns_describe_response(const struct message *message, const struct exchange *exchange,
			   struct span *span, struct arena *arena);

#endif
