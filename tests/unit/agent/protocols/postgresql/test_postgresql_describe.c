/* Golden attributes and names of spans. */
#include "cmocka_test.h"
#include "sample_exchange.h"

#include "protocols/postgresql/postgresql_describe.h"

static const char *describe_request(struct sample_exchange *s, bool is_server,
				    const struct postgresql_request *request)
{
	struct message message = {.kind = MESSAGE_REQUEST};

	sample_exchange_init(s, is_server);
	sample_exchange_addresses(s, FAMILY_IPV4, "10.0.0.1", 40000, "10.0.0.2", 5432);
	memcpy(message.fields, request, sizeof(*request));
	postgresql_describe_request(&message, &s->exchange, &s->span, &s->arena);
	return sample_exchange_print(s);
}

static void describes_requests(void **state)
{
	struct postgresql_request request = {.text = VIEW_LITERAL("SELECT a\n  FROM t"),
					     .summary = VIEW_LITERAL("SELECT t"),
					     .database = VIEW_LITERAL("shop")};
	struct sample_exchange s;

	(void)state;
	assert_string_equal(describe_request(&s, false, &request),
			    "db.system.name=postgresql\ndb.namespace=shop\n"
			    "db.query.text=SELECT a FROM t\ndb.query.summary=SELECT t\n"
			    "server.address=10.0.0.2\nserver.port=5432\n"
			    "network.peer.address=10.0.0.2\nnetwork.peer.port=5432\n"
			    "network.local.address=10.0.0.1\nnetwork.local.port=40000\n");
	assert_view(s.span.name, "SELECT t");
	assert_string_equal(s.span.operation, "db");
	assert_string_equal(s.span.origin, "auto.db.ebpf");
	assert_int_equal(s.span.kind, SPAN_CLIENT);
	arena_done(&s.arena);
	request = (struct postgresql_request){.is_unknown = true};
	assert_non_null(strstr(describe_request(&s, true, &request), "limpet.statement.unknown"));
	assert_view(s.span.name, "postgresql");
	assert_int_equal(s.span.kind, SPAN_SERVER);
	arena_done(&s.arena);
	request = (struct postgresql_request){.database = VIEW_LITERAL("shop"), .is_unknown = true};
	(void)describe_request(&s, false, &request);
	assert_view(s.span.name, "shop");
	arena_done(&s.arena);
	request = (struct postgresql_request){.is_function = true};
	(void)describe_request(&s, false, &request);
	assert_view(s.span.name, "FunctionCall");
	arena_done(&s.arena);
}

static void assert_answer(const struct postgresql_answer *answer, const char *wanted, bool is_error)
{
	struct message message = {.kind = MESSAGE_RESPONSE};
	struct sample_exchange s;

	sample_exchange_init(&s, false);
	memcpy(message.fields, answer, sizeof(*answer));
	postgresql_describe_response(&message, &s.exchange, &s.span, &s.arena);
	assert_string_equal(sample_exchange_print(&s), wanted);
	assert_int_equal(s.span.status, is_error ? STATUS_ERROR : STATUS_UNSET);
	arena_done(&s.arena);
}

static void describes_responses(void **state)
{
	(void)state;
	assert_answer(&(struct postgresql_answer){.has_rows = true, .rows = 7},
		      "db.response.returned_rows=7\n", false);
	assert_answer(&(struct postgresql_answer){.has_state = true, .state = "23505"},
		      "db.response.status_code=23505\nerror.type=23505\n", true);
	assert_answer(&(struct postgresql_answer){.has_state = true, .state = "02000"},
		      "db.response.status_code=02000\nerror.type=02000\n", true);
	assert_answer(&(struct postgresql_answer){.has_state = true, .state = "01000"},
		      "db.response.status_code=01000\n", false);
	assert_answer(&(struct postgresql_answer){.is_skipped = true},
		      "error.type=pipeline_aborted\n", true);
	assert_answer(&(struct postgresql_answer){0}, "", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(describes_requests),
		cmocka_unit_test(describes_responses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
