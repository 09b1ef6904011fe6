/*
 * MySQL from hostile bytes: both sides in any order, with losses, cuts and restarts between. What
 * is opened is opened with a key of its own, what ends was open, nothing grows. The first byte of
 * each stretch says whose it is and what happens to it; the two behind it are its size.
 */
// fuzz-sources: agent/protocols/mysql/mysql.c agent/protocols/mysql/mysql_client.c
// fuzz-sources: agent/protocols/mysql/mysql_server.c agent/protocols/mysql/mysql_result.c
// fuzz-sources: agent/protocols/mysql/mysql_session.c agent/protocols/mysql/mysql_statements.c
// fuzz-sources: agent/protocols/mysql/mysql_packet.c agent/protocols/mysql/mysql_login.c
// fuzz-sources: agent/protocols/mysql/mysql_command.c agent/protocols/mysql/mysql_detect.c
// fuzz-sources: agent/protocols/mysql/mysql_describe.c agent/protocols/sql/sql_text.c
// fuzz-sources: agent/protocols/sql/sql_token.c agent/protocols/sql/sql_literal.c
// fuzz-sources: agent/protocols/sql/sql_words.c agent/protocols/sql/sql_summary.c
// fuzz-sources: agent/protocols/attribute_text.c agent/protocols/endpoint.c
// fuzz-sources: agent/model/attribute.c agent/base/arena.c
// fuzz-sources: agent/base/view.c agent/base/utf8.c agent/base/log.c agent/base/clock.c
#include <assert.h>
#include <stdlib.h>
#include "base/arena.h"
#include "protocols/conversation.h"
#include "protocols/mysql/mysql.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct watch {
	uint64_t next_key, oldest_key; /* counted: these are open */
	bool is_over;
};

static void describe(const struct message *message, bool is_answer)
{
	struct connection_identity connection = {.family = FAMILY_IPV4, .peer_port = 3306};
	struct exchange exchange = {.connection = &connection};
	struct span span = {0};
	struct arena arena;

	arena_init(&arena, 1 << 20);
	if (is_answer)
		protocol_mysql.describe_response(message, &exchange, &span, &arena);
	else
		protocol_mysql.describe_request(message, &exchange, &span, &arena);
	assert(span.attributes.dropped_count == 0);
	assert(is_answer || span.name.size > 0);
	arena_done(&arena);
}

static void on_open(void *self, uint64_t key, struct message *message)
{
	struct watch *watch = self;

	assert(key >= watch->next_key);
	watch->next_key = key + 1;
	describe(message, false);
}

static void on_answer(void *self, uint64_t key, struct message *message)
{
	struct watch *watch = self;

	assert(key >= watch->oldest_key && key < watch->next_key);
	if (message)
		describe(message, true);
}

static void on_end(void *self, uint64_t key)
{
	struct watch *watch = self;

	assert(key >= watch->oldest_key && key < watch->next_key);
	watch->oldest_key = key + 1;
}

static void on_become(void *self, const struct protocol *next)
{
	struct watch *watch = self;

	assert(!next);
	watch->is_over = true;
}

static unsigned char *on_state(void *self, uint64_t key)
{
	(void)self;
	(void)key;
	return NULL;
}

static void on_add(void *self, uint64_t key, uint64_t size)
{
	(void)self;
	(void)key;
	(void)size;
}

/* One stretch of one side, unit by unit; a skip ends it. False: the place was lost. */
static bool read_units(void *session, struct view rest, enum message_kind side, bool is_final,
		       const struct exchange_sink *sink)
{
	while (rest.size) {
		struct unit unit = {.side = side, .bytes = rest, .is_final = is_final};
		enum parse_result result = protocol_mysql.conversation->read(session, &unit, sink);

		if (result == PARSE_NEED_MORE) {
			assert(!is_final);
			return false;
		}
		if (result == PARSE_INVALID)
			return false;
		assert(unit.consumed > 0 && unit.consumed <= rest.size);
		if (unit.skip || ((struct watch *)sink->self)->is_over)
			return true;
		rest = view_skip(rest, unit.consumed);
	}
	return true;
}

static void take_stretch(void *session, struct view stretch, unsigned choice,
			 const struct exchange_sink *sink)
{
	const struct conversation *conversation = protocol_mysql.conversation;
	enum message_kind side = choice & 1 ? MESSAGE_RESPONSE : MESSAGE_REQUEST;
	size_t offset = 0;

	if (choice & 4) {
		conversation->lose(session, side);
		if (!conversation->resume(session, side, stretch, &offset)) {
			conversation->restart(session);
			return;
		}
		assert(offset < stretch.size);
		stretch = view_skip(stretch, offset);
	}
	if (!read_units(session, stretch, side, choice & 2, sink))
		conversation->lose(session, side);
}

static void check_detection(struct view bytes)
{
	enum detect_result whole = protocol_mysql.detect(bytes);

	for (size_t cut = 0; cut < bytes.size && cut < 600; cut++) {
		enum detect_result part = protocol_mysql.detect(view_take(bytes, cut));

		assert(part == whole || part == DETECT_NEED_MORE);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const struct conversation *conversation = protocol_mysql.conversation;
	struct session_budget budget = {.max_bytes = 1 << 16};
	struct view rest = view_of(bytes, size);
	struct watch watch = {0};
	struct exchange_sink sink = {&watch,    on_open, on_state,  on_add,
				     on_answer, on_end,  on_become, NULL};
	void *session = calloc(1, conversation->session_size);

	check_detection(rest);
	assert(conversation->begin(session, &budget, size & 1) == 0);
	while (rest.size > 3 && !watch.is_over) {
		unsigned choice = (unsigned char)rest.bytes[0];
		size_t length = (unsigned char)rest.bytes[1] | (size_t)rest.bytes[2] << 8;
		struct view stretch = view_take(view_skip(rest, 3), length & 0xfff);
		char *copy = malloc(stretch.size + 1);

		memcpy(copy, stretch.bytes, stretch.size);
		if (stretch.size)
			take_stretch(session, view_of(copy, stretch.size), choice, &sink);
		free(copy);
		assert(budget.used_bytes <= budget.max_bytes);
		rest = view_skip(rest, 3 + stretch.size);
	}
	conversation->end(session, &budget);
	assert(budget.used_bytes == 0);
	free(session);
	return 0;
}
