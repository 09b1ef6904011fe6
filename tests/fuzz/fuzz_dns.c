/*
 * DNS from hostile bytes: as a datagram, and behind lengths in a conversation in pieces (inputs
 * whose first byte has its highest bit, conversation_fuzz.h); names never loop.
 */
// fuzz-sources: agent/protocols/dns/dns.c agent/protocols/dns/dns_message.c
// fuzz-sources: agent/protocols/dns/dns_name.c agent/protocols/dns/dns_describe.c
// fuzz-sources: agent/protocols/endpoint.c agent/model/attribute.c agent/base/arena.c
// fuzz-sources: agent/base/view.c agent/base/utf8.c agent/base/log.c agent/base/clock.c
#include <assert.h>
#include <stdlib.h>
#include "base/arena.h"
#include "protocols/dns/dns.h"
#include "tests/support/conversation_fuzz.h"

#define IS_IN_PIECES 0x80

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

/* What is claimed or refused stays so with more bytes. */
static void check_beginnings(struct view bytes)
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
	check_beginnings(view);
	free(copy);
	if (size && (bytes[0] & IS_IN_PIECES))
		conversation_fuzz(&protocol_dns, true, bytes, size);
	return 0;
}
