/* The order of what was asked. */
#include "cmocka_test.h"

#include "protocols/postgresql/postgresql_pending.h"

static void keeps_order(void **state)
{
	struct postgresql_pending pending = {.count = 0};
	uint64_t key = 0;

	(void)state;
	assert_int_equal(postgresql_pending_oldest(&pending).kind, POSTGRESQL_NOTHING);
	postgresql_pending_pop(&pending);
	assert_true(postgresql_pending_add(&pending, POSTGRESQL_PARSE, 99));
	for (uint64_t i = 0; i < 1000; i++)
		assert_true(postgresql_pending_add(&pending, POSTGRESQL_EXECUTE, 7 + i));
	assert_true(postgresql_pending_add(&pending, POSTGRESQL_SYNC, 0));
	assert_int_equal(pending.count, 3);
	assert_true(postgresql_pending_next_execution(&pending, &key));
	assert_int_equal(key, 7);
	assert_false(postgresql_pending_is_one(&pending));
	postgresql_pending_pop(&pending);
	for (uint64_t i = 0; i < 1000; i++) {
		assert_int_equal(postgresql_pending_oldest(&pending).key, 7 + i);
		postgresql_pending_pop(&pending);
	}
	assert_false(postgresql_pending_next_execution(&pending, &key));
	assert_true(postgresql_pending_is_one(&pending));
	assert_true(postgresql_pending_add(&pending, POSTGRESQL_QUERY, 1));
	assert_false(postgresql_pending_is_one(&pending));
	assert_int_equal(postgresql_pending_oldest(&pending).kind, POSTGRESQL_SYNC);
	postgresql_pending_drop_syncs(&pending);
	assert_int_equal(postgresql_pending_oldest(&pending).kind, POSTGRESQL_QUERY);
	assert_true(postgresql_pending_is_one(&pending));
}

static void is_bounded(void **state)
{
	struct postgresql_pending pending = {.count = 0};

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < MAX_PENDING; i++)
			assert_true(
				postgresql_pending_add(&pending, POSTGRESQL_QUERY, (uint64_t)i));
		assert_false(postgresql_pending_add(&pending, POSTGRESQL_QUERY, 0));
		for (int i = 0; i < MAX_PENDING - 1; i++)
			postgresql_pending_pop(&pending);
		assert_int_equal(postgresql_pending_oldest(&pending).key, MAX_PENDING - 1);
		postgresql_pending_pop(&pending);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_order),
		cmocka_unit_test(is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
