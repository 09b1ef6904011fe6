/* DNS from hostile bytes: as a datagram, behind a length, in both directions; names never loop. */
// fuzz-sources: agent/protocols/dns/dns.c agent/protocols/dns/dns_message.c
// fuzz-sources: agent/protocols/dns/dns_name.c agent/protocols/dns/dns_describe.c
// fuzz-sources: agent/protocols/endpoint.c agent/model/attribute.c agent/base/arena.c
// fuzz-sources: agent/base/view.c agent/base/utf8.c agent/base/log.c agent/base/clock.c
#include <assert.h>
#include <stdlib.h>
#include "base/arena.h"
#include "protocols/conversation.h"
#include "protocols/dns/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void describe(struct message *message, bool is_server)
{
	struct connection_identity connection = {.family = FAMILY_IPV4, .peer_port = 53};
	struct exchange exchange = {.connection = &connection, .is_server = is_server};
	struct span span = {0};
	struct arena arena;

	arena_init(&arena, 1 << 20);
	if (message->kind == MESSAGE_REQUEST)
		protocol_dns.describe_request(message, &exchange, &span, &arena);
	else
		protocol_dns.describe_response(message, &exchange, &span, &arena);
	assert(span.attributes.dropped_count == 0);
	arena_done(&arena);
}

static void take_datagram(struct view bytes)
{
	struct datagram_label label = {0};
	struct message message;

	if (!protocol_dns.parse_datagram(bytes, &message, &label))
		return;
	assert(label.key <= UINT16_MAX);
	describe(&message, bytes.size & 1);
}

static void open_exchange(void *self, uint64_t key, struct message *message)
{
	assert(key <= UINT16_MAX && message->kind == MESSAGE_REQUEST);
	*(bool *)self = true;
	describe(message, false);
}

static unsigned char *state_of(void *self, uint64_t key)
{
	static unsigned char state[PROTOCOL_PAIR_STATE_BYTES];

	return *(bool *)self || (key & 1) ? state : NULL;
}

static void answer(void *self, uint64_t key, struct message *message)
{
	assert(state_of(self, key) && message->kind == MESSAGE_RESPONSE);
	describe(message, true);
}

static void end_exchange(void *self, uint64_t key)
{
	assert(state_of(self, key));
	*(bool *)self = false;
}

static void read_units(struct view bytes, enum message_kind side)
{
	bool is_open = false;
	struct exchange_sink sink = {.self = &is_open,
				     .open = open_exchange,
				     .state = state_of,
				     .answer = answer,
				     .end = end_exchange};
	const struct conversation *conversation = protocol_dns.conversation;
	size_t offset = 0;

	while (bytes.size) {
		struct unit unit = {.side = side, .bytes = bytes, .is_final = bytes.size & 1};

		if (conversation->resume(NULL, side, bytes, &offset))
			assert(offset < bytes.size);
		if (conversation->read(NULL, &unit, &sink) != PARSE_DONE)
			return;
		assert(unit.consumed > 0 && unit.consumed <= bytes.size);
		if (unit.skip >= bytes.size - unit.consumed)
			return;
		bytes = view_skip(bytes, unit.consumed + (size_t)unit.skip);
	}
}

/* What is claimed or refused stays so with more bytes. */
static void check_detection(struct view bytes)
{
	enum detect_result before = DETECT_NEED_MORE;

	for (size_t cut = 1; cut <= bytes.size && cut < 512; cut++) {
		enum detect_result part = protocol_dns.detect(view_take(bytes, cut));

		assert(before == DETECT_NEED_MORE || part == before);
		before = part;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char *copy = malloc(size + 1);
	struct view view = view_of(copy, size);

	if (!copy)
		return 0;
	if (size)
		memcpy(copy, bytes, size);
	take_datagram(view);
	check_detection(view);
	read_units(view, MESSAGE_REQUEST);
	read_units(view, MESSAGE_RESPONSE);
	free(copy);
	return 0;
}
