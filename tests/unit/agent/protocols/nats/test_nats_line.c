/* Lines, and the headers that carry a trace. */
#include "cmocka_test.h"

#include "protocols/nats/nats_line.h"

static void reads_messages(void **state)
{
	struct nats_line line;

	(void)state;
	assert_int_equal(
		nats_line_read(MESSAGE_RESPONSE, VIEW_LITERAL("HMSG a.b 9 reply 12 20\r\n"), &line),
		PARSE_DONE);
	assert_int_equal(line.verb, NATS_HMSG);
	assert_view(line.subject, "a.b");
	assert_true(line.has_reply);
	assert_int_equal(line.header_size, 12);
	assert_int_equal(line.total_size, 20);
	assert_int_equal(nats_line_read(MESSAGE_REQUEST, VIEW_LITERAL("PUB  a\t3\r\n"), &line),
			 PARSE_DONE);
	assert_false(line.has_reply);
	assert_int_equal(line.total_size, 3);
}

static void refuses_the_rest(void **state)
{
	static const char *const texts[] = {"MSG a 1 2\r\n",  "PUB a b c 2\r\n",   "PUB a x\r\n",
					    "HPUB a 9 2\r\n", "PUB a 2\n",         "RS+ a b\r\n",
					    "CONNECT {\r\n",  "PUB a 99999999\r\n"};
	struct nats_line line;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(nats_line_read(MESSAGE_REQUEST, view_of_text(texts[i]), &line),
				 PARSE_INVALID);
	assert_int_equal(nats_line_read(MESSAGE_REQUEST, VIEW_LITERAL("PUB a 2"), &line),
			 PARSE_NEED_MORE);
}

static void reads_headers(void **state)
{
	struct propagation found = {0};

	(void)state;
	nats_line_read_headers(
		VIEW_LITERAL("NATS/1.0\r\nTraceParent: 00-1\r\ntracestate:a=1\r\n"
			     "Sentry-Trace: s\r\nbaggage: b\r\nB3: c\r\nx: y\r\n\r\n"),
		&found);
	assert_view(found.traceparent, "00-1");
	assert_view(found.tracestate, "a=1");
	assert_view(found.sentry_trace, "s");
	assert_view(found.baggage, "b");
	assert_view(found.b3, "c");
}

static void reads_what_is_said_instead_of_a_message(void **state)
{
	(void)state;
	assert_int_equal(nats_line_read_status(VIEW_LITERAL("NATS/1.0 503\r\n\r\n")), 503);
	assert_int_equal(nats_line_read_status(VIEW_LITERAL("NATS/1.0 100 Idle\r\n\r\n")), 100);
	assert_int_equal(nats_line_read_status(VIEW_LITERAL("NATS/1.0\r\na: 5\r\n\r\n")), 0);
	assert_int_equal(nats_line_read_status(VIEW_LITERAL("NATS/1.0 5x3\r\n\r\n")), 0);
	assert_int_equal(nats_line_read_status(VIEW_LITERAL("NATS/1.0 50")), 0);
	assert_int_equal(nats_line_read_status(VIEW_LITERAL("")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_messages),
		cmocka_unit_test(refuses_the_rest),
		cmocka_unit_test(reads_headers),
		cmocka_unit_test(reads_what_is_said_instead_of_a_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
