/*
 * The CQL binary protocol from hostile bytes: detection, both directions of a conversation (frames
 * and segments), attributes. How a unit is cut into pieces never changes what was understood.
 */
// fuzz-sources: agent/protocols/cassandra/cassandra.c agent/protocols/cassandra/cassandra_body.c
// fuzz-sources: agent/protocols/cassandra/cassandra_detect.c
// fuzz-sources: agent/protocols/cassandra/cassandra_frame.c
// fuzz-sources: agent/protocols/cassandra/cassandra_request.c
// fuzz-sources: agent/protocols/cassandra/cassandra_result.c
// fuzz-sources: agent/protocols/cassandra/cassandra_segment.c
// fuzz-sources: agent/protocols/cassandra/cassandra_session.c
// fuzz-sources: agent/protocols/cassandra/cassandra_statements.c
// fuzz-sources: agent/protocols/cassandra/cassandra_describe.c
// fuzz-sources: agent/protocols/sql/sql_literal.c agent/protocols/sql/sql_summary.c
// fuzz-sources: agent/protocols/sql/sql_text.c agent/protocols/sql/sql_token.c
// fuzz-sources: agent/protocols/sql/sql_words.c
// fuzz-sources: agent/protocols/attribute_text.c agent/protocols/endpoint.c
// fuzz-sources: agent/model/attribute.c agent/base/arena.c agent/base/view.c agent/base/utf8.c
// fuzz-sources: agent/protocols/shared_names.c agent/base/hash_map.c agent/base/random_id.c
// fuzz-sources: agent/base/log.c agent/base/clock.c
#include "tests/support/conversation_fuzz.h"

#include "protocols/cassandra/cassandra.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct shared_names *names[2] = {NULL, NULL};

	for (int i = 0; i < 2; i++)
		assert(shared_names_new(&names[i], 16, 4096) == 0);
	conversation_fuzz_with(&protocol_cassandra, true, names, bytes, size);
	for (int i = 0; i < 2; i++)
		shared_names_free(&names[i]);
	return 0;
}
