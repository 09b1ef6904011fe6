/* Frames of WebSockets from hostile bytes, in both directions, with losses. */
// fuzz-sources: agent/protocols/websocket/websocket.c agent/protocols/websocket/websocket_frame.c
// fuzz-sources: agent/protocols/websocket/websocket_describe.c agent/protocols/endpoint.c
// fuzz-sources: agent/model/attribute.c agent/base/arena.c agent/base/view.c agent/base/utf8.c
// fuzz-sources: agent/base/log.c agent/base/clock.c
#include <assert.h>
#include <stdlib.h>
#include "base/arena.h"
#include "protocols/conversation.h"
#include "protocols/websocket/websocket.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct seen {
	unsigned opened, ended;
};

static void describe(const struct message *message, bool is_answer)
{
	struct connection_identity connection = {.family = FAMILY_IPV4};
	struct exchange exchange = {.connection = &connection};
	struct span span = {0};
	struct arena arena;

	arena_init(&arena, 1 << 20);
	if (is_answer)
		protocol_websocket.describe_response(message, &exchange, &span, &arena);
	else
		protocol_websocket.describe_request(message, &exchange, &span, &arena);
	arena_done(&arena);
}

static void open_exchange(void *self, uint64_t key, struct message *message)
{
	struct seen *seen = self;

	assert(key == 1 && ++seen->opened == 1);
	describe(message, false);
}

static unsigned char *state_of(void *self, uint64_t key)
{
	static unsigned char state[PROTOCOL_PAIR_STATE_BYTES];
	struct seen *seen = self;

	return key == 1 && seen->opened && !seen->ended ? state : NULL;
}

static void answer(void *self, uint64_t key, struct message *message)
{
	assert(state_of(self, key));
	describe(message, true);
}

static void end_exchange(void *self, uint64_t key)
{
	assert(state_of(self, key));
	((struct seen *)self)->ended++;
}

static void read_units(struct view bytes, unsigned choice)
{
	const struct conversation *conversation = protocol_websocket.conversation;
	struct seen seen = {0};
	struct exchange_sink sink = {.self = &seen,
				     .open = open_exchange,
				     .state = state_of,
				     .answer = answer,
				     .end = end_exchange};
	void *session = calloc(1, conversation->session_size);
	size_t offset;

	while (session && bytes.size) {
		struct unit unit = {.side = choice & 1 ? MESSAGE_REQUEST : MESSAGE_RESPONSE,
				    .bytes = bytes,
				    .is_final = choice & 2};

		choice = choice * 1103515245 + 12345;
		if (conversation->resume(session, unit.side, bytes, &offset))
			assert(offset < bytes.size);
		if (choice & 0x10000)
			conversation->lose(session, unit.side);
		if (conversation->read(session, &unit, &sink) != PARSE_DONE) {
			bytes = view_skip(bytes, 1);
			continue;
		}
		assert(unit.consumed > 0 && unit.consumed <= bytes.size);
		bytes = view_skip(bytes, unit.consumed);
		bytes = view_skip(bytes, unit.skip < bytes.size ? (size_t)unit.skip : 0);
	}
	free(session);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char *copy = malloc(size + 1);

	if (!copy)
		return 0;
	if (size)
		memcpy(copy, bytes, size);
	for (unsigned choice = 0; choice < 4; choice++)
		read_units(view_of(copy, size), choice);
	free(copy);
	return 0;
}
