/*
 * Kafka's requests by their key: names, versions, and where in a response its error code stands
 * (https://kafka.apache.org/protocol, clients/src/main/resources/common/message of Kafka 4.4).
 */
#ifndef PROTOCOLS_KAFKA_API_H
#define PROTOCOLS_KAFKA_API_H

#include <stdint.h>

enum kafka_api_key {
	KAFKA_PRODUCE = 0,
	KAFKA_FETCH = 1,
	KAFKA_LIST_OFFSETS = 2,
	KAFKA_METADATA = 3,
	KAFKA_OFFSET_COMMIT = 8,
	KAFKA_OFFSET_FETCH = 9,
	KAFKA_FIND_COORDINATOR = 10,
	KAFKA_JOIN_GROUP = 11,
	KAFKA_API_VERSIONS = 18,
	KAFKA_ALTER_REASSIGNMENTS = 45,
	KAFKA_SHARE_FETCH = 78,
	KAFKA_SHARE_ACKNOWLEDGE = 79,
};

enum kafka_error_place {
	KAFKA_ERROR_UNKNOWN,  /* nowhere, or in too many places */
	KAFKA_ERROR_FIRST,    /* after the throttle time, where there is one */
	KAFKA_ERROR_OF_ITEM,  /* items, each begins with its error code */
	KAFKA_ERROR_OF_NAMED, /* items, each a name and its error code */
	KAFKA_ERROR_BY_TOPIC, /* topics, then partitions, each with an error code */
};

#define KAFKA_NEVER 127

struct kafka_api {
	int16_t key;
	const char *name;
	int8_t max_version;
	int8_t flexible_from; /* compact texts, tagged fields: KAFKA_NEVER for none */
	uint8_t error_place;  /* enum kafka_error_place */
	int8_t error_from;    /* the first version with it there */
	int8_t id_from;       /* topics have an id from here on: BY_TOPIC for a name, else behind */
	int8_t throttle_from; /* responses begin with a throttle time from this version on */
	int8_t group_until;   /* requests begin with the group's name up to this version; -1: no */
};

/* NULL: no such request, or none of that version. */
const struct kafka_api *kafka_api_find(int16_t key, int16_t version);

/* "Produce", in whatever version; NULL: no such request. */
const char *kafka_api_name(int16_t key);

/* "NOT_LEADER_OR_FOLLOWER"; NULL: no such error. */
const char *kafka_api_error_name(int16_t error);

#endif
