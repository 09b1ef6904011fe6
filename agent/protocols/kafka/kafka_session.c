/*
 * The memory of a connection of Kafka. Everything has a fixed place; the oldest makes room.
 */
#include "protocols/kafka/kafka_session.h"

void kafka_session_wait(struct kafka_session *session, uint32_t correlation_id, int16_t api,
			int16_t version)
{
	struct kafka_waiting *waiting = kafka_session_find(session, correlation_id);

	if (!waiting) {
		waiting = &session->waiting[session->next_waiting];
		session->next_waiting = (session->next_waiting + 1) % KAFKA_MAX_WAITING;
	}
	*waiting = (struct kafka_waiting){correlation_id, api, version, true};
}

struct kafka_waiting *kafka_session_find(struct kafka_session *session, uint32_t correlation_id)
{
	for (int i = 0; i < KAFKA_MAX_WAITING; i++)
		if (session->waiting[i].is_waiting &&
		    session->waiting[i].correlation_id == correlation_id)
			return &session->waiting[i];
	return NULL;
}

void kafka_session_lose(struct kafka_session *session, enum message_kind side)
{
	session->is_unsure[side] = true;
	session->fetched.size = 0;
	session->has_many_fetched = true;
}

static void set_name(struct kafka_topic_name *topic, struct view name)
{
	topic->size = name.size <= KAFKA_MAX_TOPIC_NAME ? (uint8_t)name.size : 0;
	if (topic->size)
		memcpy(topic->bytes, name.bytes, topic->size);
}

void kafka_session_learn(struct kafka_session *session, struct view id, struct view name)
{
	if (id.size == KAFKA_UUID_BYTES && name.size <= KAFKA_MAX_TOPIC_NAME)
		shared_names_learn(&session->names, id, name);
}

struct view kafka_session_topic(const struct kafka_session *session, struct view id)
{
	return shared_names_find(&session->names, id);
}

struct view kafka_session_fetch(struct kafka_session *session, bool is_new, uint32_t count,
				struct view topic)
{
	struct view known = view_of(session->fetched.bytes, session->fetched.size);

	if (is_new) {
		session->has_many_fetched = count != 1 || !topic.size;
		set_name(&session->fetched, session->has_many_fetched ? view_of(NULL, 0) : topic);
	} else if (count && (count != 1 || !view_equals(topic, known))) {
		session->has_many_fetched = true;
		session->fetched.size = 0;
	}
	if (count == 1)
		return topic;
	return view_of(session->fetched.bytes, session->fetched.size);
}
