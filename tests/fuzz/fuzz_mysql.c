/* MySQL from hostile bytes: detection, whole conversations in pieces, losses, attributes. */
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
#include "protocols/mysql/mysql.h"
#include "tests/support/conversation_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	conversation_fuzz(&protocol_mysql, true, bytes, size);
	return 0;
}
