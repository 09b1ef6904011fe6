/*
 * Connections of HTTP/2 through the real connection room: streams side by side, gRPC in all its
 * kinds, resets, and what is left of them where bytes were lost. Header fields are literals unless
 * a test is about the table.
 */
#include "conversation_law.h"
#include "http2_bytes.h"

#include "protocols/http2/http2.h"

#define MAX_SAYINGS 32
#define END_BOTH    (HTTP2_FLAG_END_HEADERS | HTTP2_FLAG_END_STREAM)

static struct conversation_fixture f;
static struct http2_bytes said;
static struct saying sayings[MAX_SAYINGS];
static size_t sayings_count, said_before;

static int begin(void **state)
{
	(void)state;
	said.used = said_before = sayings_count = 0;
	return 0;
}

/* What was put together since is said by that side. */
static void say(enum message_kind side)
{
	sayings[sayings_count++] =
		(struct saying){side, said.bytes + said_before, said.used - said_before};
	said_before = said.used;
}

static void hello(void)
{
	http2_bytes_preface(&said);
	say(MESSAGE_REQUEST);
	http2_bytes_frame(&said, HTTP2_SETTINGS, 0, 0, VIEW_LITERAL("\0\3\0\0\0\x64"));
	http2_bytes_frame(&said, HTTP2_SETTINGS, HTTP2_FLAG_ACK, 0, VIEW_LITERAL(""));
	say(MESSAGE_RESPONSE);
}

static void ask(unsigned flags, uint32_t stream, const char *method, const char *path)
{
	const char *fields[] = {":method", method, ":scheme", "http",   ":authority", "shop:81",
				":path",   path,   "cookie",  "secret", NULL};

	http2_bytes_headers(&said, flags, stream, fields);
}

static void ask_grpc(uint32_t stream, const char *path, const char *more)
{
	const char *fields[] = {
		":method", "POST",     ":scheme", "http",         ":authority",
		"shop:81", ":path",    path,      "content-type", "application/grpc",
		"te",      "trailers", more,      "1S",           NULL};

	http2_bytes_headers(&said, HTTP2_FLAG_END_HEADERS, stream, fields);
}

static void answer(unsigned flags, uint32_t stream, const char *status)
{
	const char *fields[] = {":status", status, "server", "x", NULL};

	http2_bytes_headers(&said, flags, stream, fields);
}

static void trail(uint32_t stream, const char *name, const char *value)
{
	const char *fields[] = {name, value, NULL};

	http2_bytes_headers(&said, END_BOTH, stream, fields);
}

static void body(uint32_t stream, const char *text, unsigned flags)
{
	http2_bytes_frame(&said, HTTP2_DATA, flags, stream, view_of_text(text));
}

static void streams_side_by_side(void **state)
{
	(void)state;
	hello();
	ask(END_BOTH, 1, "GET", "/a?card=1");
	ask(HTTP2_FLAG_END_HEADERS, 3, "POST", "/b");
	body(3, "12345", 0);
	say(MESSAGE_REQUEST);
	body(3, "67890", HTTP2_FLAG_END_STREAM);
	http2_bytes_frame(&said, HTTP2_PING, 0, 0, VIEW_LITERAL("12345678"));
	say(MESSAGE_REQUEST);
	answer(HTTP2_FLAG_END_HEADERS, 3, "500");
	http2_bytes_frame(&said, HTTP2_WINDOW_UPDATE, 0, 3, VIEW_LITERAL("\0\0\0\1"));
	http2_bytes_frame(&said, HTTP2_DATA, HTTP2_FLAG_END_STREAM | HTTP2_FLAG_PADDED, 3,
			  VIEW_LITERAL("\4oops____"));
	http2_bytes_frame(&said, 0xfa, 0xff, 3, VIEW_LITERAL("an extension"));
	answer(HTTP2_FLAG_END_HEADERS, 1, "103");
	answer(HTTP2_FLAG_END_HEADERS, 1, "200");
	say(MESSAGE_RESPONSE);
	body(1, "hello", 0);
	trail(1, "x-checksum", "1");
	http2_bytes_frame(&said, HTTP2_GOAWAY, 0, 0, VIEW_LITERAL("\0\0\0\3\0\0\0\0"));
	say(MESSAGE_RESPONSE);
	conversation_law(
		sayings, sayings_count,
		"client \"POST\" http.client http.request.method=POST url.full=http://shop:81/b "
		"network.protocol.version=2 http.response.status_code=500 error.type=500 "
		"(request body 10) (response body 4) ERROR\n"
		"client \"GET\" http.client http.request.method=GET "
		"url.full=http://shop:81/a?card=REDACTED network.protocol.version=2 "
		"http.response.status_code=200 (request body 0) (response body 5)\n",
		"server \"POST\" http.server http.request.method=POST url.scheme=http url.path=/b "
		"network.protocol.version=2 http.response.status_code=500 error.type=500 "
		"(request body 10) (response body 4) ERROR\n"
		"server \"GET\" http.server http.request.method=GET url.scheme=http url.path=/a "
		"url.query=card=REDACTED network.protocol.version=2 "
		"http.response.status_code=200 (request body 0) (response body 5)\n");
}

