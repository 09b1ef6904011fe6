/*
 * Two made-up protocols whose units are "<letter><key><bytes to skip>": Q opens, A answers, P
 * answers in part, O opens and ends at once, B becomes what comes, N becomes the same again. One is
 * keyed, of the other the keys are counted by its session.
 */
#include "connection/conversation_pairing.h"

#include <errno.h>
#include "conversation_fixture.h"

struct made_session {
	uint64_t asked, answered;
	unsigned losses;
	void *kept;
};

static struct conversation_fixture f;
static unsigned began, ended;
static int begin_error;

static void describe(const struct message *message, const struct exchange *exchange,
		     struct span *span, struct arena *arena)
{
	const char *word = (const char *)message->fields;

	(void)exchange;
	if (message->kind == MESSAGE_REQUEST)
		span->name = arena_copy(arena, view_of(word, 2));
	else
		attribute_set_string(&span->attributes, arena, "answer",
				     arena_copy(arena, view_of(word, 2)));
}

static int begin_session(void *session, struct session_budget *budget,
			 const struct session_start *start)
{
	struct made_session *made = session;

	assert_int_equal(made->asked, 0);
	if (begin_error)
		return begin_error;
	made->kept = malloc(100);
	budget->used_bytes += 100;
	began += start->is_from_start ? 1 : 100;
	return 0;
}

static void end_session(void *session, struct session_budget *budget)
{
	struct made_session *made = session;

	free(made->kept);
	budget->used_bytes -= 100;
	ended++;
}

static const struct protocol counted_protocol, keyed_protocol;

static void act(struct made_session *made, struct unit *unit, const struct exchange_sink *sink,
		bool is_keyed)
{
	char letter = unit->bytes.bytes[0];
	uint64_t wire = (uint64_t)unit->bytes.bytes[1];
	uint64_t key = is_keyed                         ? wire
		       : letter == 'Q' || letter == 'O' ? made->asked
							: made->answered;
	struct message message;

	memset(&message, 0, sizeof(message));
	memcpy(message.fields, unit->bytes.bytes, 2);
	made->asked += letter == 'Q';
	made->answered += letter == 'A';
	if (letter == 'Q' || letter == 'O')
		sink->open(sink->self, key, &message);
	if (letter == 'A' || letter == 'P')
		sink->answer(sink->self, key, &message);
	if (letter == 'A')
		sink->add(sink->self, key, unit->skip);
	if (letter == 'A' || letter == 'O')
		sink->end(sink->self, key);
	if (letter == 'B')
		sink->become(sink->self, NULL);
	if (letter == 'N')
		sink->become(sink->self, &keyed_protocol);
}

static enum parse_result read_made(void *session, struct unit *unit,
				   const struct exchange_sink *sink, bool is_keyed)
{
	if (!strchr("QAPOBN", unit->bytes.bytes[0]))
		return PARSE_INVALID;
	if (unit->bytes.size < 3)
		return unit->is_final ? PARSE_INVALID : PARSE_NEED_MORE;
	unit->consumed = 3;
	unit->skip = (uint64_t)(unit->bytes.bytes[2] - '0') * 10;
	act(session, unit, sink, is_keyed);
	return PARSE_DONE;
}

static enum parse_result read_counted(void *session, struct unit *unit,
				      const struct exchange_sink *sink)
{
	return read_made(session, unit, sink, false);
}

static enum parse_result read_keyed(void *session, struct unit *unit,
				    const struct exchange_sink *sink)
{
	return read_made(session, unit, sink, true);
}

static void lose(void *session, enum message_kind side)
{
	(void)side;
	((struct made_session *)session)->losses++;
}

static bool resume(void *session, enum message_kind side, struct view bytes, size_t *ret_offset)
{
	(void)session;
	*ret_offset = 0;
	return bytes.bytes[0] == (side == MESSAGE_REQUEST ? 'Q' : 'A');
}

static void restart(void *session)
{
	((struct made_session *)session)->asked = ((struct made_session *)session)->answered = 0;
}

