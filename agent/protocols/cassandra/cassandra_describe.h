/* CQL exchanges as spans. */
#ifndef PROTOCOLS_CASSANDRA_CASSANDRA_DESCRIBE_H
#define PROTOCOLS_CASSANDRA_CASSANDRA_DESCRIBE_H

#include "protocols/protocol.h"

void cassandra_describe_request(const struct message *message, const struct exchange *exchange,
				struct span *span, struct arena *arena);
void cassandra_describe_response(const struct message *message, const struct exchange *exchange,
				 struct span *span, struct arena *arena);

#endif
