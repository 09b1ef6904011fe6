/* What single messages of a client do to a session. */
#include "postgresql_bytes.h"

#include "protocols/postgresql/postgresql_describe.h"
#include "protocols/postgresql/postgresql_session.h"

static struct postgresql_session session;
static struct session_budget budget;
static char opened[512];

static void note_open(void *self, uint64_t key, struct message *message)
{
	const struct postgresql_request *request = (struct postgresql_request *)message->fields;

	(void)self;
	snprintf(opened, sizeof(opened), "%llu %.*s|%.*s%s", (unsigned long long)key,
		 VIEW_FORMAT(request->text), VIEW_FORMAT(request->summary),
		 request->is_unknown ? " unknown" : "");
}

static const struct exchange_sink sink = {.open = note_open};

static bool take(char type, const char *body, size_t size, bool is_cut)
{
	struct postgresql_message message = {
		.type = type, .body = exact_copy(view_of(body, size)), .is_cut = is_cut};
	bool is_right;

	opened[0] = '\0';
	is_right = postgresql_client_take(&session, &message, &sink);
	free_copy(message.body);
	return is_right;
}

#define TAKE(type, literal) take(type, literal, sizeof(literal) - 1, false)

static void start(void)
{
	memset(&session, 0, sizeof(session));
	budget = (struct session_budget){0, 1 << 20};
	session.budget = &budget;
}

static void stop(void)
{
	if (session.statements)
		postgresql_statements_clear(session.statements);
	free(session.statements);
}

static void opens_exchanges(void **state)
{
	(void)state;
	start();
	assert_true(TAKE('Q', "SELECT 1 FROM t\0"));
	assert_string_equal(opened, "0 SELECT ? FROM t|SELECT t");
	assert_true(take('Q', "SELECT 1 FROM t", 15, true));
	assert_string_equal(opened, "1 SELECT ? FROM t|SELECT");
	assert_true(TAKE('P', "s\0SELECT 2\0\0\0"));
	assert_string_equal(opened, "");
	assert_true(TAKE('B', "p\0s\0"));
	assert_true(TAKE('E', "p\0\0\0\0\0"));
	assert_string_equal(opened, "2 SELECT ?|SELECT");
	assert_true(TAKE('E', "q\0\0\0\0\0"));
	assert_string_equal(opened, "3 | unknown");
	assert_true(TAKE('C', "Pp\0"));
	assert_true(TAKE('E', "p\0\0\0\0\0"));
	assert_string_equal(opened, "4 | unknown");
	assert_true(TAKE('B', "p\0s")); /* a name that is too long to be seen */
	assert_true(TAKE('E', "p\0\0\0\0\0"));
	assert_string_equal(opened, "5 | unknown");
	assert_false(TAKE('P', "no end"));
	stop();
}

static void knows_no_text_without_memory(void **state)
{
	(void)state;
	start();
	budget.max_bytes = 100;
	assert_true(TAKE('P', "s\0SELECT 2\0\0\0"));
	assert_true(TAKE('B', "\0s\0"));
	assert_true(TAKE('E', "\0\0\0\0\0"));
	assert_string_equal(opened, "0 | unknown");
	assert_null(session.statements);
	assert_int_equal(budget.used_bytes, 0);
}

static void reads_the_database_only(void **state)
{
	(void)state;
	start();
	assert_true(postgresql_client_take(
		&session,
		&(struct postgresql_message){.code = 0x30000,
					     .body = VIEW_LITERAL("user\0a\0database\0b\0\0")},
		&sink));
	assert_view(view_of(session.database, session.database_size), "b");
	assert_true(postgresql_client_take(
		&session, &(struct postgresql_message){.code = POSTGRESQL_SSL}, &sink));
	assert_true(session.awaits_encryption);
}

static void refuses_what_it_cannot_keep(void **state)
{
	(void)state;
	start();
	for (int i = 0; i < MAX_PENDING; i++)
		assert_true(TAKE('Q', "SELECT 1\0"));
	assert_false(TAKE('Q', "SELECT 1\0"));
	assert_false(TAKE('S', ""));
	session.is_copying_in = true;
	assert_true(TAKE('S', ""));
	assert_true(TAKE('c', ""));
	assert_false(session.is_copying_in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_exchanges),
		cmocka_unit_test(knows_no_text_without_memory),
		cmocka_unit_test(reads_the_database_only),
		cmocka_unit_test(refuses_what_it_cannot_keep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