static void calls_of_grpc(void **state)
{
	(void)state;
	hello();
	ask_grpc(1, "/shop.Cart/Add", "x-other");
	http2_bytes_header(&said, 10, HTTP2_DATA, HTTP2_FLAG_END_STREAM, 1);
	http2_bytes_message(&said, 5);
	ask_grpc(3, "/shop.Cart/List", "x-other");
	http2_bytes_header(&said, 5, HTTP2_DATA, HTTP2_FLAG_END_STREAM, 3);
	http2_bytes_message(&said, 0);
	ask_grpc(5, "/shop.Cart/None", "x-other");
	say(MESSAGE_REQUEST);
	answer(HTTP2_FLAG_END_HEADERS, 1, "200");
	http2_bytes_header(&said, 7, HTTP2_DATA, 0, 1);
	http2_bytes_message(&said, 2);
	trail(1, "grpc-status", "0");
	trail(5, "grpc-status", "12");
	answer(HTTP2_FLAG_END_HEADERS, 3, "200");
	http2_bytes_header(&said, 17, HTTP2_DATA, 0, 3);
	http2_bytes_message(&said, 2);
	http2_bytes_message(&said, 0);
	http2_bytes_message(&said, 0);
	trail(3, "grpc-status", "8");
	say(MESSAGE_RESPONSE);
	conversation_law(
		sayings, sayings_count,
		"client \"shop.Cart/Add\" grpc.client rpc.system.name=grpc rpc.method=shop.Cart/Add "
		"network.protocol.name=http network.protocol.version=2 limpet.rpc.request.messages=1 "
		"limpet.rpc.response.messages=1 rpc.response.status_code=OK (request body 10) "
		"(response body 7)\n"
		"client \"shop.Cart/None\" grpc.client rpc.system.name=grpc "
		"rpc.method=shop.Cart/None network.protocol.name=http network.protocol.version=2 "
		"limpet.rpc.request.messages=0 limpet.rpc.response.messages=0 "
		"rpc.response.status_code=UNIMPLEMENTED error.type=UNIMPLEMENTED "
		"(response body 0) ERROR\n"
		"client \"shop.Cart/List\" grpc.client rpc.system.name=grpc "
		"rpc.method=shop.Cart/List network.protocol.name=http network.protocol.version=2 "
		"limpet.rpc.request.messages=1 limpet.rpc.response.messages=3 "
		"limpet.rpc.streaming=server rpc.response.status_code=RESOURCE_EXHAUSTED "
		"error.type=RESOURCE_EXHAUSTED (request body 5) (response body 17) ERROR\n",
		"server \"shop.Cart/Add\" grpc.server rpc.system.name=grpc rpc.method=shop.Cart/Add "
		"network.protocol.name=http network.protocol.version=2 limpet.rpc.request.messages=1 "
		"limpet.rpc.response.messages=1 rpc.response.status_code=OK (request body 10) "
		"(response body 7)\n"
		"server \"grpc\" grpc.server rpc.system.name=grpc rpc.method=_OTHER "
		"network.protocol.name=http network.protocol.version=2 "
		"limpet.rpc.request.messages=0 limpet.rpc.response.messages=0 "
		"rpc.response.status_code=UNIMPLEMENTED rpc.method_original=shop.Cart/None "
		"error.type=UNIMPLEMENTED (response body 0) ERROR\n"
		"server \"shop.Cart/List\" grpc.server rpc.system.name=grpc "
		"rpc.method=shop.Cart/List network.protocol.name=http network.protocol.version=2 "
		"limpet.rpc.request.messages=1 limpet.rpc.response.messages=3 "
		"limpet.rpc.streaming=server rpc.response.status_code=RESOURCE_EXHAUSTED "
		"(request body 5) (response body 17)\n");
}

