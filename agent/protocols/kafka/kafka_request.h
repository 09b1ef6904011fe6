/* Requests of Kafka: the header, which proves the protocol, and what a span tells of the body. */
#ifndef PROTOCOLS_KAFKA_REQUEST_H
#define PROTOCOLS_KAFKA_REQUEST_H

#include "protocols/kafka/kafka_fields.h"
#include "protocols/kafka/kafka_session.h"
#include "protocols/protocol.h"

#define KAFKA_MAX_SIZE (256 << 20)

struct kafka_request {
	uint32_t size; /* of what follows it */
	uint32_t correlation_id;
	int16_t key, version;
	const struct kafka_api *api; /* NULL: of such a request nothing but its header is known */
	bool is_flexible;
	struct view client_id;
	struct wire_cursor body; /* what of it is there */
};

/*
 * PARSE_NEED_MORE: so far it is one. is_certain: a request begins here, as the one before it ended
 * here: it is believed, too, where its key or version is newer than what is known.
 */
enum parse_result kafka_request_header(struct view bytes, bool is_certain,
				       struct kafka_request *ret);

enum detect_result kafka_request_detect(struct view bytes);

/* ret_is_answered: false for a produce request without acknowledgement. */
void kafka_request_read(const struct kafka_request *request, struct kafka_session *session,
			struct kafka_fields *ret, bool *ret_is_answered);

#endif
