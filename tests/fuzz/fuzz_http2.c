/*
 * HTTP/2 from hostile bytes: detection, both sides of a connection from its start and joined
 * midway, losses in between, and header blocks for both readers. Nothing is left allocated. With
 * the highest bit of the first byte the input is a conversation in pieces (conversation_fuzz.h).
 */
// fuzz-sources: agent/protocols/websocket/*.c agent/protocols/telemetry/*.c
// fuzz-sources: agent/protocols/http2/*.c agent/protocols/http1*.c
// fuzz-sources: agent/protocols/http_*.c agent/protocols/elasticsearch/*.c
// fuzz-sources: agent/protocols/s3/*.c agent/protocols/graphql/*.c agent/protocols/grpc_web/*.c
// fuzz-sources: agent/protocols/attribute_text.c
// fuzz-sources: agent/protocols/endpoint.c agent/model/attribute.c agent/base/arena.c
// fuzz-sources: agent/base/view.c agent/base/utf8.c agent/base/log.c agent/base/clock.c
#include <assert.h>
#include <stdlib.h>
#include "base/arena.h"
#include "protocols/conversation.h"
#include "protocols/http2/hpack_decoder.h"
#include "protocols/http2/http2.h"
#include "tests/support/conversation_fuzz.h"

#define IS_IN_PIECES 0x80
#define KEYS_COUNT   16

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct exchanges {
	bool is_open[KEYS_COUNT];
	unsigned char states[KEYS_COUNT][PROTOCOL_PAIR_STATE_BYTES];
};

static void describe(struct message *message, bool is_request)
{
	struct connection_identity connection = {.family = FAMILY_IPV4, .peer_port = 9000};
	struct exchange exchange = {.connection = &connection, .is_server = is_request};
	struct span span = {0};
	struct arena arena;

	arena_init(&arena, 1 << 20);
	if (is_request)
		protocol_http2.describe_request(message, &exchange, &span, &arena);
	else
		protocol_http2.describe_response(message, &exchange, &span, &arena);
	assert(span.attributes.dropped_count == 0);
	arena_done(&arena);
}

static void open_one(void *self, uint64_t key, struct message *message)
{
	struct exchanges *e = self;

	describe(message, true);
	e->is_open[key % KEYS_COUNT] = true;
	memset(e->states[key % KEYS_COUNT], 0, PROTOCOL_PAIR_STATE_BYTES);
}

static unsigned char *state_of(void *self, uint64_t key)
{
	struct exchanges *e = self;

	return e->is_open[key % KEYS_COUNT] ? e->states[key % KEYS_COUNT] : NULL;
}

static void add_to(void *self, uint64_t key, uint64_t payload_bytes)
{
	assert(state_of(self, key) && payload_bytes < 1 << 24);
}

static void answer_one(void *self, uint64_t key, struct message *message)
{
	assert(state_of(self, key));
	if (message)
		describe(message, false);
}

static void end_one(void *self, uint64_t key)
{
	struct exchanges *e = self;

	assert(state_of(self, key));
	e->is_open[key % KEYS_COUNT] = false;
}

static void become(void *self, const struct protocol *next)
{
	(void)self;
	(void)next;
}

/* choice: bit 0 from the start, bit 1 which side speaks, bit 2 captures are cut, bit 3 losses. */
static void converse(struct view bytes, unsigned choice)
{
	const struct conversation *c = protocol_http2.conversation;
	struct session_budget budget = {.max_bytes = choice & 16 ? 3000 : 1 << 20};
	struct exchanges exchanges = {0};
	struct exchange_sink sink = {.self = &exchanges,
				     .open = open_one,
				     .state = state_of,
				     .add = add_to,
				     .answer = answer_one,
				     .end = end_one,
				     .become = become};
	enum message_kind side = choice & 2 ? MESSAGE_RESPONSE : MESSAGE_REQUEST;
	const struct session_start start = {.is_from_start = choice & 1};
	void *session = calloc(1, c->session_size);

	assert(c->begin(session, &budget, &start) == 0);
	while (bytes.size) {
		struct unit unit = {.side = side, .bytes = bytes, .is_final = choice & 4};
		enum parse_result result = c->read(session, &unit, &sink);
		size_t offset = 0;

		assert(result != PARSE_NEED_MORE || !unit.is_final);
		if (result == PARSE_DONE) {
			assert(unit.consumed >= 1 && unit.consumed <= bytes.size);
			bytes = view_skip(bytes, unit.consumed);
			bytes = view_skip(bytes,
					  unit.skip > bytes.size ? bytes.size : (size_t)unit.skip);
			side = choice & 8 ? !side : side;
			continue;
		}
		c->lose(session, side);
		bytes = view_skip(bytes, 1);
		if (!c->resume(session, side, bytes, &offset))
			break;
		assert(offset < bytes.size);
		bytes = view_skip(bytes, offset);
	}
	c->end(session, &budget);
	assert(budget.used_bytes == 0);
	free(session);
}

/* From the beginning of a connection both readers say the same. */
static void check_readers(struct view block)
{
	struct session_budget budget = {.max_bytes = 1 << 20};
	struct hpack_decoder strict, tolerant = {0};
	struct http2_head of_strict, of_tolerant;

	hpack_decoder_init(&strict, &budget);
	if (hpack_decoder_read(&strict, &budget, block, true, &of_strict) && strict.inflater) {
		assert(hpack_decoder_read(&tolerant, &budget, block, true, &of_tolerant));
		for (int i = 0; i < HTTP2_FIELDS_COUNT && !of_tolerant.has_unknown; i++)
			assert(of_strict.values[i].size >= MAX_HTTP2_VALUE_BYTES ||
			       view_equals(of_strict.values[i], of_tolerant.values[i]));
	}
	hpack_decoder_done(&strict, &budget);
	hpack_decoder_done(&tolerant, &budget);
	assert(budget.used_bytes == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct view view;
	char *copy;

	if (size < 1)
		return 0;
	if (bytes[0] & IS_IN_PIECES) {
		conversation_fuzz(&protocol_http2, true, bytes, size);
		return 0;
	}
	copy = malloc(size);
	memcpy(copy, bytes + 1, size - 1);
	view = view_of(copy, size - 1);
	check_detection(&protocol_http2, view);
	converse(view, bytes[0]);
	check_readers(view);
	free(copy);
	return 0;
}
