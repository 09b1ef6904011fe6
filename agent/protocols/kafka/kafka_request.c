/*
 * Requests of Kafka. A header is believed when its size, its key and version, its client id and its
 * tagged fields all can be. Of the body: topics, partitions, the number of records in a batch, the
 * consumer group; never a record, never what authenticates.
 */
#include "protocols/kafka/kafka_request.h"

#define MIN_SIZE           10 /* key, version, correlation id, client id */
#define MAX_CLIENT_ID      1024
#define MAX_CORRELATION_ID 0x3fffffffu /* clients count from 0 or 1 */
#define MAX_TIMEOUT_MS     3600000
#define MAX_DETECT_SIZE    8192
#define MAX_KEY            1023 /* of requests that are not known */
#define MAX_VERSION        126

static bool is_text(struct view text)
{
	for (size_t i = 0; i < text.size; i++)
		if ((uint8_t)text.bytes[i] < 0x20 || text.bytes[i] == 0x7f)
			return false;
	return true;
}

static bool is_newer(const struct kafka_request *request)
{
	return request->key >= 0 && request->key <= MAX_KEY && request->version >= 0 &&
	       request->version <= MAX_VERSION;
}

enum parse_result kafka_request_header(struct view bytes, bool is_certain,
				       struct kafka_request *ret)
{
	struct wire_cursor cursor = wire_cursor_over(bytes);
	int16_t client_id_size;

	memset(ret, 0, sizeof(*ret));
	ret->size = wire_cursor_u32(&cursor);
	if (cursor.is_short)
		return bytes.size == 0 || bytes.bytes[0] <= KAFKA_MAX_SIZE >> 24 ? PARSE_NEED_MORE
										 : PARSE_INVALID;
	if (ret->size < MIN_SIZE || ret->size > KAFKA_MAX_SIZE)
		return PARSE_INVALID;
	ret->key = (int16_t)wire_cursor_u16(&cursor);
	ret->version = (int16_t)wire_cursor_u16(&cursor);
	if (cursor.is_short)
		return PARSE_NEED_MORE;
	ret->api = kafka_api_find(ret->key, ret->version);
	if (!ret->api && !(is_certain && is_newer(ret)))
		return PARSE_INVALID;
	ret->is_flexible = ret->api && ret->version >= ret->api->flexible_from;
	ret->correlation_id = wire_cursor_u32(&cursor);
	client_id_size = (int16_t)wire_cursor_u16(&cursor);
	if (cursor.is_short)
		return PARSE_NEED_MORE;
	if (client_id_size < -1 || client_id_size > MAX_CLIENT_ID ||
	    (client_id_size > 0 && MIN_SIZE + (uint32_t)client_id_size > ret->size))
		return PARSE_INVALID;
	if (client_id_size > 0) {
		if (!is_text(view_take(cursor.rest, (size_t)client_id_size)))
			return PARSE_INVALID;
		ret->client_id = wire_cursor_take(&cursor, (uint64_t)client_id_size);
	}
	kafka_wire_skip_tags(&cursor, ret->is_flexible);
	if (cursor.is_short)
		return PARSE_NEED_MORE;
	ret->body = cursor;
	return PARSE_DONE;
}

/* A large request holds records: the beginning of a produce request says how many must have them,
 * and how long that may take. */
static enum detect_result detect_produce(const struct kafka_request *request)
{
	struct wire_cursor cursor = request->body;
	int16_t acks;
	uint32_t timeout_ms;

	if (request->key != KAFKA_PRODUCE)
		return DETECT_NO;
	if (request->version >= 3)
		(void)kafka_wire_text(&cursor, request->is_flexible); /* transactional id */
	acks = (int16_t)wire_cursor_u16(&cursor);
	timeout_ms = wire_cursor_u32(&cursor);
	if (cursor.is_short)
		return DETECT_NEED_MORE;
	return acks >= -1 && acks <= 1 && timeout_ms > 0 && timeout_ms <= MAX_TIMEOUT_MS
		       ? DETECT_REQUEST
		       : DETECT_NO;
}

