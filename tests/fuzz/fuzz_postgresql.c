/* PostgreSQL from hostile bytes: detection, whole conversations in pieces, losses, attributes. */
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
#include "protocols/postgresql/postgresql.h"
#include "tests/support/conversation_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* What was claimed of a beginning may be refused later, what was refused is not claimed. */
static void check_refusals(struct view bytes)
{
	bool is_refused = protocol_postgresql.detect(bytes) == DETECT_NO;

	for (size_t cut = 1; cut < bytes.size && cut < 64; cut++)
		assert(is_refused ||
		       protocol_postgresql.detect(view_take(bytes, cut)) != DETECT_NO);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	if (size > 3)
		check_refusals(view_of(bytes + 3, size - 3));
	conversation_fuzz(&protocol_postgresql, false, bytes, size);
	return 0;
}
