/*
 * The head of a request: records up to the empty PARAMS. The pairs are one stream that records cut
 * anywhere; a value that lies in two records is left out, for there is no memory here to join it
 * in. Servers cut only what is longer than 65,535 bytes.
 */
#include "protocols/fastcgi_params.h"

#include "protocols/fastcgi_record.h"

#define MAX_NAME_BYTES 32 /* longer names are none we know */

enum pair_phase { PAIR_NAME_SIZE, PAIR_VALUE_SIZE, PAIR_NAME, PAIR_VALUE };

/* Where in the stream of pairs we are. */
struct pairs {
	enum pair_phase phase;
	uint32_t size; /* being read: bytes of it follow */
	uint8_t size_left;
	uint32_t name_size, value_size;
	uint32_t done; /* of the name or the value */
	char name[MAX_NAME_BYTES];
};

struct head {
	struct pairs pairs;
	struct fastcgi_fields fields;
	struct propagation propagation;
};

static const struct {
	struct view name;
	size_t offset; /* of the view in struct head */
} known[] = {
#define PARAMETER(text, field)                                                                     \
	{                                                                                          \
		{.bytes = (text), .size = sizeof(text) - 1}, offsetof(struct head, field)          \
	}
	PARAMETER("REQUEST_METHOD", fields.method),
	PARAMETER("REQUEST_URI", fields.target),
	PARAMETER("SCRIPT_NAME", fields.script_name),
	PARAMETER("SCRIPT_FILENAME", fields.script_filename),
	PARAMETER("QUERY_STRING", fields.query),
	PARAMETER("HTTP_HOST", fields.host),
	PARAMETER("SERVER_NAME", fields.server_name),
	PARAMETER("SERVER_PORT", fields.server_port),
	PARAMETER("HTTPS", fields.https),
	PARAMETER("REQUEST_SCHEME", fields.scheme),
	PARAMETER("HTTP_USER_AGENT", fields.user_agent),
	PARAMETER("HTTP_TRACEPARENT", propagation.traceparent),
	PARAMETER("HTTP_TRACESTATE", propagation.tracestate),
	PARAMETER("HTTP_SENTRY_TRACE", propagation.sentry_trace),
	PARAMETER("HTTP_BAGGAGE", propagation.baggage),
	PARAMETER("HTTP_B3", propagation.b3),
	PARAMETER("HTTP_X_B3_TRACEID", propagation.b3_trace_id),
	PARAMETER("HTTP_X_B3_SPANID", propagation.b3_span_id),
	PARAMETER("HTTP_X_B3_SAMPLED", propagation.b3_sampled),
#undef PARAMETER
};

static void take_pair(struct head *head, struct view name, struct view value)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct view *slot = (struct view *)((char *)head + known[i].offset);

		if (!view_equals(name, known[i].name))
			continue;
		if (!slot->bytes && value.size)
			*slot = value;
		return;
	}
}

/* One byte of a size: below 128 it is all of it, else there are three more. */
static bool take_size_byte(struct pairs *pairs, unsigned char byte, uint32_t *ret)
{
	if (pairs->size_left == 0 && byte >= 0x80) {
		pairs->size = byte & 0x7fu;
		pairs->size_left = 3;
		return false;
	}
	if (pairs->size_left == 0) {
		*ret = byte;
		return true;
	}
	pairs->size = pairs->size << 8 | byte;
	*ret = pairs->size;
	return --pairs->size_left == 0;
}

/* Up to the end of the name or of the content; the bytes used. */
static size_t take_name(struct pairs *pairs, struct view content)
{
	size_t left = pairs->name_size - pairs->done;
	size_t part = content.size < left ? content.size : left;

	for (size_t i = 0; i < part && pairs->done + i < MAX_NAME_BYTES; i++)
		pairs->name[pairs->done + i] = content.bytes[i];
	pairs->done += (uint32_t)part;
	return part;
}

