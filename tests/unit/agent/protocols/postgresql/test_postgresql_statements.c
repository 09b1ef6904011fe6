/* Names and portals, their bounds, and that every byte goes back to the budget. */
#include "cmocka_test.h"

#include "protocols/postgresql/postgresql_statements.h"

static struct postgresql_statements statements;
static struct session_budget budget;

static void start(size_t max_bytes)
{
	memset(&statements, 0, sizeof(statements));
	budget = (struct session_budget){0, max_bytes};
	statements.budget = &budget;
}

static void stop(void)
{
	postgresql_statements_clear(&statements);
	assert_int_equal(budget.used_bytes, 0);
	assert_int_equal(statements.used_bytes, 0);
}

static void put(uint64_t name, size_t size)
{
	struct sql_text text = {.text_size = size, .summary_size = 2, .summary = "SE"};

	memset(text.text, 'a', size);
	postgresql_statements_put(&statements, name, &text);
}

static void keeps_texts(void **state)
{
	(void)state;
	start(1 << 20);
	put(1, 5);
	assert_null(postgresql_statements_of(&statements, 10));
	postgresql_statements_bind(&statements, 10, 1);
	put(1, 6); /* the portal keeps what it was bound to */
	assert_int_equal(postgresql_statements_of(&statements, 10)->text_size, 5);
	assert_memory_equal(postgresql_statements_of(&statements, 10)->bytes, "aaaaaSE", 7);
	postgresql_statements_bind(&statements, 10, 1);
	assert_int_equal(postgresql_statements_of(&statements, 10)->text_size, 6);
	postgresql_statements_bind(&statements, 10, 2);
	assert_null(postgresql_statements_of(&statements, 10));
	postgresql_statements_bind(&statements, 11, 1);
	postgresql_statements_drop(&statements, 1);
	assert_non_null(postgresql_statements_of(&statements, 11));
	postgresql_statements_drop_portal(&statements, 11);
	assert_null(postgresql_statements_of(&statements, 11));
	assert_int_equal(budget.used_bytes, 0);
	put(3, 4);
	postgresql_statements_put(&statements, 3, NULL);
	postgresql_statements_bind(&statements, 12, 3);
	assert_null(postgresql_statements_of(&statements, 12));
	stop();
}

static void is_bounded(void **state)
{
	(void)state;
	start(1 << 20);
	for (uint64_t i = 0; i < 1000; i++) {
		put(i, i % 2 ? 2000 : 10);
		postgresql_statements_bind(&statements, i, i);
		assert_in_range(budget.used_bytes, 1, MAX_STATEMENT_BYTES);
	}
	postgresql_statements_bind(&statements, 1, 999);
	assert_non_null(postgresql_statements_of(&statements, 1));
	postgresql_statements_bind(&statements, 1, 0);
	assert_null(postgresql_statements_of(&statements, 1));
	stop();
	start(100); /* the budget of all connections */
	put(1, 50);
	put(2, 50);
	postgresql_statements_bind(&statements, 1, 1);
	postgresql_statements_bind(&statements, 2, 2);
	assert_non_null(postgresql_statements_of(&statements, 1));
	assert_null(postgresql_statements_of(&statements, 2));
	stop();
}

static void hashes_names(void **state)
{
	(void)state;
	assert_true(postgresql_statements_hash(VIEW_LITERAL("")) !=
		    postgresql_statements_hash(VIEW_LITERAL("a")));
	assert_true(postgresql_statements_hash(VIEW_LITERAL("S_1")) !=
		    postgresql_statements_hash(VIEW_LITERAL("S_2")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_texts),
		cmocka_unit_test(is_bounded),
		cmocka_unit_test(hashes_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
