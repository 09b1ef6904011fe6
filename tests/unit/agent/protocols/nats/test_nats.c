/* Conversations: publishing, delivering, headers, TLS, losses. */
#include "conversation_law.h"
#include "conversation_script.h"

#include "protocols/nats/nats.h"

#define INFO    "INFO {\"server_id\":\"x\",\"tls_required\":false}\r\n"
#define CONNECT "CONNECT {\"verbose\":false,\"pass\":\"secret\"}\r\n"
#define SPAN(kind, name, op, type, operation, rest)                                                \
	kind " \"" name "\" " op " messaging.system=nats messaging.operation.type=" type           \
	     " messaging.operation.name=" operation rest "\n"
#define TO(subject, size)                                                                          \
	" messaging.destination.name=" subject " messaging.message.body.size=" size
#define INBOX(size)                                                                                \
	" messaging.destination.temporary=true messaging.destination.anonymous=true"               \
	" messaging.message.body.size=" size

#define NOBODY_ANSWERS                                                                             \
	SPAN("consumer", "process", "queue.process", "process", "process",                         \
	     INBOX("0") " error.type=503 ERROR")

static const struct saying sayings[] = {
	SERVER_SAYS(INFO),
	CLIENT_SAYS(CONNECT "PING\r\n"),
	SERVER_SAYS("PONG\r\n"),
	CLIENT_SAYS("SUB orders 1\r\nPUB orders 5\r\nhello\r\npub orders _INBOX.a.b 0\r\n\r\n"),
	SERVER_SAYS("MSG orders 1 5\r\nhello\r\nMSG orders 1 _INBOX.a.b 0\r\n\r\n-ERR 'x'\r\n"),
	CLIENT_SAYS("HPUB orders 30 32\r\nNATS/1.0\r\ntraceparent: 1-2\r\n\r\nhi\r\n"
		    "PUB _INBOX.a.b 2\r\nok\r\nPUB $JS.ACK.s.c.1.2.3.4.5 0\r\n\r\n"),
	SERVER_SAYS("HMSG orders 1 30 32\r\nNATS/1.0\r\nTraceparent: 1-2\r\n\r\nhi\r\n"
		    "MSG _INBOX.a.b 2 2\r\nok\r\n"
		    "HMSG _INBOX.a.b 2 16 16\r\nNATS/1.0 503\r\n\r\n\r\n"
		    "HMSG orders 1 31 31\r\nNATS/1.0 100 Idle Heartbeat\r\n\r\n\r\n"
		    "HMSG orders 1 28 28\r\nNATS/1.0 404 No Messages\r\n\r\n\r\n"),
};

static void tells_every_message(void **state)
{
	(void)state;
	conversation_law(
		sayings, sizeof(sayings) / sizeof(sayings[0]),
		SPAN("producer", "publish orders", "queue.publish", "send", "publish",
		     TO("orders", "5")) SPAN("producer", "publish orders", "queue.publish", "send",
					     "publish", TO("orders", "0"))
			SPAN("consumer", "process orders", "queue.process", "process", "process",
			     TO("orders", "5")) SPAN("consumer", "process orders", "queue.process",
						     "process", "process", TO("orders", "0"))
				SPAN("producer", "publish orders", "queue.publish", "send",
				     "publish", TO("orders", "2") " (traceparent)=1-2")
					SPAN("producer", "publish", "queue.publish", "send",
					     "publish", INBOX("2"))
						SPAN("client", "ack", "queue.publish", "settle",
						     "ack", " messaging.message.body.size=0")
							SPAN("consumer", "process orders",
							     "queue.process", "process", "process",
							     TO("orders", "2") " (traceparent)=1-2")
								SPAN("consumer", "process",
								     "queue.process", "process",
								     "process", INBOX("2"))
									NOBODY_ANSWERS,
		NULL);
}

static void goes_on_in_tls(void **state)
{
	const struct script_line lines[] = {
		SERVER_SENDS("INFO {\"server_id\":\"x\",\"tls_required\":true}\r\n"),
		CLIENT_SENDS("\x16\x03\x01"),
		SCRIPT_ENDS,
	};

	(void)state;
	script_check(&protocol_nats, false, false, lines, "become ?\n");
}

static void skips_payloads_and_finds_its_place(void **state)
{
	const struct conversation *c = protocol_nats.conversation;
	struct conversation_log *run = script_begin(&protocol_nats, true, true);
	size_t offset = 9;

	(void)state;
	conversation_log_feed(run, MESSAGE_REQUEST, VIEW_LITERAL("PUB a 90000\r\nabc"));
	assert_int_equal(run->pending[MESSAGE_REQUEST].skip, 90000 - 3 + 2);
	assert_non_null(strstr(run->text, "0 open publish a (server queue.publish"));
	c->lose(run->session, MESSAGE_REQUEST);
	assert_false(c->resume(run->session, MESSAGE_REQUEST, VIEW_LITERAL("PUB a 5\r\nhelloxx"),
			       &offset));
	assert_false(c->resume(run->session, MESSAGE_REQUEST, VIEW_LITERAL("PING\r\n"), &offset));
	assert_true(c->resume(run->session, MESSAGE_REQUEST, VIEW_LITERAL("PUB a 2\r\nhi\r\n"),
			      &offset));
	assert_int_equal(offset, 0);
	script_finish(run);
}

static void detects_on_proof(void **state)
{
	static const char *const no[] = {"PING\r\n",
					 "PONG\r\n",
					 "+OK\r\n",
					 "SUB a 1\r\n",
					 "INFO {\"a\":1}\r\n",
					 "PUB a 5\r\nhelloxx",
					 "GET / HTTP/1.1\r\n",
					 "CONNECT x:443 HTTP/1.1\r\n",
					 "+PONG\r\n",
					 "\x16\x03\x01",
					 "SSH-2.0-x\r\n",
					 "PUBX a 5\r\n",
					 "PUB a\r\n",
					 "EHLO x\r\n"};
	enum detect_result (*detect)(struct view) = protocol_nats.detect;

	(void)state;
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		assert_int_equal(detect(view_of_text(no[i])), DETECT_NO);
	assert_int_equal(detect(view_of_text(INFO)), DETECT_RESPONSE);
	assert_int_equal(detect(view_of_text(CONNECT)), DETECT_REQUEST);
	assert_int_equal(detect(view_of_text("PUB a 2\r\nhi\r\n")), DETECT_REQUEST);
	assert_int_equal(detect(view_of_text("MSG a 1 2\r\nhi\r\n")), DETECT_RESPONSE);
	assert_int_equal(detect(view_of_text("PUB a 2\r\nh")), DETECT_NEED_MORE);
	assert_int_equal(detect(view_of_text("INFO {")), DETECT_NEED_MORE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_every_message),
		cmocka_unit_test(goes_on_in_tls),
		cmocka_unit_test(skips_payloads_and_finds_its_place),
		cmocka_unit_test(detects_on_proof),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