static void resets(void **state)
{
	(void)state;
	hello();
	ask(END_BOTH, 1, "GET", "/a");
	ask(END_BOTH, 3, "GET", "/b");
	ask_grpc(5, "/shop.Cart/Add", "x-other");
	ask_grpc(7, "/shop.Cart/Late", "grpc-timeout");
	http2_bytes_frame(&said, HTTP2_RST_STREAM, 0, 1, VIEW_LITERAL("\0\0\0\x08"));
	http2_bytes_frame(&said, HTTP2_RST_STREAM, 0, 5, VIEW_LITERAL("\0\0\0\x08"));
	http2_bytes_frame(&said, HTTP2_RST_STREAM, 0, 7, VIEW_LITERAL("\0\0\0\x08"));
	http2_bytes_frame(&said, HTTP2_RST_STREAM, 0, 9, VIEW_LITERAL("\0\0\0\x08"));
	say(MESSAGE_REQUEST);
	http2_bytes_frame(&said, HTTP2_RST_STREAM, 0, 3, VIEW_LITERAL("\0\0\0\x07"));
	say(MESSAGE_RESPONSE);
	conversation_law(
		sayings, sayings_count,
		"client \"GET\" http.client http.request.method=GET url.full=http://shop:81/a "
		"network.protocol.version=2 error.type=CANCEL (request body 0) ERROR\n"
		"client \"shop.Cart/Add\" grpc.client rpc.system.name=grpc rpc.method=shop.Cart/Add "
		"network.protocol.name=http network.protocol.version=2 limpet.rpc.request.messages=0 "
		"limpet.rpc.response.messages=0 rpc.response.status_code=CANCELLED "
		"error.type=CANCELLED ERROR\n"
		"client \"shop.Cart/Late\" grpc.client rpc.system.name=grpc "
		"rpc.method=shop.Cart/Late network.protocol.name=http network.protocol.version=2 "
		"limpet.rpc.request.messages=0 limpet.rpc.response.messages=0 "
		"error.type=CANCEL ERROR\n"
		"client \"GET\" http.client http.request.method=GET url.full=http://shop:81/b "
		"network.protocol.version=2 error.type=REFUSED_STREAM (request body 0) ERROR\n",
		NULL);
}

/* A block over three frames; a push, whose block moves the table and whose stream is nobody's. */
static void blocks_in_pieces(void **state)
{
	(void)state;
	hello();
	http2_bytes_frame(&said, HTTP2_HEADERS, HTTP2_FLAG_END_STREAM, 1, VIEW_LITERAL("\x82"));
	http2_bytes_frame(&said, HTTP2_CONTINUATION, 0, 1, VIEW_LITERAL("\x86\x44\x02/"));
	http2_bytes_frame(&said, HTTP2_CONTINUATION, HTTP2_FLAG_END_HEADERS, 1,
			  VIEW_LITERAL("c\x41\1s"));
	say(MESSAGE_REQUEST);
	http2_bytes_frame(&said, HTTP2_PUSH_PROMISE, HTTP2_FLAG_END_HEADERS, 1,
			  VIEW_LITERAL("\0\0\0\2\x82\x86\x84\x48\3"
				       "418"));
	http2_bytes_frame(&said, HTTP2_HEADERS, END_BOTH, 1, VIEW_LITERAL("\xbe"));
	http2_bytes_frame(&said, HTTP2_HEADERS, END_BOTH, 2, VIEW_LITERAL("\x88"));
	say(MESSAGE_RESPONSE);
	conversation_law(sayings, sayings_count,
			 "client \"GET\" http.client http.request.method=GET "
			 "url.full=http://s/c network.protocol.version=2 "
			 "http.response.status_code=418 error.type=418 (request body 0) "
			 "(response body 0) ERROR\n",
			 NULL);
}