static size_t take_value(struct head *head, struct view content)
{
	struct pairs *pairs = &head->pairs;
	size_t left = pairs->value_size - pairs->done;
	size_t part = content.size < left ? content.size : left;

	if (part == pairs->value_size && pairs->name_size <= MAX_NAME_BYTES)
		take_pair(head, view_of(pairs->name, pairs->name_size), view_take(content, part));
	pairs->done += (uint32_t)part;
	return part;
}

/* After each step: what is complete makes way for what comes next. */
static void advance(struct pairs *pairs)
{
	if (pairs->phase == PAIR_NAME && pairs->done == pairs->name_size) {
		pairs->phase = PAIR_VALUE;
		pairs->done = 0;
	}
	if (pairs->phase == PAIR_VALUE && pairs->done == pairs->value_size) {
		pairs->phase = PAIR_NAME_SIZE;
		pairs->done = 0;
	}
}

static void take_content(struct head *head, struct view content)
{
	struct pairs *pairs = &head->pairs;

	while (content.size) {
		unsigned char byte = (unsigned char)content.bytes[0];
		size_t used = 1;

		switch (pairs->phase) {
		case PAIR_NAME_SIZE:
			if (take_size_byte(pairs, byte, &pairs->name_size))
				pairs->phase = PAIR_VALUE_SIZE;
			break;
		case PAIR_VALUE_SIZE:
			if (!take_size_byte(pairs, byte, &pairs->value_size))
				break;
			pairs->phase = PAIR_NAME;
			advance(pairs);
			break;
		case PAIR_NAME:
			used = take_name(pairs, content);
			advance(pairs);
			break;
		case PAIR_VALUE:
			used = take_value(head, content);
			advance(pairs);
			break;
		}
		content = view_skip(content, used);
	}
}

static enum parse_result finish(const struct head *head, size_t consumed, bool is_truncated,
				struct message *ret_message, size_t *ret_consumed)
{
	if (!head->fields.method.size ||
	    (!head->fields.target.size && !head->fields.script_name.size))
		return PARSE_INVALID;
	memset(ret_message, 0, offsetof(struct message, fields) + sizeof(head->fields));
	ret_message->kind = MESSAGE_REQUEST;
	ret_message->framing = is_truncated ? BODY_UNTIL_CLOSE : BODY_CHUNKED;
	ret_message->head_size = consumed;
	ret_message->is_truncated = is_truncated;
	ret_message->propagation = head->propagation;
	memcpy(ret_message->fields, &head->fields, sizeof(head->fields));
	*ret_consumed = consumed;
	return PARSE_DONE;
}

/* Records in their order: one BEGIN_REQUEST, then PARAMS of the same id. */
static bool is_in_order(const struct fastcgi_record *record, uint16_t id)
{
	if (id == 0)
		return record->type == FASTCGI_BEGIN_REQUEST && record->id &&
		       record->content_size == 8;
	return record->type == FASTCGI_PARAMS && record->id == id;
}

enum parse_result fastcgi_params_parse(struct view bytes, bool is_final,
				       struct message *ret_message, size_t *ret_consumed)
{
	struct head head = {0};
	struct view rest = bytes;
	uint16_t id = 0;

	for (;;) {
		struct fastcgi_record record;
		enum parse_result result = fastcgi_record_read(rest, &record);

		if (result == PARSE_INVALID)
			return PARSE_INVALID;
		if (result == PARSE_NEED_MORE)
			break;
		/* Questions about the server itself have id 0 and may come at any time. */
		if (record.type != FASTCGI_GET_VALUES) {
			if (!is_in_order(&record, id))
				return PARSE_INVALID;
			if (record.type == FASTCGI_PARAMS)
				take_content(&head, record.content);
			id = record.id;
		}
		if (rest.size < record.size)
			break;
		rest = view_skip(rest, record.size);
		if (record.type == FASTCGI_PARAMS && record.content_size == 0)
			return finish(&head, bytes.size - rest.size, false, ret_message,
				      ret_consumed);
	}
	return is_final ? finish(&head, bytes.size, true, ret_message, ret_consumed)
			: PARSE_NEED_MORE;
}
