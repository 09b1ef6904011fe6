/*
 * FastCGI from hostile bytes: detection, heads, bodies, attributes, and the standard error of a
 * worker. A cut never changes what was understood.
 */
// fuzz-sources: agent/protocols/fastcgi.c agent/protocols/fastcgi_record.c
// fuzz-sources: agent/protocols/fastcgi_params.c agent/protocols/fastcgi_output.c
// fuzz-sources: agent/protocols/fastcgi_body.c agent/protocols/fastcgi_describe.c
// fuzz-sources: agent/protocols/http1*.c agent/protocols/http2/*.c agent/protocols/http_*.c
// fuzz-sources: agent/protocols/elasticsearch/*.c agent/protocols/s3/*.c
// fuzz-sources: agent/protocols/graphql/*.c agent/protocols/grpc_web/*.c
// fuzz-sources: agent/protocols/websocket/*.c agent/protocols/telemetry/*.c
// fuzz-sources: agent/protocols/attribute_text.c agent/protocols/endpoint.c
// fuzz-sources: agent/model/attribute.c agent/base/arena.c agent/tracebacks/fastcgi_stderr.c
// fuzz-sources: agent/base/view.c agent/base/utf8.c agent/base/log.c agent/base/clock.c
#include <assert.h>
#include <stdlib.h>
#include "base/arena.h"
#include "protocols/fastcgi.h"
#include "tracebacks/fastcgi_stderr.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void describe(const struct message *message, int choice)
{
	struct connection_identity connection = {.family = FAMILY_IPV4, .peer_port = 9000};
	struct exchange exchange = {.connection = &connection, .is_server = choice & 1};
	struct span span = {0};
	struct arena arena;

	arena_init(&arena, 1 << 20);
	if (message->kind == MESSAGE_REQUEST)
		protocol_fastcgi.describe_request(message, &exchange, &span, &arena);
	else
		protocol_fastcgi.describe_response(message, &exchange, &span, &arena);
	assert(span.attributes.dropped_count == 0);
	arena_done(&arena);
}

static void check_detection(struct view bytes)
{
	enum detect_result whole = protocol_fastcgi.detect(bytes);

	for (size_t cut = 0; cut < bytes.size && cut < 64; cut++) {
		enum detect_result part = protocol_fastcgi.detect(view_take(bytes, cut));

		assert(part == whole || part == DETECT_NEED_MORE);
	}
}

static void parse_head(enum message_kind kind, struct view bytes, int choice)
{
	unsigned char pair_state[PROTOCOL_PAIR_STATE_BYTES] = {0};
	struct message message, again;
	size_t consumed, consumed_again;

	if (protocol_fastcgi.parse(kind, bytes, choice & 2, pair_state, &message, &consumed) !=
	    PARSE_DONE)
		return;
	assert(consumed > 0 && consumed <= bytes.size && consumed == message.head_size);
	assert(message.body_payload <= message.body_size);
	describe(&message, choice);
	if (message.is_truncated)
		return;
	assert(protocol_fastcgi.parse(kind, view_take(bytes, consumed), false, pair_state, &again,
				      &consumed_again) == PARSE_DONE);
	assert(consumed_again == consumed);
	assert(protocol_fastcgi.parse(kind, view_take(bytes, consumed - 1), false, pair_state,
				      &again, &consumed_again) == PARSE_NEED_MORE);
}

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

		result = protocol_fastcgi.parse_body(state, piece, &consumed, &skip, &payload);
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
	assert(payload[0] == payload[1] && end[0] == end[1]);
	(void)protocol_fastcgi.ends_body(bytes);
}

static size_t count_stderr(struct view bytes, size_t step)
{
	struct fastcgi_stderr state = {0};
	size_t total = 0;

	for (size_t at = 0; at < bytes.size; at += step < bytes.size ? step : bytes.size) {
		struct view rest = view_take(view_skip(bytes, at), step), piece;

		while (fastcgi_stderr_next(&state, &rest, &piece))
			total += piece.size;
	}
	return total;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct view view;
	char *copy;

	if (size < 1)
		return 0;
	copy = malloc(size);
	memcpy(copy, bytes + 1, size - 1);
	view = view_of(copy, size - 1);
	check_detection(view);
	parse_head(MESSAGE_REQUEST, view, bytes[0]);
	parse_head(MESSAGE_RESPONSE, view, bytes[0]);
	check_body(view);
	assert(count_stderr(view, SIZE_MAX) == count_stderr(view, 1));
	free(copy);
	return 0;
}
