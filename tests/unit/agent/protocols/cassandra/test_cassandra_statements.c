/* The table of prepared statements: found by id, bounded in number and bytes. */
#include "cassandra_bytes.h"

#include "protocols/cassandra/cassandra_statements.h"

static struct view text, summary;

static bool is_known(struct cassandra_statements *statements, struct view id)
{
	text = summary = (struct view){0};
	return cassandra_statements_find(statements, id, &text, &summary);
}

static void finds_by_id(void **state)
{
	struct session_budget budget = {.max_bytes = 100000};
	static struct cassandra_statements s;
	uint32_t ticket;

	(void)state;
	s = (struct cassandra_statements){.budget = &budget};
	ticket = cassandra_statements_request(&s, VIEW_LITERAL("SELECT ?"), VIEW_LITERAL("SELECT"));
	assert_false(is_known(&s, VIEW_LITERAL("id")));
	cassandra_statements_confirm(&s, ticket, VIEW_LITERAL("id"));
	assert_true(is_known(&s, VIEW_LITERAL("id")));
	assert_view(text, "SELECT ?");
	assert_view(summary, "SELECT");
	assert_false(is_known(&s, (struct view){0}));
	/* Prepared again under the same id; refused; of no room. */
	ticket = cassandra_statements_request(&s, VIEW_LITERAL("UPDATE"), (struct view){0});
	cassandra_statements_confirm(&s, ticket, VIEW_LITERAL("id"));
	assert_true(is_known(&s, VIEW_LITERAL("id")));
	assert_view(text, "UPDATE");
	ticket = cassandra_statements_request(&s, VIEW_LITERAL("bad"), (struct view){0});
	cassandra_statements_confirm(&s, ticket, (struct view){0});
	cassandra_statements_confirm(&s, 0, VIEW_LITERAL("id"));
	assert_int_equal(s.count, 1);
	cassandra_statements_done(&s);
	assert_int_equal(budget.used_bytes, 0);
}

/* gocql prepares on one of its connections, and executes on all of them. */
static void knows_what_others_prepared(void **state)
{
	struct session_budget budget = {.max_bytes = 100000};
	static struct cassandra_statements one, other, stranger;
	struct shared_names *names;
	char long_text[2048];
	uint32_t ticket;

	(void)state;
	assert_int_equal(shared_names_new(&names, 8, 10000), 0);
	one = other = stranger = (struct cassandra_statements){
		.budget = &budget, .names = {.names = names, .tgid = 1}};
	stranger.names.tgid = 2;
	ticket = cassandra_statements_request(&one, VIEW_LITERAL("SELECT ?"),
					      VIEW_LITERAL("SELECT"));
	assert_false(is_known(&other, VIEW_LITERAL("id")));
	cassandra_statements_confirm(&one, ticket, VIEW_LITERAL("id"));
	assert_false(is_known(&stranger, VIEW_LITERAL("id")));
	memset(long_text, 'x', sizeof(long_text));
	ticket = cassandra_statements_request(&one, view_of(long_text, sizeof(long_text)),
					      (struct view){0});
	cassandra_statements_confirm(&one, ticket, VIEW_LITERAL("long"));
	/* As long as the process's names are, whatever becomes of the connection. */
	cassandra_statements_done(&one);
	assert_true(is_known(&other, VIEW_LITERAL("id")));
	assert_view(text, "SELECT ?");
	assert_view(summary, "SELECT");
	assert_true(is_known(&other, VIEW_LITERAL("long")));
	assert_true(view_equals(text, view_of(long_text, sizeof(long_text))) && !summary.size);
	shared_names_free(&names);
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
		assert_true(is_known(&s, view_of("\1\0\0\0", 4)));
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
		cmocka_unit_test(knows_what_others_prepared),
		cmocka_unit_test(is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
