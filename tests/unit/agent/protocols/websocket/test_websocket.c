/* Sessions of WebSockets behind HTTP/1's 101, through the connection room. */
#include "protocols/websocket/websocket.h"

#include "conversation_law.h"

static struct conversation_fixture f;

#define UPGRADE                                                                                    \
	CLIENT_SAYS("GET /chat HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\n"                \
		    "Upgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n"),                         \
		SERVER_SAYS("HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\n"           \
			    "Connection: Upgrade\r\n\r\n")

/* What the fixture says of the two exchanges, up to the counts. */
#define COUNTS(sent, received, bytes_sent, bytes_received)                                         \
	" network.protocol.name=websocket limpet.websocket.messages.sent=" #sent                   \
	" limpet.websocket.messages.received=" #received                                           \
	" limpet.websocket.bytes.sent=" #bytes_sent                                                \
	" limpet.websocket.bytes.received=" #bytes_received

/* The line of the session alone: HTTP's own is tested with HTTP. */
static void check_session(const char *wanted)
{
	const char *line;

	conversation_end(&f);
	line = strstr(f.text, "\"WebSocket\"");
	if (!line)
		fail_msg("no session in:\n%s", f.text);
	assert_non_null(strstr(f.text, "http.response.status_code=101"));
	if (strcmp(line, wanted) != 0)
		print_message("got:\n%s", line);
	assert_string_equal(line, wanted);
	assert_string_equal(conversation_drops(&f), "");
}

static void run(const struct saying *sayings, size_t count, bool is_server, size_t step)
{
	conversation_begin(&f, is_server);
	conversation_open(&f, true);
	conversation_feed_all(&f, sayings, count < 2 ? count : 2);
	for (size_t i = 2; i < count; i++)
		conversation_feed_pieces(&f, &sayings[i], step);
}

static const struct saying talk[] = {
	UPGRADE,
	CLIENT_SAYS("\201\205\0\0\0\0hello"),
	SERVER_SAYS("\202\3abc\1\2de"),
	CLIENT_SAYS("\211\201\0\0\0\0?"),
	SERVER_SAYS("\212\1?\200\3fgh"),
	CLIENT_SAYS("\210\202\0\0\0\0\3\350"),
	SERVER_SAYS("\210\2\3\350"),
};

static void a_session(void **state)
{
	(void)state;
	for (size_t step = 1; step < 20; step++) {
		run(talk, 8, false, step);
		check_session("\"WebSocket\" websocket.client" COUNTS(
			1, 2, 5, 8) " limpet.websocket.close.code=1000"
				    " limpet.websocket.close.by=client\n");
		run(talk, 8, true, step);
		check_session("\"WebSocket\" websocket.server" COUNTS(
			2, 1, 8, 5) " limpet.websocket.close.code=1000"
				    " limpet.websocket.close.by=client\n");
	}
}

/* The server speaks first, compresses, and fails. */
static void the_server_begins(void **state)
{
	static const struct saying sayings[] = {UPGRADE, SERVER_SAYS("\301\4....\210\2\3\363")};
	uint64_t upgraded_ns;

	(void)state;
	run(sayings, 1, false, 100);
	upgraded_ns = f.builder.now_ns - 100; /* when the call began */
	conversation_feed_all(&f, sayings + 1, 2);
	check_session("\"WebSocket\" websocket.client" COUNTS(
		0, 1, 0, 4) " limpet.websocket.compressed=true limpet.websocket.close.code=1011"
			    " limpet.websocket.close.by=server error.type=1011 ERROR\n");
	/* It is the client's all the same, at a place that both ends know. */
	assert_int_equal(f.request_position, conversation_size(&talk[0]));
	assert_int_equal(f.start_ns, upgraded_ns);
	run(sayings, 3, true, 100);
	check_session("\"WebSocket\" websocket.server" COUNTS(
		1, 0, 4, 0) " limpet.websocket.compressed=true limpet.websocket.close.code=1011"
			    " limpet.websocket.close.by=server error.type=1011 ERROR\n");
	assert_int_equal(f.request_position, conversation_size(&talk[0]));
	assert_int_equal(f.start_ns, upgraded_ns);
}

/* A large message of which only the beginning is seen is as long as it says. */
static void a_large_message(void **state)
{
	static char large[70014] = "\202\377\0\0\0\0\0\1\21\160";

	(void)state;
	run(talk, 2, false, 100);
	conversation_feed(&f, MESSAGE_REQUEST, large, sizeof(large));
	conversation_feed(&f, MESSAGE_RESPONSE, "\201\0", 2);
	check_session("\"WebSocket\" websocket.client" COUNTS(1, 1, 70000, 0) " aborted\n");
}

/* Lost frames are not counted, and the session says that it is not whole. */
static void frames_lost(void **state)
{
	(void)state;
	run(talk, 3, true, 100);
	conversation_feed_lost(&f, MESSAGE_REQUEST, 50);
	conversation_feed(&f, MESSAGE_REQUEST, talk[2].bytes, talk[2].size);
	conversation_feed(&f, MESSAGE_RESPONSE, "\210\0", 2);
	conversation_end(&f);
	assert_non_null(strstr(f.text,
			       "\"WebSocket\" websocket.server" COUNTS(
				       0, 2, 0, 10) " limpet.websocket.close.code=1005"
						    " limpet.websocket.close.by=server lossy\n"));
	assert_string_equal(conversation_drops(&f), "stream_gap 1");
}

/* Without a frame there is no session; without the right Upgrade neither. */
static void no_session(void **state)
{
	(void)state;
	run(talk, 2, false, 100);
	conversation_end(&f);
	assert_null(strstr(f.text, "WebSocket\""));
	conversation_begin(&f, false);
	conversation_open(&f, true);
	conversation_feed_all(&f, talk, 1);
	conversation_feed(&f, MESSAGE_RESPONSE, "HTTP/1.1 101 X\r\nUpgrade: irc\r\n\r\n", 32);
	conversation_feed(&f, MESSAGE_REQUEST, talk[2].bytes, talk[2].size);
	conversation_end(&f);
	assert_null(strstr(f.text, "WebSocket\""));
	assert_int_equal(protocol_websocket.detect(view_of(talk[3].bytes, 5)), DETECT_NO);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_session),       cmocka_unit_test(the_server_begins),
		cmocka_unit_test(a_large_message), cmocka_unit_test(frames_lost),
		cmocka_unit_test(no_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
