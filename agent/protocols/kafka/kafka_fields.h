/* What the readers of Kafka tell the describe functions, in message->fields. */
#ifndef PROTOCOLS_KAFKA_FIELDS_H
#define PROTOCOLS_KAFKA_FIELDS_H

#include "protocols/kafka/kafka_api.h"
#include "base/view.h"

struct kafka_fields {
	int16_t api, version;
	struct view client_id;
	struct view topic; /* empty: not known, or several */
	struct view group;
	bool has_partition;
	int32_t partition;
	bool has_count; /* of records */
	uint64_t count;
	int16_t error; /* of a response; 0: none */
};

#endif
