/*
 * Responses of Kafka, by the version that was asked for. What was cut is left out; records are
 * counted by the head of their batch and never looked at.
 */
#include "protocols/kafka/kafka_response.h"

#define MAX_TOPICS_READ     64
#define MAX_PARTITIONS_READ 1024

struct response {
	struct wire_cursor cursor;
	int16_t version;
	bool is_flexible;
	struct kafka_session *session;
	struct kafka_fields *fields;
};

static void read_error(struct response *r)
{
	int16_t error = (int16_t)wire_cursor_u16(&r->cursor);

	if (!r->cursor.is_short)
		r->fields->error = error;
}

/* Of the first partition of the first topic. */
static void read_first_partition(struct response *r, bool is_by_id)
{
	struct wire_cursor *cursor = &r->cursor;

	if (!kafka_wire_count(cursor, r->is_flexible))
		return;
	if (is_by_id)
		(void)wire_cursor_take(cursor, KAFKA_UUID_BYTES);
	else
		(void)kafka_wire_text(cursor, r->is_flexible);
	if (!kafka_wire_count(cursor, r->is_flexible))
		return;
	(void)wire_cursor_u32(cursor);
	read_error(r);
}

/* Of the first item; behind its name, and its id, where it has one. */
static void read_first_item(struct response *r, bool has_name, bool has_id)
{
	struct wire_cursor *cursor = &r->cursor;

	if (!kafka_wire_count(cursor, r->is_flexible))
		return;
	if (has_name)
		(void)kafka_wire_text(cursor, r->is_flexible);
	(void)wire_cursor_take(cursor, has_id ? KAFKA_UUID_BYTES : 0);
	read_error(r);
}

static void read_error_at(struct response *r, const struct kafka_api *row)
{
	bool has_id = r->version >= row->id_from;

	if (r->version < row->error_from)
		return;
	switch ((enum kafka_error_place)row->error_place) {
	case KAFKA_ERROR_BY_TOPIC:
		read_first_partition(r, has_id);
		break;
	case KAFKA_ERROR_OF_NAMED:
		read_first_item(r, true, has_id);
		break;
	case KAFKA_ERROR_OF_ITEM:
		read_first_item(r, false, false);
		break;
	case KAFKA_ERROR_FIRST:
		if (row->key == KAFKA_ALTER_REASSIGNMENTS && r->version >= 1)
			(void)wire_cursor_u8(&r->cursor); /* what was allowed */
		read_error(r);
		break;
	case KAFKA_ERROR_UNKNOWN:
		break;
	}
}

/* Records of the one partition, behind what is told about it. */
static void read_fetched_partition(struct response *r)
{
	struct wire_cursor *cursor = &r->cursor;
	uint32_t aborted;

	r->fields->partition = (int32_t)wire_cursor_u32(cursor);
	r->fields->has_partition = !cursor->is_short;
	if (!r->fields->error)
		r->fields->error = (int16_t)wire_cursor_u16(cursor);
	else
		(void)wire_cursor_u16(cursor);
	(void)wire_cursor_u64(cursor); /* high watermark */
	(void)wire_cursor_take(cursor, r->version >= 4 ? 8 : 0);
	(void)wire_cursor_take(cursor, r->version >= 5 ? 8 : 0);
	aborted = r->version >= 4 ? kafka_wire_count(cursor, r->is_flexible) : 0;
	for (uint32_t i = 0; i < aborted && !cursor->is_short; i++) {
		(void)wire_cursor_take(cursor, 16);
		kafka_wire_skip_tags(cursor, r->is_flexible);
	}
	(void)wire_cursor_take(cursor, r->version >= 11 ? 4 : 0);
	r->fields->has_count = kafka_wire_records(cursor, r->is_flexible, &r->fields->count);
}

static void read_fetch(struct response *r)
{
	struct wire_cursor *cursor = &r->cursor;
	uint32_t topics;

	if (r->version >= 7) {
		r->fields->error = (int16_t)wire_cursor_u16(cursor);
		(void)wire_cursor_u32(cursor);
	}
	topics = kafka_wire_count(cursor, r->is_flexible);
	if (!topics && !cursor->is_short) {
		r->fields->has_count = true; /* nothing new */
		return;
	}
	if (topics != 1)
		return;
	if (r->version >= 13)
		r->fields->topic =
			kafka_session_topic(r->session, wire_cursor_take(cursor, KAFKA_UUID_BYTES));
	else
		r->fields->topic = kafka_wire_text(cursor, r->is_flexible);
	if (kafka_wire_count(cursor, r->is_flexible) == 1)
		read_fetched_partition(r);
}

