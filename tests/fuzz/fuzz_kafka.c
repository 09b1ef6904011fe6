/* Kafka from hostile bytes: detection, whole conversations in pieces, losses, attributes. */
// fuzz-sources: agent/protocols/kafka/kafka.c agent/protocols/kafka/kafka_api.c
// fuzz-sources: agent/protocols/kafka/kafka_wire.c agent/protocols/kafka/kafka_session.c
// fuzz-sources: agent/protocols/kafka/kafka_request.c agent/protocols/kafka/kafka_response.c
// fuzz-sources: agent/protocols/kafka/kafka_describe.c agent/protocols/wire_cursor.c
// fuzz-sources: agent/protocols/attribute_text.c agent/protocols/endpoint.c
// fuzz-sources: agent/model/attribute.c agent/base/arena.c
// fuzz-sources: agent/protocols/shared_names.c agent/base/hash_map.c agent/base/random_id.c
// fuzz-sources: agent/base/view.c agent/base/utf8.c agent/base/log.c agent/base/clock.c
#include "protocols/kafka/kafka.h"
#include "tests/support/conversation_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct shared_names *names[2] = {NULL, NULL};

	for (int i = 0; i < 2; i++)
		assert(shared_names_new(&names[i], 16, 1024) == 0);
	conversation_fuzz_with(&protocol_kafka, true, names, bytes, size);
	for (int i = 0; i < 2; i++)
		shared_names_free(&names[i]);
	return 0;
}
