/*
 * MongoDB's wire protocol from hostile bytes: detection, both directions of a conversation,
 * attributes. How a message is cut into pieces never changes what was understood.
 */
// fuzz-sources: agent/protocols/mongodb/mongodb.c agent/protocols/mongodb/mongodb_bson.c
// fuzz-sources: agent/protocols/mongodb/mongodb_command.c agent/protocols/mongodb/mongodb_reply.c
// fuzz-sources: agent/protocols/mongodb/mongodb_message.c
// fuzz-sources: agent/protocols/mongodb/mongodb_describe.c
// fuzz-sources: agent/protocols/attribute_text.c agent/protocols/endpoint.c
// fuzz-sources: agent/model/attribute.c agent/base/arena.c agent/base/view.c agent/base/utf8.c
// fuzz-sources: agent/base/log.c agent/base/clock.c
#include "tests/support/conversation_fuzz.h"

#include "protocols/mongodb/mongodb.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	conversation_fuzz(&protocol_mongodb, true, bytes, size);
	return 0;
}