static void skip_partition(struct response *r)
{
	struct wire_cursor *cursor = &r->cursor;

	(void)wire_cursor_take(cursor, r->version >= 7 ? 14 : 10);
	for (int lists = r->version >= 5 ? 3 : 2; lists; lists--)
		(void)wire_cursor_take(cursor,
				       4 * (uint64_t)kafka_wire_count(cursor, r->is_flexible));
	kafka_wire_skip_tags(cursor, r->is_flexible);
}

static void learn_topic(struct response *r)
{
	struct wire_cursor *cursor = &r->cursor;
	struct view name, id;
	uint32_t partitions;

	(void)wire_cursor_u16(cursor); /* its error: the topic may not exist yet */
	name = kafka_wire_text(cursor, r->is_flexible);
	id = wire_cursor_take(cursor, KAFKA_UUID_BYTES);
	if (!cursor->is_short)
		kafka_session_learn(r->session, id, name);
	(void)wire_cursor_u8(cursor);
	partitions = kafka_wire_count(cursor, r->is_flexible);
	for (uint32_t i = 0; i < partitions && !cursor->is_short; i++) {
		skip_partition(r);
		if (i >= MAX_PARTITIONS_READ)
			(void)wire_cursor_take(cursor, UINT64_MAX);
	}
	(void)wire_cursor_u32(cursor);
	kafka_wire_skip_tags(cursor, r->is_flexible);
}

/* Topics go by an id from version 10 on. */
static void read_metadata(struct response *r)
{
	struct wire_cursor *cursor = &r->cursor;
	uint32_t brokers, topics;

	if (r->version < 10)
		return;
	brokers = kafka_wire_count(cursor, r->is_flexible);
	for (uint32_t i = 0; i < brokers && !cursor->is_short; i++) {
		(void)wire_cursor_u32(cursor);
		(void)kafka_wire_text(cursor, r->is_flexible);
		(void)wire_cursor_u32(cursor);
		(void)kafka_wire_text(cursor, r->is_flexible);
		kafka_wire_skip_tags(cursor, r->is_flexible);
	}
	(void)kafka_wire_text(cursor, r->is_flexible); /* the cluster's id */
	(void)wire_cursor_u32(cursor);
	topics = kafka_wire_count(cursor, r->is_flexible);
	for (uint32_t i = 0; i < topics && i < MAX_TOPICS_READ && !cursor->is_short; i++)
		learn_topic(r);
}

/* One per group that was asked for from version 4 on: the first one's error. */
static void read_coordinator(struct response *r)
{
	struct wire_cursor *cursor = &r->cursor;

	if (r->version >= 4) {
		if (!kafka_wire_count(cursor, r->is_flexible))
			return;
		(void)kafka_wire_text(cursor, r->is_flexible); /* the group */
		(void)wire_cursor_u32(cursor);
		(void)kafka_wire_text(cursor, r->is_flexible); /* the host */
		(void)wire_cursor_u32(cursor);
	}
	r->fields->error = (int16_t)wire_cursor_u16(cursor);
}

void kafka_response_read(struct view body, int16_t api, int16_t version,
			 struct kafka_session *session, struct kafka_fields *ret)
{
	const struct kafka_api *row = kafka_api_find(api, version);
	struct response r = {.cursor = wire_cursor_over(body),
			     .version = version,
			     .session = session,
			     .fields = ret};

	memset(ret, 0, sizeof(*ret));
	ret->api = api;
	ret->version = version;
	if (!row)
		return;
	r.is_flexible = version >= row->flexible_from;
	if (api != KAFKA_API_VERSIONS)
		kafka_wire_skip_tags(&r.cursor, r.is_flexible); /* of the header */
	if (version >= row->throttle_from)
		(void)wire_cursor_u32(&r.cursor);
	if (api == KAFKA_FETCH)
		read_fetch(&r);
	else if (api == KAFKA_METADATA)
		read_metadata(&r);
	else if (api == KAFKA_FIND_COORDINATOR)
		read_coordinator(&r);
	else
		read_error_at(&r, row);
}