/* Joined when the table held what nobody saw: left out and said so, never guessed. */
static void joined_midway(void **state)
{
	(void)state;
	conversation_begin(&f, true);
	conversation_open(&f, false);
	/* :method GET, :scheme http, an unknown path, an unknown authority */
	http2_bytes_frame(&said, HTTP2_HEADERS, END_BOTH, 9, VIEW_LITERAL("\x82\x86\xc0\xbf"));
	/* an unknown method */
	http2_bytes_frame(&said, HTTP2_HEADERS, END_BOTH, 11, VIEW_LITERAL("\xc1\x86\x44\2/x"));
	/* what was learned: the newest entry is /x */
	http2_bytes_frame(&said, HTTP2_HEADERS, END_BOTH, 13, VIEW_LITERAL("\x82\x86\xbe"));
	say(MESSAGE_REQUEST);
	/* of a stream from before; of ours: an unknown status; a status */
	http2_bytes_frame(&said, HTTP2_HEADERS, END_BOTH, 7, VIEW_LITERAL("\x8d"));
	http2_bytes_frame(&said, HTTP2_HEADERS, END_BOTH, 9, VIEW_LITERAL("\xbe"));
	http2_bytes_frame(&said, HTTP2_HEADERS, HTTP2_FLAG_END_HEADERS, 11, VIEW_LITERAL("\x88"));
	body(11, "hello", HTTP2_FLAG_END_STREAM);
	http2_bytes_frame(&said, HTTP2_HEADERS, END_BOTH, 13, VIEW_LITERAL("\x89"));
	say(MESSAGE_RESPONSE);
	conversation_feed_all(&f, sayings, sayings_count);
	conversation_check(
		&f,
		"server \"GET\" http.server http.request.method=GET url.scheme=http "
		"network.protocol.version=2 limpet.headers.incomplete=true (request body 0) "
		"(response body 0)\n"
		"server \"HTTP\" http.server http.request.method=_OTHER url.scheme=http "
		"url.path=/x network.protocol.version=2 limpet.headers.incomplete=true "
		"http.response.status_code=200 (request body 0) (response body 5)\n"
		"server \"GET\" http.server http.request.method=GET url.scheme=http url.path=/x "
		"network.protocol.version=2 http.response.status_code=204 (request body 0) "
		"(response body 0)\n");
}

/* gRPC whose content type was not known shows itself by its status. */
static void grpc_joined_midway(void **state)
{
	(void)state;
	conversation_begin(&f, true);
	conversation_open(&f, false);
	http2_bytes_frame(&said, HTTP2_HEADERS, HTTP2_FLAG_END_HEADERS, 9,
			  VIEW_LITERAL("\x83\x86\xc0\xbf"));
	say(MESSAGE_REQUEST);
	http2_bytes_frame(&said, HTTP2_HEADERS, HTTP2_FLAG_END_HEADERS, 9,
			  VIEW_LITERAL("\x88\xbe"));
	trail(9, "grpc-status", "4");
	say(MESSAGE_RESPONSE);
	conversation_feed_all(&f, sayings, sayings_count);
	conversation_check(
		&f, "server \"grpc\" grpc.server http.request.method=POST url.scheme=http "
		    "network.protocol.version=2 limpet.headers.incomplete=true "
		    "http.response.status_code=200 rpc.system.name=grpc "
		    "rpc.response.status_code=DEADLINE_EXCEEDED error.type=DEADLINE_EXCEEDED "
		    "(response body 0) ERROR\n");
}

/* A gap: streams that are open stay open, the table is not known any more, and what was answered
 * meanwhile is no error. */
static void after_a_loss(void **state)
{
	(void)state;
	hello();
	conversation_begin(&f, false);
	conversation_open(&f, true);
	conversation_feed_all(&f, sayings, sayings_count);
	sayings_count = 0;
	ask(END_BOTH, 1, "GET", "/a");
	ask(END_BOTH, 3, "GET", "/b");
	ask(END_BOTH, 5, "GET", "/c");
	say(MESSAGE_REQUEST);
	conversation_feed_all(&f, sayings, sayings_count);
	conversation_feed_lost(&f, MESSAGE_RESPONSE, 500);
	sayings_count = 0;
	http2_bytes_frame(&said, HTTP2_HEADERS, END_BOTH, 3, VIEW_LITERAL("\x88\xc5"));
	say(MESSAGE_RESPONSE);
	http2_bytes_add(&said, "the rest of a frame", 19);
	http2_bytes_frame(&said, HTTP2_HEADERS, END_BOTH, 5, VIEW_LITERAL("\x8d"));
	say(MESSAGE_RESPONSE);
	conversation_feed(&f, MESSAGE_RESPONSE, sayings[0].bytes, sayings[0].size);
	conversation_feed_lost(&f, MESSAGE_RESPONSE, 500);
	conversation_feed(&f, MESSAGE_RESPONSE, sayings[1].bytes, sayings[1].size);
	conversation_end(&f);
	assert_string_equal(
		f.text,
		"client \"GET\" http.client http.request.method=GET url.full=http://shop:81/b "
		"network.protocol.version=2 http.response.status_code=200 "
		"limpet.headers.incomplete=true (request body 0) lossy\n"
		"client \"GET\" http.client http.request.method=GET url.full=http://shop:81/c "
		"network.protocol.version=2 http.response.status_code=404 error.type=404 "
		"(request body 0) ERROR lossy\n"
		"client \"GET\" http.client http.request.method=GET url.full=http://shop:81/a "
		"network.protocol.version=2 (request body 0) aborted lossy\n");
	assert_string_equal(conversation_drops(&f), "stream_gap 2");
}