static bool is_name(struct view text)
{
	return text.size && text.size <= MAX_CLIENT_ID && is_text(text);
}

/* Of a client that does not say who it is: what nearly all ask first, with nothing behind it. The
 * versions it may use, from 3 on with the names of its software and of that one's version. */
static enum detect_result detect_nameless(const struct kafka_request *request, struct view bytes)
{
	size_t whole = request->size + 4ull;
	size_t head = (size_t)(request->body.rest.bytes - bytes.bytes);
	struct wire_cursor cursor;
	bool has_names = true;

	if (request->key != KAFKA_API_VERSIONS || whole > MAX_DETECT_SIZE || head > whole)
		return DETECT_NO;
	if (bytes.size < whole)
		return DETECT_NEED_MORE;
	cursor = wire_cursor_over(view_skip(view_take(bytes, whole), head));
	if (request->is_flexible) {
		has_names = is_name(kafka_wire_text(&cursor, true));
		has_names = is_name(kafka_wire_text(&cursor, true)) && has_names;
		kafka_wire_skip_tags(&cursor, true);
	}
	return has_names && !cursor.is_short && !cursor.rest.size ? DETECT_REQUEST : DETECT_NO;
}

/* A client that does not say who it is proves too little, but by a request that can be nothing
 * else; and so does a header without the request. */
enum detect_result kafka_request_detect(struct view bytes)
{
	enum detect_result more = bytes.size < 2 * MAX_CLIENT_ID ? DETECT_NEED_MORE : DETECT_NO;
	enum detect_result large;
	struct kafka_request request;

	switch (kafka_request_header(view_take(bytes, 2 * MAX_CLIENT_ID), false, &request)) {
	case PARSE_DONE:
		if (request.correlation_id > MAX_CORRELATION_ID)
			return DETECT_NO;
		if (!request.client_id.size)
			return detect_nameless(&request, bytes);
		if (request.size <= MAX_DETECT_SIZE)
			return request.size + 4ull <= bytes.size ? DETECT_REQUEST
								 : DETECT_NEED_MORE;
		large = detect_produce(&request);
		return large == DETECT_NEED_MORE ? more : large;
	case PARSE_NEED_MORE:
		return more;
	default:
		return DETECT_NO;
	}
}

static struct view read_topic(struct wire_cursor *cursor, bool is_by_id, bool is_flexible,
			      const struct kafka_session *session)
{
	if (is_by_id)
		return kafka_session_topic(session, wire_cursor_take(cursor, KAFKA_UUID_BYTES));
	return kafka_wire_text(cursor, is_flexible);
}

static void read_produce(const struct kafka_request *request, const struct kafka_session *session,
			 struct kafka_fields *fields, bool *ret_is_answered)
{
	struct wire_cursor cursor = request->body;
	bool is_flexible = request->is_flexible;
	uint32_t topics, partitions;
	int16_t acks;

	if (request->version >= 3)
		(void)kafka_wire_text(&cursor, is_flexible); /* transactional id */
	acks = (int16_t)wire_cursor_u16(&cursor);
	*ret_is_answered = cursor.is_short || acks != 0;
	(void)wire_cursor_u32(&cursor);
	topics = kafka_wire_count(&cursor, is_flexible);
	if (topics != 1)
		return;
	fields->topic = read_topic(&cursor, request->version >= request->api->id_from, is_flexible,
				   session);
	partitions = kafka_wire_count(&cursor, is_flexible);
	if (partitions != 1)
		return;
	fields->partition = (int32_t)wire_cursor_u32(&cursor);
	fields->has_partition = !cursor.is_short;
	fields->has_count = kafka_wire_records(&cursor, is_flexible, &fields->count);
}

static void read_fetch(const struct kafka_request *request, struct kafka_session *session,
		       struct kafka_fields *fields)
{
	struct wire_cursor cursor = request->body;
	bool is_flexible = request->is_flexible, is_new = true;
	int16_t version = request->version;
	struct view topic = {0};
	uint32_t topics;

