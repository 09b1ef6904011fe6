/* NATS from hostile clients and servers. */
// fuzz-sources: agent/protocols/nats/nats.c agent/protocols/nats/nats_line.c
// fuzz-sources: agent/protocols/nats/nats_describe.c agent/protocols/attribute_text.c
// fuzz-sources: agent/protocols/endpoint.c agent/model/attribute.c agent/base/arena.c
// fuzz-sources: agent/base/view.c agent/base/utf8.c agent/base/log.c agent/base/clock.c
#include "tests/support/conversation_fuzz.h"

#include "protocols/nats/nats.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	conversation_fuzz(&protocol_nats, false, bytes, size);
	return 0;
}