static const struct conversation counted = {
	.session_size = sizeof(struct made_session),
	.begin = begin_session,
	.end = end_session,
	.read = read_counted,
	.lose = lose,
	.resume = resume,
	.restart = restart,
};
static const struct conversation keyed = {
	.is_keyed = true,
	.session_size = sizeof(struct made_session),
	.begin = begin_session,
	.end = end_session,
	.read = read_keyed,
	.lose = lose,
	.resume = resume,
};
static const struct protocol counted_protocol = {.name = "counted",
						 .mode = CAPTURE_STREAM,
						 .conversation = &counted,
						 .describe_request = describe,
						 .describe_response = describe};
static const struct protocol keyed_protocol = {.name = "keyed",
					       .mode = CAPTURE_STREAM,
					       .conversation = &keyed,
					       .describe_request = describe,
					       .describe_response = describe};

/* The connection itself, so that it speaks what the registry has not. */
static struct connection connection;

static void take(void *self, struct view record)
{
	struct event event;

	(void)self;
	assert_int_equal(event_decoder_decode(record, &event), 0);
	if (event.kind == RECORD_CONNECTION_OPEN)
		connection_init(&connection, f.table, event.open);
	else if (event.kind == RECORD_SEGMENT)
		connection_take(&connection, event.segment, event.bytes);
	else
		connection_end(&connection, event.end);
}

static void speak(const struct protocol *protocol)
{
	began = ended = 0;
	begin_error = 0;
	conversation_begin(&f, false);
	f.builder.take = take;
	f.builder.mode = CAPTURE_STREAM;
	conversation_open(&f, true);
	connection.request_direction = DIRECTION_SEND;
	connection.streams[0].has_position = connection.streams[1].has_position = true;
	connection_become(&connection, protocol);
}

static void ask(const char *text)
{
	conversation_feed(&f, MESSAGE_REQUEST, text, strlen(text));
}

static void answer(const char *text)
{
	conversation_feed(&f, MESSAGE_RESPONSE, text, strlen(text));
}

static void close_it(void)
{
	connection_done(&connection, f.builder.now_ns);
	assert_int_equal(connection_table_context(f.table)->budget.used_bytes, 0);
	conversation_end(&f);
}

static void expect(const char *wanted)
{
	assert_string_equal(f.text, wanted);
	f.used = 0;
	f.text[0] = '\0';
}

static void in_order(void **state)
{
	(void)state;
	speak(&counted_protocol);
	assert_int_equal(began, 1);
	ask("Qa0Qb0");
	answer("Px0Ay0");
	expect("client \"Qa\" - answer=Ay (response body 0)\n");
	answer("Az1");
	expect("");
	conversation_feed_lost(&f, MESSAGE_RESPONSE, 10);
	ask("Oc0");
	expect("client \"Qb\" - answer=Az (response body 10)\nclient \"Oc\" -\n");
	ask("Qd0");
	close_it();
	expect("client \"Qd\" - aborted\n");
	assert_int_equal(ended, 1);
	assert_string_equal(conversation_drops(&f), "");
}

static void by_key(void **state)
{
	(void)state;
	speak(&keyed_protocol);
	ask("Qa0Qb0Qc0");
	answer("Ac0Aa0");
	expect("client \"Qc\" - answer=Ac (response body 0)\n"
	       "client \"Qa\" - answer=Aa (response body 0)\n");
	/* Lost bytes leave what is open open; it may have missed something. */
	conversation_feed_lost(&f, MESSAGE_RESPONSE, 5);
	answer("Ab0");
	expect("client \"Qb\" - answer=Ab lossy\n");
	answer("Ab0");
	assert_string_equal(conversation_drops(&f), "stream_gap 1, exchange_unmatched 1");
	close_it();
	expect("");
}

