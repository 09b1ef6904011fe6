/* The ring of pending commands, the default database, and what a loss leaves. */
#include "cmocka_test.h"

#include "protocols/mysql/mysql_command.h"
#include "protocols/mysql/mysql_session.h"

static struct mysql_session session;
static struct session_budget budget;

static int begin(void **state)
{
	(void)state;
	memset(&session, 0, sizeof(session));
	budget = (struct session_budget){.max_bytes = 1 << 20};
	mysql_statements_init(&session.statements, &budget);
	session.phase = MYSQL_COMMANDS;
	return 0;
}

static int finish(void **state)
{
	(void)state;
	mysql_statements_done(&session.statements);
	assert_int_equal(budget.used_bytes, 0);
	return 0;
}

static bool push(uint8_t command)
{
	return mysql_session_push(&session, (struct mysql_pending){.command = command});
}

static void queues_commands(void **state)
{
	(void)state;
	assert_null(mysql_session_oldest(&session));
	assert_null(mysql_session_newest(&session));
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < MAX_MYSQL_PENDING; i++)
			assert_true(push((uint8_t)(i % 20)));
		assert_false(push(1));
		assert_int_equal(mysql_session_newest(&session)->command,
				 (MAX_MYSQL_PENDING - 1) % 20);
		for (int i = 0; i < MAX_MYSQL_PENDING; i++) {
			assert_int_equal(mysql_session_oldest(&session)->command, i % 20);
			assert_int_equal(session.answer.place, MYSQL_AT_FIRST);
			assert_int_equal(session.answer.sequence, 1);
			mysql_session_pop(&session);
		}
		assert_true(push(1));
		assert_int_equal(mysql_session_newest_key(&session), session.first_key);
		mysql_session_pop(&session);
	}
	assert_int_equal(session.first_key, 3 * (MAX_MYSQL_PENDING + 1));
}

static void keeps_the_database(void **state)
{
	char name[300];

	(void)state;
	memset(name, 'n', sizeof(name));
	mysql_session_set_database(&session, VIEW_LITERAL("shop"));
	assert_view(mysql_session_database(&session), "shop");
	mysql_session_set_database(&session, view_of(name, sizeof(name)));
	assert_int_equal(mysql_session_database(&session).size, MAX_MYSQL_DATABASE_BYTES);
	mysql_session_lose(&session, MESSAGE_RESPONSE);
	assert_int_equal(mysql_session_database(&session).size, MAX_MYSQL_DATABASE_BYTES);
	/* A change under way may have happened. */
	push(MYSQL_INIT_DB);
	mysql_session_plan_database(&session, VIEW_LITERAL("next"));
	mysql_session_lose(&session, MESSAGE_RESPONSE);
	assert_view(mysql_session_database(&session), "");
	mysql_session_set_database(&session, VIEW_LITERAL("shop"));
	mysql_session_plan_database(&session, VIEW_LITERAL("next"));
	mysql_session_restart(&session);
	assert_view(mysql_session_database(&session), "");
	assert_false(session.is_change_planned);
}

static void loses_sides(void **state)
{
	uint16_t ticket =
		mysql_statements_request(&session.statements, VIEW_LITERAL("a"), (struct view){0});

	(void)state;
	mysql_statements_confirm(&session.statements, ticket, 1);
	mysql_session_set_database(&session, VIEW_LITERAL("shop"));
	push(MYSQL_QUERY);
	session.is_continued[MESSAGE_RESPONSE] = session.is_continued[MESSAGE_REQUEST] = true;
	mysql_session_lose(&session, MESSAGE_RESPONSE);
	assert_int_equal(session.answer.place, MYSQL_NOWHERE);
	assert_true(session.answer.is_rows_lost);
	assert_false(session.is_continued[MESSAGE_RESPONSE]);
	assert_true(session.is_continued[MESSAGE_REQUEST]);
	assert_non_null(mysql_statements_find(&session.statements, 1));
	mysql_session_lose(&session, MESSAGE_REQUEST);
	assert_false(session.is_continued[MESSAGE_REQUEST]);
	assert_null(mysql_statements_find(&session.statements, 1));
	assert_view(mysql_session_database(&session), "");
}

static void restarts(void **state)
{
	(void)state;
	push(MYSQL_QUERY);
	push(MYSQL_PREPARE);
	mysql_session_newest(&session)->ticket =
		mysql_statements_request(&session.statements, VIEW_LITERAL("a"), (struct view){0});
	session.phase = MYSQL_LOGGING_IN;
	mysql_session_restart(&session);
	assert_int_equal(session.pending_count, 0);
	assert_int_equal(session.first_key, 2);
	assert_int_equal(session.phase, MYSQL_COMMANDS);
	assert_int_equal(session.statements.count, 0);
	session.phase = MYSQL_LOGGING_IN;
	session.capabilities = MYSQL_CAN_COMPRESS;
	session.has_login = true;
	mysql_session_restart(&session);
	assert_int_equal(session.phase, MYSQL_COMPRESSED);
	assert_int_equal(session.first_key, 3);
	mysql_session_restart(&session);
	assert_int_equal(session.phase, MYSQL_COMPRESSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(queues_commands, begin, finish),
		cmocka_unit_test_setup_teardown(keeps_the_database, begin, finish),
		cmocka_unit_test_setup_teardown(loses_sides, begin, finish),
		cmocka_unit_test_setup_teardown(restarts, begin, finish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
