/* Kafka from hostile bytes: detection, whole conversations in pieces, losses, attributes. */
// fuzz-sources: agent/protocols/kafka/kafka.c agent/protocols/kafka/kafka_api.c
// fuzz-sources: agent/protocols/kafka/kafka_wire.c agent/protocols/kafka/kafka_session.c
// fuzz-sources: agent/protocols/kafka/kafka_request.c agent/protocols/kafka/kafka_response.c
// fuzz-sources: agent/protocols/kafka/kafka_describe.c agent/protocols/wire_cursor.c
// fuzz-sources: agent/protocols/attribute_text.c agent/protocols/endpoint.c
// fuzz-sources: agent/model/attribute.c agent/base/arena.c
// fuzz-sources: agent/base/view.c agent/base/utf8.c agent/base/log.c agent/base/clock.c
#include "protocols/kafka/kafka.h"
#include "tests/support/conversation_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	conversation_fuzz(&protocol_kafka, true, bytes, size);
	return 0;
}
