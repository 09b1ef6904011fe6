/* Prepared statements: found by id, bounded, paid for, and gone when they are dropped. */
#include "cmocka_test.h"

#include "protocols/mysql/mysql_statements.h"

static struct session_budget budget;
static struct mysql_statements s;

static int begin(void **state)
{
	(void)state;
	budget = (struct session_budget){.max_bytes = 1 << 20};
	mysql_statements_init(&s, &budget);
	return 0;
}

static int finish(void **state)
{
	(void)state;
	mysql_statements_done(&s);
	assert_int_equal(budget.used_bytes, 0);
	return 0;
}

static uint16_t request(const char *text)
{
	return mysql_statements_request(&s, view_of_text(text), VIEW_LITERAL("SELECT t"));
}

static void assert_text(uint32_t id, const char *wanted)
{
	const struct mysql_statement *found = mysql_statements_find(&s, id);

	if (!wanted) {
		assert_null(found);
		return;
	}
	assert_non_null(found);
	assert_view(mysql_statements_text(found), wanted);
	assert_view(mysql_statements_summary(found), "SELECT t");
}

static void finds_by_id(void **state)
{
	uint16_t first = request("a"), second = request("b");

	(void)state;
	assert_text(1, NULL);
	assert_text(MYSQL_LAST_STATEMENT, "b");
	mysql_statements_confirm(&s, first, 1);
	mysql_statements_confirm(&s, second, 2);
	assert_text(1, "a");
	assert_text(2, "b");
	mysql_statements_drop(&s, 1);
	assert_text(1, NULL);
	assert_text(2, "b");
	mysql_statements_drop(&s, MYSQL_LAST_STATEMENT);
	assert_text(2, NULL);
	assert_text(MYSQL_LAST_STATEMENT, NULL);
}

static void forgets_what_was_refused(void **state)
{
	uint16_t ticket = request("a");

	(void)state;
	mysql_statements_refuse(&s, ticket);
	assert_text(MYSQL_LAST_STATEMENT, NULL);
	mysql_statements_confirm(&s, ticket, 7);
	assert_text(7, NULL);
	mysql_statements_refuse(&s, ticket);
	mysql_statements_refuse(&s, 0);
}

/* An id that comes again means the new one. */
static void replaces_ids(void **state)
{
	(void)state;
	mysql_statements_confirm(&s, request("a"), 1);
	mysql_statements_confirm(&s, request("b"), 1);
	assert_text(1, "b");
	mysql_statements_confirm(&s, 0, 1);
	assert_text(1, NULL);
}

static void drops_the_least_used(void **state)
{
	(void)state;
	for (uint32_t id = 1; id <= MAX_MYSQL_STATEMENTS; id++)
		mysql_statements_confirm(&s, request("a"), id);
	assert_text(1, "a");
	mysql_statements_confirm(&s, request("b"), 1000);
	assert_text(1, "a");
	assert_text(2, NULL);
	assert_text(1000, "b");
	assert_int_equal(s.count, MAX_MYSQL_STATEMENTS);
}

static void keeps_to_the_budget(void **state)
{
	size_t list;

	(void)state;
	budget.max_bytes = 100;
	assert_int_equal(request("a"), 0);
	assert_int_equal(budget.used_bytes, 0);
	budget.max_bytes = 1 << 20;
	mysql_statements_confirm(&s, request("a"), 1);
	list = budget.used_bytes;
	budget.max_bytes = list + 10;
	assert_int_equal(request("b"), 0);
	assert_text(MYSQL_LAST_STATEMENT, NULL);
	assert_text(1, "a");
	assert_int_equal(budget.used_bytes, list);
}

/* Tickets are counted in 16 bits: one that is given again is not the old one. */
static void gives_tickets_again(void **state)
{
	(void)state;
	mysql_statements_confirm(&s, request("old"), 1);
	for (uint32_t i = 0; i < 65534; i++) {
		uint16_t ticket = request("x");

		assert_int_not_equal(ticket, 0);
		mysql_statements_refuse(&s, ticket);
	}
	assert_text(1, "old");
	assert_int_equal(request("new"), 1);
	assert_text(1, NULL);
	assert_text(MYSQL_LAST_STATEMENT, "new");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(finds_by_id, begin, finish),
		cmocka_unit_test_setup_teardown(forgets_what_was_refused, begin, finish),
		cmocka_unit_test_setup_teardown(replaces_ids, begin, finish),
		cmocka_unit_test_setup_teardown(drops_the_least_used, begin, finish),
		cmocka_unit_test_setup_teardown(keeps_to_the_budget, begin, finish),
		cmocka_unit_test_setup_teardown(gives_tickets_again, begin, finish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
