/*
 * PostgreSQL's protocol from hostile bytes, both sides in turns: sessions stay within their bounds,
 * exchanges are opened with rising keys and end once, and all memory comes back.
 */
// fuzz-sources: agent/protocols/postgresql/postgresql.c
// fuzz-sources: agent/protocols/postgresql/postgresql_message.c
// fuzz-sources: agent/protocols/postgresql/postgresql_proof.c
// fuzz-sources: agent/protocols/postgresql/postgresql_client.c
// fuzz-sources: agent/protocols/postgresql/postgresql_server.c
// fuzz-sources: agent/protocols/postgresql/postgresql_pending.c
// fuzz-sources: agent/protocols/postgresql/postgresql_statements.c
// fuzz-sources: agent/protocols/postgresql/postgresql_describe.c
// fuzz-sources: agent/protocols/sql/sql_text.c agent/protocols/sql/sql_summary.c
// fuzz-sources: agent/protocols/sql/sql_token.c agent/protocols/sql/sql_literal.c
// fuzz-sources: agent/protocols/sql/sql_words.c agent/protocols/attribute_text.c
// fuzz-sources: agent/protocols/endpoint.c agent/model/attribute.c agent/base/arena.c
// fuzz-sources: agent/base/view.c agent/base/utf8.c agent/base/log.c agent/base/clock.c
#include <assert.h>
#include <stdlib.h>
#include "base/arena.h"
#include "protocols/conversation.h"
#include "protocols/postgresql/postgresql.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define MAX_OPEN 4096

struct judge {
	uint64_t opened;
	unsigned char states[MAX_OPEN][PROTOCOL_PAIR_STATE_BYTES];
	bool is_ended[MAX_OPEN];
	bool has_become;
};

static void describe(const struct message *message)
{
	struct connection_identity connection = {.family = FAMILY_IPV4, .peer_port = 5432};
	struct exchange exchange = {.connection = &connection};
	struct span span = {0};
	struct arena arena;

	arena_init(&arena, 1 << 20);
	if (message->kind == MESSAGE_REQUEST)
		protocol_postgresql.describe_request(message, &exchange, &span, &arena);
	else
		protocol_postgresql.describe_response(message, &exchange, &span, &arena);
	assert(span.attributes.dropped_count == 0);
	arena_done(&arena);
}

static void judge_open(void *self, uint64_t key, struct message *message)
{
	struct judge *judge = self;

	assert(key == judge->opened);
	judge->opened++;
	describe(message);
}

static unsigned char *judge_state(void *self, uint64_t key)
{
	struct judge *judge = self;

	assert(key < judge->opened);
	return key < MAX_OPEN && key % 7 ? judge->states[key] : NULL;
}

static void judge_add(void *self, uint64_t key, uint64_t payload_bytes)
{
	(void)self;
	(void)key;
	(void)payload_bytes;
}

static void judge_answer(void *self, uint64_t key, struct message *message)
{
	struct judge *judge = self;

	assert(key < judge->opened);
	if (message)
		describe(message);
}

static void judge_end(void *self, uint64_t key)
{
	struct judge *judge = self;

	assert(key < judge->opened);
	if (key >= MAX_OPEN)
		return;
	assert(!judge->is_ended[key]);
	judge->is_ended[key] = true;
}

static void judge_become(void *self, const struct protocol *next)
{
	struct judge *judge = self;

	assert(!next);
	judge->has_become = true;
}

/* One call's bytes of one side. */
static void feed(void *session, enum message_kind side, struct view bytes, bool is_final,
		 const struct exchange_sink *sink)
{
	const struct conversation *conversation = protocol_postgresql.conversation;

	while (bytes.size && !((struct judge *)sink->self)->has_become) {
		struct unit unit = {.side = side, .bytes = bytes, .is_final = is_final};
		enum parse_result result = conversation->read(session, &unit, sink);

		assert(!is_final || result != PARSE_NEED_MORE);
		if (result != PARSE_DONE) {
			size_t offset;

			conversation->lose(session, side);
			if (conversation->resume(session, side, bytes, &offset))
				assert(offset < bytes.size);
			return;
		}
		assert(unit.consumed > 0 && unit.consumed <= bytes.size);
		bytes = view_skip(bytes, unit.consumed);
		bytes = unit.skip > bytes.size ? view_of(NULL, 0)
					       : view_skip(bytes, (size_t)unit.skip);
	}
}

static void converse(struct view bytes)
{
	const struct conversation *conversation = protocol_postgresql.conversation;
	struct session_budget budget = {0, 1 << 18};
	struct judge *judge = calloc(1, sizeof(*judge));
	struct exchange_sink sink = {judge,        judge_open, judge_state,  judge_add,
				     judge_answer, judge_end,  judge_become, NULL};
	void *session = calloc(1, conversation->session_size);

	assert(conversation->begin(session, &budget, true) == 0);
	/* Two bytes before each piece: whose it is, whether it is cut, and its size. */
	while (bytes.size > 2 && !judge->has_become) {
		unsigned char how = (unsigned char)bytes.bytes[0];
		size_t length = (unsigned char)bytes.bytes[1] * (how & 4 ? 16u : 1u);

		bytes = view_skip(bytes, 2);
		feed(session, how & 1 ? MESSAGE_RESPONSE : MESSAGE_REQUEST,
		     view_take(bytes, length), how & 2, &sink);
		if ((how & 0xf8) == 0xf8)
			conversation->restart(session);
		bytes = view_skip(bytes, length);
		assert(budget.used_bytes <= budget.max_bytes);
	}
	conversation->end(session, &budget);
	assert(budget.used_bytes == 0);
	free(session);
	free(judge);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	enum detect_result whole;
	char *copy = malloc(size + 1);
	struct view view = view_of(copy, size);

	memcpy(copy, bytes, size);
	whole = protocol_postgresql.detect(view);
	for (size_t cut = 1; cut < size && cut < 64; cut++) {
		enum detect_result part = protocol_postgresql.detect(view_take(view, cut));

		assert(part != DETECT_NO || whole == DETECT_NO);
	}
	converse(view);
	free(copy);
	return 0;
}
