/* The table of prepared statements: found by id, bounded in number and bytes. */
#include "cassandra_bytes.h"

#include "protocols/cassandra/cassandra_statements.h"

static void finds_by_id(void **state)
{
	struct session_budget budget = {.max_bytes = 100000};
	static struct cassandra_statements s;
	uint32_t ticket;

	(void)state;
	s = (struct cassandra_statements){.budget = &budget};
	ticket = cassandra_statements_request(&s, VIEW_LITERAL("SELECT ?"), VIEW_LITERAL("SELECT"));
	assert_null(cassandra_statements_find(&s, VIEW_LITERAL("id")));
	cassandra_statements_confirm(&s, ticket, VIEW_LITERAL("id"));
	assert_view(cassandra_statements_text(cassandra_statements_find(&s, VIEW_LITERAL("id"))),
		    "SELECT ?");
	assert_view(cassandra_statements_summary(cassandra_statements_find(&s, VIEW_LITERAL("id"))),
		    "SELECT");
	assert_null(cassandra_statements_find(&s, (struct view){0}));
	/* Prepared again under the same id; refused; of no room. */
	ticket = cassandra_statements_request(&s, VIEW_LITERAL("UPDATE"), (struct view){0});
	cassandra_statements_confirm(&s, ticket, VIEW_LITERAL("id"));
	assert_view(cassandra_statements_text(cassandra_statements_find(&s, VIEW_LITERAL("id"))),
		    "UPDATE");
	ticket = cassandra_statements_request(&s, VIEW_LITERAL("bad"), (struct view){0});
	cassandra_statements_confirm(&s, ticket, (struct view){0});
	cassandra_statements_confirm(&s, 0, VIEW_LITERAL("id"));
	assert_int_equal(s.count, 1);
	cassandra_statements_done(&s);
	assert_int_equal(budget.used_bytes, 0);
}

static void is_bounded(void **state)
{
	struct session_budget budget = {.max_bytes = 100000};
	static struct cassandra_statements s;

	(void)state;
	s = (struct cassandra_statements){.budget = &budget};
	for (uint32_t i = 1; i <= 1000; i++) {
		uint32_t ticket =
			cassandra_statements_request(&s, VIEW_LITERAL("text"), (struct view){0});

		assert_int_equal(ticket, i);
		cassandra_statements_confirm(&s, ticket, view_of(&i, sizeof(i)));
		/* The first is used again and again, and stays. */
		assert_non_null(cassandra_statements_find(&s, view_of("\1\0\0\0", 4)));
	}
	assert_int_equal(s.count, MAX_CASSANDRA_STATEMENTS);
	cassandra_statements_done(&s);
	assert_int_equal(budget.used_bytes, 0);
	budget.max_bytes = 10;
	assert_int_equal(cassandra_statements_request(&s, VIEW_LITERAL("text"), (struct view){0}),
			 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_by_id),
		cmocka_unit_test(is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