	(void)wire_cursor_take(&cursor, version < 15 ? 12 : 8); /* replica, wait, minimum */
	(void)wire_cursor_take(&cursor, version >= 3 ? 4 : 0);
	(void)wire_cursor_take(&cursor, version >= 4 ? 1 : 0);
	if (version >= 7) { /* the session and its epoch; the last one, -1, asks for no others */
		is_new = !wire_cursor_u32(&cursor);
		is_new = !wire_cursor_u32(&cursor) || is_new;
	}
	topics = kafka_wire_count(&cursor, is_flexible);
	if (topics)
		topic = read_topic(&cursor, version >= 13, is_flexible, session);
	if (cursor.is_short)
		return;
	fields->topic = kafka_session_fetch(session, is_new, topics, topic);
	if (topics == 1 && is_new && kafka_wire_count(&cursor, is_flexible) == 1) {
		fields->partition = (int32_t)wire_cursor_u32(&cursor);
		fields->has_partition = !cursor.is_short;
	}
}

/* As read_fetch, of a share group; its topics go by their ids. */
static void read_share_fetch(const struct kafka_request *request, struct kafka_session *session,
			     struct kafka_fields *fields)
{
	struct wire_cursor cursor = request->body;
	struct view topic = {0};
	uint32_t topics;
	bool is_new;

	fields->group = kafka_wire_text(&cursor, true);
	(void)kafka_wire_text(&cursor, true); /* the member */
	is_new = wire_cursor_u32(&cursor) == 0;
	if (request->key == KAFKA_SHARE_FETCH) /* wait, minimum, maximum, records, batch */
		(void)wire_cursor_take(&cursor, request->version >= 1 ? 20 : 12);
	if (request->version >= 2)
		(void)wire_cursor_take(&cursor, request->key == KAFKA_SHARE_FETCH ? 2 : 1);
	topics = kafka_wire_count(&cursor, true);
	if (topics)
		topic = read_topic(&cursor, true, true, session);
	if (cursor.is_short)
		return;
	fields->topic = kafka_session_fetch(session, is_new, topics, topic);
}

static void read_group(const struct kafka_request *request, struct kafka_fields *fields)
{
	struct wire_cursor cursor = request->body;
	bool is_flexible = request->is_flexible;
	struct view name;

	if (request->version <= request->api->group_until) {
		fields->group = kafka_wire_text(&cursor, is_flexible);
	} else if (request->key == KAFKA_OFFSET_FETCH) {
		if (kafka_wire_count(&cursor, is_flexible) == 1)
			fields->group = kafka_wire_text(&cursor, is_flexible);
	} else if (request->key == KAFKA_FIND_COORDINATOR && request->version >= 4) {
		if (wire_cursor_u8(&cursor) == 0 && kafka_wire_count(&cursor, is_flexible) == 1)
			fields->group = kafka_wire_text(&cursor, is_flexible);
	} else if (request->key == KAFKA_FIND_COORDINATOR) {
		name = kafka_wire_text(&cursor, is_flexible);
		/* From version 1 on the coordinator may be one of transactions. */
		if (request->version == 0 || (wire_cursor_u8(&cursor) == 0 && !cursor.is_short))
			fields->group = name;
	}
}

void kafka_request_read(const struct kafka_request *request, struct kafka_session *session,
			struct kafka_fields *ret, bool *ret_is_answered)
{
	memset(ret, 0, sizeof(*ret));
	*ret_is_answered = true;
	ret->api = request->key;
	ret->version = request->version;
	ret->client_id = request->client_id;
	if (!request->api)
		return;
	if (ret->api == KAFKA_PRODUCE)
		read_produce(request, session, ret, ret_is_answered);
	else if (ret->api == KAFKA_FETCH)
		read_fetch(request, session, ret);
	else if (ret->api == KAFKA_SHARE_FETCH || ret->api == KAFKA_SHARE_ACKNOWLEDGE)
		read_share_fetch(request, session, ret);
	else
		read_group(request, ret);
}
