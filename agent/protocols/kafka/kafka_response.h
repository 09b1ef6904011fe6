/* Responses of Kafka: the error code, what was fetched, and the names of topics. */
#ifndef PROTOCOLS_KAFKA_RESPONSE_H
#define PROTOCOLS_KAFKA_RESPONSE_H

#include "protocols/kafka/kafka_fields.h"
#include "protocols/kafka/kafka_session.h"

/* What follows the correlation id of a response to a request of that kind, or its beginning. */
void kafka_response_read(struct view body, int16_t api, int16_t version,
			 struct kafka_session *session, struct kafka_fields *ret);

#endif