/* A frame of which only the beginning was captured is skipped, and its neighbours are read. */
static void large_frames(void **state)
{
	static char large[20000];
	uint32_t size = 16384;

	(void)state;
	hello();
	ask_grpc(1, "/shop.Cart/Add", "x-other");
	say(MESSAGE_REQUEST);
	conversation_begin(&f, false);
	conversation_open(&f, true);
	conversation_feed_all(&f, sayings, sayings_count);
	sayings_count = 0;
	answer(HTTP2_FLAG_END_HEADERS, 1, "200");
	http2_bytes_header(&said, size, HTTP2_DATA, 0, 1);
	http2_bytes_message(&said, size - 5);
	say(MESSAGE_RESPONSE);
	memcpy(large, sayings[0].bytes, sayings[0].size);
	conversation_feed_cut(&f, MESSAGE_RESPONSE, large, sayings[0].size, 200);
	trail(1, "grpc-status", "0");
	say(MESSAGE_RESPONSE);
	conversation_feed(&f, MESSAGE_RESPONSE, sayings[1].bytes, sayings[1].size);
	conversation_check(&f, "client \"shop.Cart/Add\" grpc.client rpc.system.name=grpc "
			       "rpc.method=shop.Cart/Add network.protocol.name=http "
			       "network.protocol.version=2 limpet.rpc.request.messages=0 "
			       "limpet.rpc.response.messages=1 rpc.response.status_code=OK "
			       "(response body 16384)\n");
}

/* One frame larger than any segment: what comes with a later segment is waited for. */
static void messages_in_a_large_frame(void **state)
{
	(void)state;
	hello();
	ask_grpc(1, "/shop.Cart/List", "x-other");
	say(MESSAGE_REQUEST);
	answer(HTTP2_FLAG_END_HEADERS, 1, "200");
	http2_bytes_header(&said, 70000, HTTP2_DATA, 0, 1);
	http2_bytes_message(&said, 4990);
	http2_bytes_message(&said, 65000);
	trail(1, "grpc-status", "0");
	say(MESSAGE_RESPONSE);
	conversation_begin(&f, false);
	conversation_open(&f, true);
	conversation_feed_all(&f, sayings, sayings_count - 1);
	for (const char *at = sayings[sayings_count - 1].bytes; at < said.bytes + said.used;) {
		size_t left = (size_t)(said.bytes + said.used - at);
		size_t size = left < BUILDER_CAP ? left : BUILDER_CAP;

		conversation_feed(&f, MESSAGE_RESPONSE, at, size);
		at += size;
	}
	conversation_check(&f, "client \"shop.Cart/List\" grpc.client rpc.system.name=grpc "
			       "rpc.method=shop.Cart/List network.protocol.name=http "
			       "network.protocol.version=2 limpet.rpc.request.messages=0 "
			       "limpet.rpc.response.messages=2 limpet.rpc.streaming=server "
			       "rpc.response.status_code=OK (response body 70000)\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(streams_side_by_side, begin),
		cmocka_unit_test_setup(calls_of_grpc, begin),
		cmocka_unit_test_setup(resets, begin),
		cmocka_unit_test_setup(blocks_in_pieces, begin),
		cmocka_unit_test_setup(joined_midway, begin),
		cmocka_unit_test_setup(grpc_joined_midway, begin),
		cmocka_unit_test_setup(after_a_loss, begin),
		cmocka_unit_test_setup(large_frames, begin),
		cmocka_unit_test_setup(messages_in_a_large_frame, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
