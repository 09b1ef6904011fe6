/* NATS spans: who publishes, who gets it, and how much; no payload. */
#ifndef PROTOCOLS_NATS_NATS_DESCRIBE_H
#define PROTOCOLS_NATS_NATS_DESCRIBE_H

#include "model/exchange.h"
#include "model/span.h"

/* Of a request, and only requests are described. */
struct nats_fields {
	struct view subject;
	uint64_t body_size;
	bool is_delivery; /* the server sends it */
	uint16_t status;  /* of what the server says instead of a message; 0: a message */
};

void nats_describe_request(const struct message *message, const struct exchange *exchange,
			   struct span *span, struct arena *arena);
void nats_describe_response(const struct message *message, const struct exchange *exchange,
			    struct span *span, struct arena *arena);

#endif
