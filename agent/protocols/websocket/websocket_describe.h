/* A WebSocket's session as attributes of a span. */
#ifndef PROTOCOLS_WEBSOCKET_DESCRIBE_H
#define PROTOCOLS_WEBSOCKET_DESCRIBE_H

#include "model/exchange.h"
#include "model/span.h"

struct arena;

struct websocket_counts {
	uint64_t messages; /* whole ones */
	uint64_t bytes;    /* of their payload, as it was sent */
};

/* So far; fits into the fields of a struct message. */
struct websocket_totals {
	struct websocket_counts sides[2]; /* by enum message_kind: who sent it */
	uint16_t close_code;              /* 0: not closed */
	uint8_t closed_by;                /* enum message_kind */
	bool is_compressed;
};

void websocket_describe_request(const struct message *message, const struct exchange *exchange,
				struct span *span, struct arena *arena);
void websocket_describe_response(const struct message *message, const struct exchange *exchange,
				 struct span *span, struct arena *arena);

#endif
