/* Golden attributes of MySQL spans, of both sides. */
#include "cmocka_test.h"
#include "sample_exchange.h"

#include "protocols/mysql/mysql_describe.h"

static void assert_request(const struct mysql_fields *fields, bool is_server, const char *name,
			   const char *wanted)
{
	struct message message = {.kind = MESSAGE_REQUEST};
	struct sample_exchange s;

	memcpy(message.fields, fields, sizeof(*fields));
	sample_exchange_init(&s, is_server);
	sample_exchange_addresses(&s, FAMILY_IPV4, "10.0.0.1", is_server ? 3306 : 4711, "10.0.0.2",
				  is_server ? 4711 : 3306);
	mysql_describe_request(&message, &s.exchange, &s.span, &s.arena);
	assert_string_equal(sample_exchange_print(&s), wanted);
	assert_view(s.span.name, name);
	assert_int_equal(s.span.kind, is_server ? SPAN_SERVER : SPAN_CLIENT);
	assert_string_equal(s.span.operation, "db");
	assert_string_equal(s.span.origin, "auto.db.ebpf");
	assert_int_equal(s.span.status, STATUS_UNSET);
	arena_done(&s.arena);
}

#define CLIENT_ENDS                                                                                \
	"server.address=10.0.0.2\nserver.port=3306\n"                                              \
	"network.peer.address=10.0.0.2\nnetwork.peer.port=3306\n"                                  \
	"network.local.address=10.0.0.1\nnetwork.local.port=4711\n"
#define SERVER_ENDS                                                                                \
	"server.address=10.0.0.1\nserver.port=3306\n"                                              \
	"network.peer.address=10.0.0.2\nnetwork.peer.port=4711\nclient.address=10.0.0.2\n"         \
	"network.local.address=10.0.0.1\nnetwork.local.port=3306\n"

static void describes_queries(void **state)
{
	struct mysql_fields fields = {
		.is_mariadb = true,
		.database = VIEW_LITERAL("shop"),
		.text = VIEW_LITERAL("SELECT * FROM orders WHERE id = ?"),
		.summary = VIEW_LITERAL("SELECT orders"),
	};

	(void)state;
	assert_request(&fields, false, "SELECT orders",
		       "db.system.name=mariadb\ndb.namespace=shop\ndb.query.summary=SELECT orders\n"
		       "db.query.text=SELECT * FROM orders WHERE id = ?\n" CLIENT_ENDS);
	assert_request(&fields, true, "SELECT orders",
		       "db.system.name=mariadb\ndb.namespace=shop\ndb.query.summary=SELECT orders\n"
		       "db.query.text=SELECT * FROM orders WHERE id = ?\n" SERVER_ENDS);
	fields.is_mariadb = false;
	fields.operation = "PREPARE";
	fields.is_preparation = true;
	assert_request(&fields, false, "PREPARE SELECT orders",
		       "db.system.name=mysql\ndb.namespace=shop\ndb.operation.name=PREPARE\n"
		       "db.query.summary=PREPARE SELECT orders\n"
		       "db.query.text=SELECT * FROM orders WHERE id = ?\n" CLIENT_ENDS);
}

static void describes_what_has_no_text(void **state)
{
	struct mysql_fields fields = {.operation = "EXECUTE", .is_statement_unknown = true};

	(void)state;
	assert_request(&fields, false, "EXECUTE",
		       "db.system.name=mysql\ndb.operation.name=EXECUTE\n"
		       "limpet.statement.unknown=1\n" CLIENT_ENDS);
	fields = (struct mysql_fields){.operation = "PING", .database = VIEW_LITERAL("shop")};
	assert_request(&fields, false, "PING shop",
		       "db.system.name=mysql\ndb.namespace=shop\n"
		       "db.operation.name=PING\n" CLIENT_ENDS);
	fields.operation = NULL;
	assert_request(&fields, false, "shop",
		       "db.system.name=mysql\ndb.namespace=shop\n" CLIENT_ENDS);
	fields.database.size = 0;
	assert_request(&fields, false, "mysql", "db.system.name=mysql\n" CLIENT_ENDS);
	fields.operation = "CONNECT";
	fields.compression = "zlib";
	assert_request(&fields, false, "CONNECT",
		       "db.system.name=mysql\ndb.operation.name=CONNECT\n"
		       "limpet.compression=zlib\n" CLIENT_ENDS);
}

static void cuts_summaries(void **state)
{
	struct message message = {.kind = MESSAGE_REQUEST};
	struct mysql_fields *fields = (struct mysql_fields *)message.fields;
	struct sample_exchange s;
	char summary[300];

	(void)state;
	memset(summary, 's', sizeof(summary));
	fields->operation = "PREPARE";
	fields->is_preparation = true;
	fields->summary = view_of(summary, sizeof(summary));
	sample_exchange_init(&s, false);
	mysql_describe_request(&message, &s.exchange, &s.span, &s.arena);
	assert_int_equal(s.span.name.size, 255);
	arena_done(&s.arena);
}

static void assert_response(const struct mysql_fields *fields, const char *wanted)
{
	struct message message = {.kind = MESSAGE_RESPONSE};
	struct sample_exchange s;

	memcpy(message.fields, fields, sizeof(*fields));
	sample_exchange_init(&s, false);
	mysql_describe_response(&message, &s.exchange, &s.span, &s.arena);
	assert_string_equal(sample_exchange_print(&s), wanted);
	assert_int_equal(s.span.status, fields->error_code ? STATUS_ERROR : STATUS_UNSET);
	arena_done(&s.arena);
}

static void describes_answers(void **state)
{
	(void)state;
	assert_response(&(struct mysql_fields){0}, "");
	assert_response(&(struct mysql_fields){.has_rows = true}, "db.response.returned_rows=0\n");
	assert_response(&(struct mysql_fields){.has_rows = true, .rows = 12},
			"db.response.returned_rows=12\n");
	assert_response(&(struct mysql_fields){.error_code = 1062},
			"db.response.status_code=1062\nerror.type=1062\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(describes_queries),
		cmocka_unit_test(describes_what_has_no_text),
		cmocka_unit_test(cuts_summaries),
		cmocka_unit_test(describes_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
