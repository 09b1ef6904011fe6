/* What single messages of a server do to what is asked. */
#include "postgresql_bytes.h"

#include "protocols/postgresql/postgresql_describe.h"
#include "protocols/postgresql/postgresql_session.h"

static struct postgresql_session session;
static unsigned char pair_state[PROTOCOL_PAIR_STATE_BYTES];
static char said[512];

static void say(const char *format, unsigned long long key, const char *more)
{
	size_t used = strlen(said);

	snprintf(said + used, sizeof(said) - used, format, key, more);
}

static unsigned char *give_state(void *self, uint64_t key)
{
	(void)self;
	(void)key;
	return pair_state;
}

static void note_answer(void *self, uint64_t key, struct message *message)
{
	const struct postgresql_answer *answer =
		message ? (struct postgresql_answer *)message->fields : NULL;
	char state[8] = "";

	(void)self;
	if (answer && answer->has_state)
		memcpy(state, answer->state, 5);
	say("answer %llu %s;", key, !answer ? "begins" : answer->is_skipped ? "skipped" : state);
}

static void note_end(void *self, uint64_t key)
{
	(void)self;
	say("end %llu%s;", key, "");
}

static void note_become(void *self, const struct protocol *next)
{
	(void)self;
	assert_null(next);
	say("become%.0llu%s;", 0, "");
}

static void note_asked(void *self, uint64_t key, struct message *message)
{
	(void)self;
	assert_true(((struct postgresql_request *)message->fields)->is_unknown);
	say("asked %llu%s;", key, "");
}

static const struct exchange_sink sink = {.open_asked = note_asked,
					  .state = give_state,
					  .answer = note_answer,
					  .end = note_end,
					  .become = note_become};

static void assert_said(char type, const char *body, size_t size, const char *wanted)
{
	struct postgresql_message message = {.type = type, .body = exact_copy(view_of(body, size))};

	said[0] = '\0';
	assert_true(postgresql_server_take(&session, &message, &sink));
	free_copy(message.body);
	assert_string_equal(said, wanted);
}

#define ASSERT_SAID(type, literal, wanted) assert_said(type, literal, sizeof(literal) - 1, wanted)

static void ask(enum postgresql_ask kind, uint64_t key)
{
	assert_true(postgresql_pending_add(&session.pending, kind, key));
}

static void answers_the_oldest(void **state)
{
	(void)state;
	memset(&session, 0, sizeof(session));
	ASSERT_SAID('Z', "I", "");
	ASSERT_SAID('E', "SFATAL\0C57P01\0\0", ""); /* nobody asked */
	ask(POSTGRESQL_PARSE, 5);
	ask(POSTGRESQL_EXECUTE, 1);
	ask(POSTGRESQL_EXECUTE, 2);
	ask(POSTGRESQL_SYNC, 0);
	ask(POSTGRESQL_QUERY, 3);
	ASSERT_SAID('1', "", "");
	ASSERT_SAID('D', "", "answer 1 begins;");
	ASSERT_SAID('C', "SELECT 1\0", "answer 1 ;end 1;");
	ASSERT_SAID('I', "", "answer 2 ;end 2;");
	ASSERT_SAID('Z', "I", "");
	ASSERT_SAID('E', "SERROR\0C22012\0\0", "answer 3 22012;");
	ASSERT_SAID('Z', "I", "end 3;");
	assert_int_equal(session.pending.count, 0);
	assert_false(postgresql_server_take(
		&session,
		&(struct postgresql_message){.type = 'C', .body = VIEW_LITERAL("SELECT 1\0")},
		&sink));
}

static void skips_to_the_turn(void **state)
{
	(void)state;
	memset(&session, 0, sizeof(session));
	ask(POSTGRESQL_PARSE, 5);
	ask(POSTGRESQL_EXECUTE, 1);
	ask(POSTGRESQL_EXECUTE, 2);
	ask(POSTGRESQL_PARSE, 6);
	ask(POSTGRESQL_EXECUTE, 3);
	ask(POSTGRESQL_SYNC, 0);
	ask(POSTGRESQL_SYNC, 0);
	ASSERT_SAID('E', "SERROR\0C42601\0\0", "answer 1 42601;end 1;");
	ASSERT_SAID('Z', "E", "answer 2 skipped;end 2;answer 3 skipped;end 3;");
	assert_int_equal(session.pending.count, 1);
	/* A Parse that failed, and nothing that was to be executed. */
	ask(POSTGRESQL_PARSE, 7);
	ask(POSTGRESQL_SYNC, 0);
	ASSERT_SAID('Z', "I", "");
	ASSERT_SAID('E', "SERROR\0C42601\0\0", "asked 0;answer 0 42601;end 0;");
	ASSERT_SAID('E', "SERROR\0C42601\0\0", ""); /* one is enough */
	ASSERT_SAID('Z', "I", "");
	assert_int_equal(session.pending.count, 0);
	/* The end of a connection. */
	ask(POSTGRESQL_QUERY, 8);
	ASSERT_SAID('E', "SFATAL\0C57P01\0\0", "answer 8 57P01;end 8;");
}

static void changes_what_is_spoken(void **state)
{
	(void)state;
	memset(&session, 0, sizeof(session));
	said[0] = '\0';
	session.awaits_encryption = true;
	assert_true(postgresql_server_take_encryption(&session, 'N', &sink));
	assert_string_equal(said, "");
	assert_false(session.awaits_encryption);
	assert_true(postgresql_server_take_encryption(&session, 'S', &sink));
	assert_string_equal(said, "become;");
	assert_false(postgresql_server_take_encryption(&session, 'x', &sink));
	ASSERT_SAID('W', "\0\0\0", "become;");
	ASSERT_SAID('S', "standard_conforming_strings\0off\0", "");
	assert_true(session.is_backslash_unknown);
	ASSERT_SAID('S', "client_encoding\0SJIS\0", "");
	assert_true(session.is_text_unsafe);
	ASSERT_SAID('S', "client_encoding\0UTF8\0", "");
	assert_false(session.is_text_unsafe);
	ASSERT_SAID('S', "client_encoding", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_the_oldest),
		cmocka_unit_test(skips_to_the_turn),
		cmocka_unit_test(changes_what_is_spoken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
