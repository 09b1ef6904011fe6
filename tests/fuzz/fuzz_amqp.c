/*
 * AMQP from hostile bytes: detection, whole conversations in pieces, losses, attributes. The first
 * byte says how: a side per piece, pieces of its size, now and then a loss.
 */
// fuzz-sources: agent/protocols/amqp/amqp.c agent/protocols/amqp/amqp_frame.c
// fuzz-sources: agent/protocols/amqp/amqp_method.c agent/protocols/amqp/amqp_content.c
// fuzz-sources: agent/protocols/amqp/amqp_channels.c agent/protocols/amqp/amqp_key.c
// fuzz-sources: agent/protocols/amqp/amqp_exchanges.c agent/protocols/amqp/amqp_messages.c
// fuzz-sources: agent/protocols/amqp/amqp_describe.c agent/protocols/wire_cursor.c
// fuzz-sources: agent/protocols/attribute_text.c agent/protocols/endpoint.c
// fuzz-sources: agent/model/attribute.c agent/base/arena.c
// fuzz-sources: agent/base/view.c agent/base/utf8.c agent/base/log.c agent/base/clock.c
#include "tests/support/conversation_fuzz.h"
#include "protocols/amqp/amqp.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	conversation_fuzz(&protocol_amqp, true, bytes, size);
	return 0;
}
