/*
 * HTTP/1 from hostile bytes: detection, heads, bodies, attributes. Beyond "does not crash": results
 * stay within the input, a cut never changes what was understood, attributes are valid UTF-8 and
 * within their caps.
 */
// fuzz-sources: agent/protocols/websocket/*.c agent/protocols/telemetry/*.c
// fuzz-sources: agent/protocols/http_*.c agent/protocols/elasticsearch/*.c
// fuzz-sources: agent/protocols/s3/*.c agent/protocols/graphql/*.c
// fuzz-sources: agent/protocols/grpc_web/*.c agent/protocols/http2/*.c
// fuzz-sources: agent/protocols/http1.c agent/protocols/http1_start_line.c
// fuzz-sources: agent/protocols/http1_head.c agent/protocols/http1_framing.c
// fuzz-sources: agent/protocols/http1_body.c agent/protocols/http1_describe.c
// fuzz-sources: agent/protocols/http1_url.c agent/protocols/attribute_text.c
// fuzz-sources: agent/protocols/endpoint.c agent/model/attribute.c agent/base/arena.c
// fuzz-sources: agent/base/view.c agent/base/utf8.c agent/base/log.c agent/base/clock.c
#include <assert.h>
#include <stdlib.h>
#include "base/arena.h"
#include "base/utf8.h"
#include "protocols/http1.h"
#include "protocols/http1_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_text(struct view text)
{
	while (text.size) {
		size_t length = utf8_sequence_length(text);

		assert(length);
		text = view_skip(text, length);
	}
}

static void check_span(const struct span *span)
{
	assert(span->attributes.dropped_count == 0);
	for (uint32_t i = 0; i < span->attributes.count; i++) {
		const struct attribute *attribute = &span->attributes.items[i];

		if (attribute->type != ATTRIBUTE_STRING)
			continue;
		assert(attribute->string.size <= 2048);
		check_text(attribute->string);
	}
}

static void describe(const struct message *message, int choice)
{
	struct connection_identity connection = {.family = FAMILY_IPV4, .peer_port = 80};
	struct exchange exchange = {.connection = &connection, .is_server = choice & 1};
	struct span span = {0};
	struct arena arena;

	if (choice & 2)
		connection.family = FAMILY_UNIX;
	arena_init(&arena, 1 << 20);
	if (message->kind == MESSAGE_REQUEST)
		protocol_http1.describe_request(message, &exchange, &span, &arena);
	else
		protocol_http1.describe_response(message, &exchange, &span, &arena);
	check_span(&span);
	arena_done(&arena);
}

static void check_detection(struct view bytes)
{
	enum detect_result whole = protocol_http1.detect(bytes);

	for (size_t cut = 0; cut < bytes.size && cut < 64; cut++) {
		enum detect_result part = protocol_http1.detect(view_take(bytes, cut));

		assert(part == whole || part == DETECT_NEED_MORE);
	}
}

static void parse_head(enum message_kind kind, struct view bytes, int choice)
{
	unsigned char pair_state[PROTOCOL_PAIR_STATE_BYTES] = {0};
	struct message message;
	size_t consumed;
	enum parse_result result =
		protocol_http1.parse(kind, bytes, choice & 4, pair_state, &message, &consumed);

	if (result != PARSE_DONE)
		return;
	assert(consumed > 0 && consumed <= bytes.size && consumed == message.head_size);
	describe(&message, choice);
	/* A head is a head whatever follows, and is not one before its last byte. */
	if (!message.is_truncated) {
		struct message again;
		size_t consumed_again;

		assert(protocol_http1.parse(kind, view_take(bytes, consumed), false, pair_state,
					    &again, &consumed_again) == PARSE_DONE);
		assert(consumed_again == consumed);
		assert(protocol_http1.parse(kind, view_take(bytes, consumed - 1), false, pair_state,
					    &again, &consumed_again) == PARSE_NEED_MORE);
	}
}

/* Feeds a body in pieces of the given size; skipped bytes are not shown. */
static enum parse_result parse_body(struct view bytes, size_t step, size_t *ret_end,
				    uint64_t *ret_payload)
{
	_Alignas(8) unsigned char state[PROTOCOL_BODY_STATE_BYTES] = {0};
	enum parse_result result = PARSE_NEED_MORE;
	size_t at = 0;

	*ret_payload = 0;
	while (at < bytes.size && result == PARSE_NEED_MORE) {
		struct view piece = view_take(view_skip(bytes, at), step);
		uint64_t skip = 0, payload = 0;
		size_t consumed = 0;

		result = protocol_http1.parse_body(state, piece, &consumed, &skip, &payload);
		if (result == PARSE_INVALID)
			break;
		assert(consumed <= piece.size);
		assert(result == PARSE_DONE || consumed == piece.size);
		assert(result != PARSE_DONE || skip == 0);
		*ret_payload += payload;
		at = skip > bytes.size - at - consumed ? bytes.size : at + consumed + (size_t)skip;
	}
	*ret_end = at;
	return result;
}

static void check_body(struct view bytes)
{
	uint64_t payload[2];
	size_t end[2];
	enum parse_result whole = parse_body(bytes, SIZE_MAX, &end[0], &payload[0]);
	enum parse_result pieces = parse_body(bytes, 1, &end[1], &payload[1]);

	assert(whole == pieces);
	if (whole == PARSE_INVALID)
		return;
	assert(end[0] == end[1] && payload[0] == payload[1]);
	(void)protocol_http1.ends_body(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct view input;
	char *copy;

	if (size < 1)
		return 0;
	copy = malloc(size - 1 ? size - 1 : 1); /* exactly, for ASan */
	if (!copy)
		return 0;
	memcpy(copy, bytes + 1, size - 1);
	input = view_of(copy, size - 1);
	check_detection(input);
	parse_head(MESSAGE_REQUEST, input, bytes[0]);
	parse_head(MESSAGE_RESPONSE, input, bytes[0]);
	check_body(input);
	free(copy);
	return 0;
}
