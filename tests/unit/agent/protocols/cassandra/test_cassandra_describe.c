/* Golden attributes of CQL spans. */
#include "cassandra_bytes.h"
#include "sample_exchange.h"

#include "protocols/cassandra/cassandra_describe.h"
#include "protocols/cassandra/cassandra_fields.h"

static void describes_an_exchange(void **state)
{
	struct message request = {.kind = MESSAGE_REQUEST}, response = {.kind = MESSAGE_RESPONSE};
	struct cassandra_fields *fields = cassandra_fields_of(&request);
	struct sample_exchange s;

	(void)state;
	sample_exchange_init(&s, false);
	sample_exchange_addresses(&s, FAMILY_IPV4, "10.0.0.1", 40000, "10.0.0.2", 9042);
	cassandra_fields_init(fields, CASSANDRA_BATCH);
	fields->text = VIEW_LITERAL("INSERT INTO orders (id) VALUES (?)");
	fields->summary = VIEW_LITERAL("INSERT orders");
	fields->keyspace = VIEW_LITERAL("shop");
	fields->batch_size = 3;
	fields->consistency = 10;
	cassandra_describe_request(&request, &s.exchange, &s.span, &s.arena);
	cassandra_fields_init(cassandra_fields_of(&response), CASSANDRA_ERROR);
	cassandra_fields_of(&response)->is_error = true;
	cassandra_fields_of(&response)->error_code = 0;
	cassandra_describe_response(&response, &s.exchange, &s.span, &s.arena);
	assert_string_equal(sample_exchange_print(&s),
			    "db.system.name=cassandra\ndb.operation.name=BATCH\n"
			    "db.namespace=shop\ndb.query.summary=BATCH INSERT orders\n"
			    "db.query.text=INSERT INTO orders (id) VALUES (?)\n"
			    "db.operation.batch.size=3\ncassandra.consistency.level=local_one\n"
			    "server.address=10.0.0.2\nserver.port=9042\n"
			    "network.peer.address=10.0.0.2\nnetwork.peer.port=9042\n"
			    "network.local.address=10.0.0.1\nnetwork.local.port=40000\n"
			    "db.response.status_code=0x0000\nerror.type=0x0000\n");
	assert_view(s.span.name, "BATCH INSERT orders");
	assert_int_equal(s.span.kind, SPAN_CLIENT);
	assert_int_equal(s.span.status, STATUS_ERROR);
	assert_string_equal(s.span.operation, "db");
	assert_string_equal(s.span.origin, "auto.db.ebpf");
	arena_done(&s.arena);
}

/* What is not known is left out of the name too. */
static void names_spans(void **state)
{
	static const struct {
		enum cassandra_opcode opcode;
		const char *text, *summary, *keyspace, *wanted;
	} cases[] = {
		{CASSANDRA_QUERY, "SELECT ?", "SELECT", "shop", "SELECT"},
		{CASSANDRA_QUERY, "?", "", "shop", "shop"},
		{CASSANDRA_QUERY, "?", "", "", "cassandra"},
		{CASSANDRA_QUERY, "", "", "", "QUERY"},
		{CASSANDRA_EXECUTE, "", "", "shop", "EXECUTE shop"},
		{CASSANDRA_EXECUTE, "UPDATE t", "UPDATE t", "shop", "UPDATE t"},
		{CASSANDRA_PREPARE, "UPDATE t", "UPDATE t", "", "PREPARE UPDATE t"},
		{CASSANDRA_OPTIONS, "", "", "", "OPTIONS"},
		{CASSANDRA_AUTH_RESPONSE, "", "", "", "AUTH_RESPONSE"},
		{CASSANDRA_REGISTER, "", "", "", "REGISTER"},
		{CASSANDRA_STARTUP, "", "", "", "STARTUP"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct message message = {.kind = MESSAGE_REQUEST};
		struct cassandra_fields *fields = cassandra_fields_of(&message);
		struct sample_exchange s;

		sample_exchange_init(&s, true);
		cassandra_fields_init(fields, cases[i].opcode);
		fields->text = view_of_text(cases[i].text);
		fields->summary = view_of_text(cases[i].summary);
		fields->keyspace = view_of_text(cases[i].keyspace);
		cassandra_describe_request(&message, &s.exchange, &s.span, &s.arena);
		assert_view(s.span.name, cases[i].wanted);
		assert_int_equal(s.span.kind, SPAN_SERVER);
		arena_done(&s.arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(describes_an_exchange),
		cmocka_unit_test(names_spans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