static void a_lost_answer_ends_with_the_clients_turn(void **state)
{
	(void)state;
	speak(&counted_protocol);
	ask("Qa0");
	conversation_feed_lost(&f, MESSAGE_RESPONSE, 3);
	/* The client waited: its next is certain. */
	ask("Qb0");
	expect("client \"Qa\" - lossy\n");
	answer("Ab0");
	expect("client \"Qb\" - answer=Ab (response body 0)\n");
	/* It did not wait: what follows is marked until a turn comes out even. */
	ask("Qc0Qd0");
	conversation_feed_lost(&f, MESSAGE_RESPONSE, 3);
	ask("Qe0");
	expect("client \"Qc\" - lossy\nclient \"Qd\" - lossy\n");
	answer("Ae0");
	expect("client \"Qe\" - answer=Ae (response body 0) lossy\n");
	ask("Qf0");
	answer("Af0");
	expect("client \"Qf\" - answer=Af (response body 0)\n");
	close_it();
}

static void a_lost_request_hides_its_answer(void **state)
{
	(void)state;
	speak(&counted_protocol);
	conversation_feed_lost(&f, MESSAGE_REQUEST, 3);
	answer("Aa0");
	expect("");
	ask("Qb0");
	answer("Ab0");
	expect("client \"Qb\" - answer=Ab (response body 0) lossy\n");
	ask("Qc0");
	answer("Ac0");
	expect("client \"Qc\" - answer=Ac (response body 0)\n");
	assert_string_equal(conversation_drops(&f), "stream_gap 1");
	close_it();
}

static void a_turn_that_proves_nothing(void **state)
{
	(void)state;
	speak(&counted_protocol);
	conversation_feed_lost(&f, MESSAGE_REQUEST, 3);
	answer("A");
	for (int i = 0; i < 9; i++) {
		assert_false(connection.is_over);
		ask("rubbish");
		answer("Axx");
	}
	assert_true(connection.is_over);
	assert_null(connection.session);
	assert_int_equal(f.mode, CAPTURE_IGNORE);
	expect("");
	close_it();
}

static void what_it_becomes(void **state)
{
	(void)state;
	speak(&counted_protocol);
	ask("Qa0");
	answer("Aa0Nx0A90");
	assert_ptr_equal(connection.protocol, &keyed_protocol);
	assert_int_equal(ended, 1);
	expect("client \"Qa\" - answer=Aa (response body 0)\n");
	assert_string_equal(conversation_drops(&f), "exchange_unmatched 1");
	ask("Q70Bx0GET / HTTP/1.1\r\n\r\n");
	expect("client \"Q7\" -\n");
	assert_null(connection.protocol);
	assert_int_equal(f.mode, CAPTURE_UNDECIDED);
	answer("");
	ask("GET / HTTP/1.1\r\n\r\n");
	assert_string_equal(connection.protocol->name, "http");
	close_it();
}

static void no_memory(void **state)
{
	(void)state;
	speak(&counted_protocol);
	close_it();
	conversation_begin(&f, false);
	f.builder.take = take;
	conversation_open(&f, true);
	begin_error = -ENOMEM;
	connection_become(&connection, &counted_protocol);
	assert_true(connection.is_over);
	close_it();
	assert_string_equal(conversation_drops(&f), "session_memory 1");
	conversation_begin(&f, false);
	f.builder.take = take;
	conversation_open(&f, true);
	begin_error = 0;
	connection_table_context(f.table)->budget.max_bytes = sizeof(struct made_session) - 1;
	connection_become(&connection, &counted_protocol);
	assert_true(connection.is_over);
	close_it();
	assert_string_equal(conversation_drops(&f), "session_memory 1");
}

static void more_than_may_wait(void **state)
{
	(void)state;
	speak(&counted_protocol);
	for (int i = 0; i < 1100; i++)
		ask("Qa0");
	for (int i = 0; i < 1100; i++)
		answer("Aa0");
	assert_int_equal(f.finished, f.opened);
	assert_in_range(f.opened, 16, 1024);
	close_it();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order),
		cmocka_unit_test(by_key),
		cmocka_unit_test(a_lost_answer_ends_with_the_clients_turn),
		cmocka_unit_test(a_lost_request_hides_its_answer),
		cmocka_unit_test(a_turn_that_proves_nothing),
		cmocka_unit_test(what_it_becomes),
		cmocka_unit_test(no_memory),
		cmocka_unit_test(more_than_may_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
