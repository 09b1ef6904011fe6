/* What a connection remembers, on a sink that writes down what it is told. */
#include "cassandra_bytes.h"

#include "protocols/cassandra/cassandra_session.h"

static char said[1024];
static unsigned char states[4][PROTOCOL_PAIR_STATE_BYTES];
static bool is_open[4];

static void note(const char *what, uint64_t key)
{
	size_t used = strlen(said);

	snprintf(said + used, sizeof(said) - used, "%s %u\n", what, (unsigned int)key);
}

static void on_open(void *self, uint64_t key, struct message *message)
{
	const struct cassandra_fields *fields = cassandra_fields_of(message);
	size_t used = strlen(said);

	(void)self;
	note("open", key);
	used = strlen(said) - 1;
	snprintf(said + used, sizeof(said) - used, " [%.*s] [%.*s]\n",
		 VIEW_FORMAT(fields->keyspace), VIEW_FORMAT(fields->text));
	is_open[key] = true;
	memset(states[key], 0, sizeof(states[key]));
}

static unsigned char *state_of(void *self, uint64_t key)
{
	(void)self;
	return is_open[key] ? states[key] : NULL;
}

static void on_answer(void *self, uint64_t key, struct message *message)
{
	(void)self;
	note(cassandra_fields_of(message)->is_error ? "error" : "answer", key);
}

static void on_end(void *self, uint64_t key)
{
	(void)self;
	assert_true(is_open[key]);
	note("end", key);
	is_open[key] = false;
}

static const struct exchange_sink sink = {
	.open = on_open, .state = state_of, .answer = on_answer, .end = on_end};

static void take(struct cassandra_session *session, struct cassandra_bytes *b, bool is_last)
{
	struct cassandra_header header;
	struct view copy = exact_copy(cassandra_bytes_view(b));

	assert_int_equal(cassandra_frame_read_header(copy, &header), PARSE_DONE);
	cassandra_session_take(session, &header, view_skip(copy, CASSANDRA_HEADER_BYTES), is_last,
			       &sink);
	free_copy(copy);
	b->used = 0;
}

static void remembers(void **state)
{
	struct session_budget budget = {.max_bytes = 100000};
	static struct cassandra_session session;
	struct cassandra_bytes b = {.used = 0};

	(void)state;
	session.statements.budget = &budget;
	cassandra_bytes_query(&b, 4, 1, "USE shop");
	take(&session, &b, true);
	cassandra_bytes_keyspace(&b, 0x84, 1, "shop");
	take(&session, &b, true);
	cassandra_bytes_prepare(&b, 4, 2, "SELECT a FROM t WHERE b = 'secret'");
	take(&session, &b, true);
	cassandra_bytes_prepared(&b, 0x84, 2, "0123456789abcdef");
	take(&session, &b, true);
	cassandra_bytes_execute(&b, 4, 1, "0123456789abcdef");
	take(&session, &b, true);
	/* Its answer was lost, and the stream is used again; the next one comes in two parts. */
	cassandra_bytes_execute(&b, 4, 1, "fedcba9876543210");
	take(&session, &b, true);
	cassandra_bytes_error(&b, 0x84, 1, 0x2500);
	take(&session, &b, false);
	cassandra_bytes_void(&b, 0x84, 3); /* to nobody */
	take(&session, &b, true);
	assert_string_equal(said, "open 1 [] [USE shop]\nanswer 1\nend 1\n"
				  "open 2 [shop] [SELECT a FROM t WHERE b = ?]\nanswer 2\nend 2\n"
				  "open 1 [shop] [SELECT a FROM t WHERE b = ?]\nend 1\n"
				  "open 1 [shop] []\nerror 1\n");
	cassandra_statements_done(&session.statements);
	assert_int_equal(budget.used_bytes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(remembers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
