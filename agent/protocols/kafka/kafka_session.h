/*
 * What a connection of Kafka remembers: which requests wait for their response, and what the fetch
 * session is about. Fixed in size. The names of topics that go by an id are what any connection of
 * the process was told: a client asks one broker for them, and speaks of them to others.
 */
#ifndef PROTOCOLS_KAFKA_SESSION_H
#define PROTOCOLS_KAFKA_SESSION_H

#include "model/exchange.h"
#include "protocols/shared_names.h"
#include "protocols/kafka/kafka_wire.h"

#define KAFKA_MAX_WAITING    64
#define KAFKA_MAX_TOPIC_NAME 249

struct kafka_topic_name {
	uint8_t size; /* 0: none */
	char bytes[KAFKA_MAX_TOPIC_NAME];
};

struct kafka_waiting {
	uint32_t correlation_id;
	int16_t api, version;
	bool is_waiting;
};

struct kafka_session {
	bool is_unsure[2]; /* the place of this side is not proven yet */
	uint8_t next_waiting;
	struct kafka_waiting waiting[KAFKA_MAX_WAITING];
	struct name_scope names;
	/* Of fetches that name no topic because the session knows them: the only one; empty where
	 * there are several or none is known. */
	struct kafka_topic_name fetched;
	bool has_many_fetched;
};

void kafka_session_wait(struct kafka_session *session, uint32_t correlation_id, int16_t api,
			int16_t version);
/* NULL: nobody waits for it. */
struct kafka_waiting *kafka_session_find(struct kafka_session *session, uint32_t correlation_id);
void kafka_session_lose(struct kafka_session *session, enum message_kind side);

void kafka_session_learn(struct kafka_session *session, struct view id, struct view name);
/* Empty: not known. */
struct view kafka_session_topic(const struct kafka_session *session, struct view id);

/* A fetch that asks for `count` topics, the first of them by this name (empty: not known). Returns
 * what it is about. */
struct view kafka_session_fetch(struct kafka_session *session, bool is_new, uint32_t count,
				struct view topic);

#endif
