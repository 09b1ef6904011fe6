/*
 * One direction under every way its bytes may come: cut anywhere, not captured, out of order, with
 * positions no kernel would send.
 */
#include "cmocka_test.h"

#include "connection/byte_stream.h"
#include "protocols/http1.h"

struct listener {
	struct byte_stream stream;
	struct drops drops;
	unsigned char pair_state[PROTOCOL_PAIR_STATE_BYTES];
	char text[4096];
	size_t used;
	int lost;
	uint64_t end_ns, size;
};

static struct listener l;

static bool on_head(struct byte_stream *stream, struct message *message)
{
	l.used += (size_t)snprintf(l.text + l.used, sizeof(l.text) - l.used, "head %llu%s%s ",
				   (unsigned long long)message->head_size,
				   message->is_interim ? " interim" : "",
				   message->is_truncated ? " cut" : "");
	(void)stream;
	return true;
}

static uint64_t payload;

static void on_body(struct byte_stream *stream, uint64_t bytes)
{
	(void)stream;
	payload += bytes;
}

static void on_end(struct byte_stream *stream, uint64_t last_ns)
{
	l.size = stream->next_position - stream->message_position;
	l.end_ns = last_ns;
	l.used += (size_t)snprintf(l.text + l.used, sizeof(l.text) - l.used,
				   "body %llu%s of %llu%s\n", (unsigned long long)payload,
				   stream->is_body_counted ? "" : "?", (unsigned long long)l.size,
				   stream->is_lossy ? " lossy" : "");
	payload = 0;
}

static void on_lost(struct byte_stream *stream)
{
	assert_ptr_equal(stream, &l.stream);
	l.lost++;
}

static unsigned char *pair_state(struct byte_stream *stream)
{
	(void)stream;
	return l.pair_state;
}

static char bodies[64]; /* of bodies; the rest is only counted */
static size_t bodies_size;

static void on_body_bytes(struct byte_stream *stream, struct view bytes)
{
	(void)stream;
	assert_int_not_equal(bytes.size, 0);
	if (bodies_size + bytes.size > sizeof(bodies))
		return;
	memcpy(bodies + bodies_size, bytes.bytes, bytes.size);
	bodies_size += bytes.size;
}

static const struct byte_stream_sink sink = {on_head, on_body,    on_end,
					     on_lost, pair_state, on_body_bytes};

static void begin(enum message_kind kind)
{
	memset(&l, 0, sizeof(l));
	payload = 0;
	bodies_size = 0;
	byte_stream_init(&l.stream, &sink, &l, &l.drops);
	byte_stream_begin(&l.stream, &protocol_http1, kind);
}

static int end(void **state)
{
	(void)state;
	byte_stream_done(&l.stream);
	return 0;
}

/* `length` bytes at a position, of which `shown` were captured. */
static void take(uint64_t position, uint64_t length, struct view shown, bool is_turn)
{
	struct view copy = exact_copy(shown);
	struct stream_segment segment = {
		.position = position,
		.length = length,
		.bytes = copy,
		.first_ns = position + 1,
		.last_ns = position + length,
		.is_turn = is_turn,
	};

	byte_stream_take(&l.stream, &segment);
	free_copy(copy);
}

static void take_tail(uint64_t position, uint64_t length, const char *tail)
{
	struct stream_segment segment = {
		.position = position,
		.length = length,
		.bytes = view_of_text(tail),
		.first_ns = position + 1,
		.last_ns = position + length,
		.is_tail = true,
	};

	byte_stream_take(&l.stream, &segment);
}

#define CONVERSATION                                                                               \
	"POST /a HTTP/1.1\r\nContent-Length: 11\r\n\r\nhello world"                                \
	"GET / HTTP/1.1\r\n\r\n"                                                                   \
	"POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\na\r\n0123456789"  \
	"\r\n0\r\nTrailer: 1\r\n\r\n"                                                              \
	"\r\nDELETE /c HTTP/1.0\r\n\r\n"
#define CONVERSATION_READ                                                                          \
	"head 40 body 11 of 51\nhead 18 body 0 of 18\nhead 48 body 15 of 94\nhead 24 body 0 of 24\n"

static void cut_anywhere(void **state)
{
	struct view whole = VIEW_LITERAL(CONVERSATION);

	(void)state;
	for (size_t cut = 0; cut <= whole.size; cut++) {
		begin(MESSAGE_REQUEST);
		take(0, cut, view_take(whole, cut), true);
		take(cut, whole.size - cut, view_skip(whole, cut), false);
		assert_string_equal(l.text, CONVERSATION_READ);
		assert_int_equal(drops_lost(&l.drops), 0);
		byte_stream_done(&l.stream);
	}
	for (size_t step = 1; step < 60; step++) {
		begin(MESSAGE_REQUEST);
		for (size_t at = 0; at < whole.size; at += step) {
			struct view piece = view_take(view_skip(whole, at), step);

			take(at, piece.size, piece, at == 0);
		}
		assert_string_equal(l.text, CONVERSATION_READ);
		if (step != 59)
			byte_stream_done(&l.stream);
	}
}

static void bytes_seen_twice_count_once(void **state)
{
	struct view whole = VIEW_LITERAL(CONVERSATION);

	(void)state;
	/* Every piece overlaps the one before by up to 7 bytes. */
	begin(MESSAGE_REQUEST);
	for (size_t at = 0; at < whole.size; at += 5) {
		size_t back = at < 7 ? at : 7;
		struct view piece = view_take(view_skip(whole, at - back), 5 + back);

		take(at - back, piece.size, piece, at == 0);
	}
	assert_string_equal(l.text, CONVERSATION_READ);
}

static void bodies_that_are_only_counted(void **state)
{
	struct view head = VIEW_LITERAL("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");

	(void)state;
	/* By the segment's own length. */
	begin(MESSAGE_RESPONSE);
	take(0, head.size + 1000, head, true);
	assert_string_equal(l.text, "head 41 body 1000 of 1041\n");
	assert_int_equal(l.end_ns, 1041);
	byte_stream_done(&l.stream);
	/* By what the other side's turn says. */
	begin(MESSAGE_RESPONSE);
	take(0, head.size, head, true);
	byte_stream_advance(&l.stream, 500, 77);
	assert_string_equal(l.text, "head 41 ");
	byte_stream_advance(&l.stream, 1041, 99);
	assert_string_equal(l.text, "head 41 body 1000 of 1041\n");
	assert_int_equal(l.end_ns, 99);
	byte_stream_done(&l.stream);
	/* By progress, which may know of the next message before its record comes. */
	begin(MESSAGE_RESPONSE);
	take(0, head.size, head, true);
	byte_stream_progress(&l.stream, 541, 50);
	byte_stream_progress(&l.stream, 1041 + 41, 99);
	assert_string_equal(l.text, "head 41 ");
	byte_stream_progress(&l.stream, 1041, 60);
	assert_string_equal(l.text, "head 41 body 1000 of 1041\n");
	assert_int_equal(l.end_ns, 60);
	byte_stream_progress(&l.stream, 5000, 99);
	take(541, 100, VIEW_LITERAL("late"), false);
	take(641, 400, VIEW_LITERAL(""), false);
	take(541, 10, VIEW_LITERAL("late again"), false);
	take(1041, head.size, head, true);
	byte_stream_advance(&l.stream, 2082, 100);
	assert_string_equal(l.text, "head 41 body 1000 of 1041\nhead 41 body 1000 of 1041\n");
	assert_int_equal(l.lost, 0);
	assert_int_equal(drops_lost(&l.drops), 0);
	byte_stream_done(&l.stream);
	/* By the next message of the same turn: it had ended when that began. */
	begin(MESSAGE_RESPONSE);
	take(0, head.size, head, true);
	take(1041, head.size, head, false);
	assert_string_equal(l.text, "head 41 body 1000 of 1041\nhead 41 ");
	assert_int_equal(l.end_ns, 1042);
	byte_stream_done(&l.stream);
	/* Unseen to its end and beyond: what lies behind it is lost. */
	begin(MESSAGE_RESPONSE);
	take(0, head.size, head, true);
	byte_stream_advance(&l.stream, 1042, 99);
	assert_string_equal(l.text, "head 41 body 1000 of 1041 lossy\n");
	assert_int_equal(l.lost, 1);
	assert_int_equal(drops_get(&l.drops, DROP_STREAM_GAP), 1);
}

static void a_late_record_of_a_body_counts_once(void **state)
{
	struct view head = VIEW_LITERAL("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
	char body[100];

	(void)state;
	memset(body, 'x', sizeof(body));
	begin(MESSAGE_RESPONSE);
	take(0, head.size, head, true);
	byte_stream_progress(&l.stream, head.size + 60, 70);
	take(head.size, 100, view_of(body, 100), false);
	assert_string_equal(l.text, "head 40 body 100 of 140\n");
	assert_int_equal(drops_lost(&l.drops), 0);
}

#define CHUNKED "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

static void chunked_without_its_framing(void **state)
{
	struct view head = VIEW_LITERAL(CHUNKED "3e8\r\n");

	(void)state;
	/* The chunk's data is only counted, its framing seen. */
	begin(MESSAGE_RESPONSE);
	take(0, head.size, head, true);
	take(head.size + 1000, 7, VIEW_LITERAL("\r\n0\r\n\r\n"), false);
	assert_string_equal(l.text, "head 47 body 1000 of 1059\n");
	byte_stream_done(&l.stream);
	/* Framing lost: the tail ends it, then the next message is found. */
	begin(MESSAGE_RESPONSE);
	take(0, head.size, head, true);
	take_tail(5000, 300, "123456789\r\n0\r\n\r\n");
	assert_string_equal(l.text, "head 47 body 1000? of 5300\n");
	assert_int_equal(l.end_ns, 5300);
	take(5300, 27, VIEW_LITERAL("HTTP/1.1 204 No Content\r\n\r\n"), true);
	assert_string_equal(l.text, "head 47 body 1000? of 5300\nhead 27 body 0 of 27\n");
	assert_int_equal(drops_lost(&l.drops), 0);
	byte_stream_done(&l.stream);
	/* A last chunk sent by itself is as good as a tail. */
	begin(MESSAGE_RESPONSE);
	take(0, head.size, head, true);
	take(5000, 5, VIEW_LITERAL("0\r\n\r\n"), false);
	assert_string_equal(l.text, "head 47 body 1000? of 5005\n");
	byte_stream_done(&l.stream);
	/* Nothing but the turn of the other side. */
	begin(MESSAGE_RESPONSE);
	take(0, head.size, head, true);
	byte_stream_advance(&l.stream, 9000, 42);
	byte_stream_turn_over(&l.stream);
	assert_string_equal(l.text, "head 47 body 1000? of 9000\n");
	assert_int_equal(l.end_ns, 42);
	byte_stream_done(&l.stream);
	/* Not even that: its own next turn. */
	begin(MESSAGE_RESPONSE);
	take(0, head.size, head, true);
	take(9000, 27, VIEW_LITERAL("HTTP/1.1 204 No Content\r\n\r\n"), true);
	assert_string_equal(l.text, "head 47 body 1000? of 9000 lossy\nhead 27 body 0 of 27\n");
	assert_int_equal(l.end_ns, 9027);
}

static void until_the_end(void **state)
{
	struct view head = VIEW_LITERAL("HTTP/1.0 200 OK\r\n\r\nabc");

	(void)state;
	begin(MESSAGE_RESPONSE);
	take(0, head.size, head, true);
	byte_stream_turn_over(&l.stream);
	byte_stream_progress(&l.stream, 100, 5);
	byte_stream_advance(&l.stream, 1019, 6);
	assert_string_equal(l.text, "head 19 ");
	byte_stream_end(&l.stream);
	assert_string_equal(l.text, "head 19 body 1000 of 1019\n");
	assert_int_equal(l.end_ns, 6);
}

static void heads_beyond_the_cap(void **state)
{
	struct view head = VIEW_LITERAL("GET /long HTTP/1.1\r\nHost: h\r\nCookie: xxxxxx");

	(void)state;
	begin(MESSAGE_REQUEST);
	take(0, 9000, head, true);
	assert_string_equal(l.text, "head 43 cut ");
	byte_stream_turn_over(&l.stream);
	assert_string_equal(l.text, "head 43 cut body 0? of 9000 lossy\n");
	assert_int_equal(drops_get(&l.drops, DROP_MESSAGE_TRUNCATED), 1);
	take(9000, 18, VIEW_LITERAL("GET / HTTP/1.1\r\n\r\n"), true);
	assert_string_equal(l.text, "head 43 cut body 0? of 9000 lossy\nhead 18 body 0 of 18\n");
	assert_int_equal(drops_lost(&l.drops), 1);
	byte_stream_done(&l.stream);
	/* Not even the start line was whole. */
	begin(MESSAGE_REQUEST);
	take(0, 9000, VIEW_LITERAL("GE"), true);
	assert_string_equal(l.text, "");
	assert_int_equal(drops_get(&l.drops, DROP_STREAM_UNPARSABLE), 1);
	assert_int_equal(l.lost, 1);
}

static void heads_without_end(void **state)
{
	char line[1024];
	uint64_t position = 0;

	(void)state;
	begin(MESSAGE_REQUEST);
	take(0, 16, VIEW_LITERAL("GET / HTTP/1.1\r\n"), true);
	memset(line, 'a', sizeof(line));
	memcpy(line, "X: ", 3);
	memcpy(line + sizeof(line) - 2, "\r\n", 2);
	for (position = 16; position < 400000; position += sizeof(line)) {
		take(position, sizeof(line), view_of(line, sizeof(line)), false);
		assert_in_range(l.stream.head.capacity, 0, MAX_HEAD_BYTES);
	}
	assert_int_equal(drops_get(&l.drops, DROP_STREAM_UNPARSABLE), 1);
	assert_int_equal(l.stream.state, STREAM_LOST);
}

static void found_again_at_a_turn(void **state)
{
	(void)state;
	begin(MESSAGE_REQUEST);
	take(0, 10, VIEW_LITERAL("xyz is not"), true);
	assert_int_equal(l.stream.failures, 1);
	take(10, 18, VIEW_LITERAL("HTTP/1.1 200 OK\r\n "), true);
	take(28, 4, VIEW_LITERAL("GET "), false);
	assert_int_equal(l.stream.state, STREAM_LOST);
	assert_int_equal(l.stream.failures, 2);
	take(32, 4, VIEW_LITERAL("GET "), true);
	take(36, 14, VIEW_LITERAL("/ HTTP/1.1\r\n\r\n"), false);
	assert_string_equal(l.text, "head 18 body 0 of 18\n");
	assert_int_equal(l.stream.failures, 0);
	assert_int_equal(drops_lost(&l.drops), 1);
}

static void stopped(void **state)
{
	(void)state;
	begin(MESSAGE_REQUEST);
	take(0, 4, VIEW_LITERAL("GET "), true);
	byte_stream_stop(&l.stream);
	take(4, 14, VIEW_LITERAL("/ HTTP/1.1\r\n\r\n"), true);
	byte_stream_advance(&l.stream, 1000, 1);
	byte_stream_progress(&l.stream, 2000, 1);
	byte_stream_turn_over(&l.stream);
	byte_stream_end(&l.stream);
	assert_string_equal(l.text, "");
	assert_int_equal(drops_lost(&l.drops), 0);
}

/* Positions and lengths at every edge, in every state: no crash, no hang, nothing undefined. */
static void hostile_positions(void **state)
{
	static const uint64_t edges[] = {
		0,         1, 40, UINT32_MAX, INT64_MAX, UINT64_MAX - UINT32_MAX, UINT64_MAX - 1,
		UINT64_MAX};
	static const char *const begins[] = {
		"",
		"HTTP/1.1 200",
		"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n",
		CHUNKED "ffffffff\r\n",
		CHUNKED "zz",
		"HTTP/1.0 200 OK\r\n\r\n",
		"garbage"};
	size_t count = sizeof(edges) / sizeof(edges[0]);

	(void)state;
	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		for (size_t j = 0; j < count * count * 8; j++) {
			uint64_t a = edges[j % count], b = edges[j / count % count];
			size_t kind = j / count / count;

			begin(MESSAGE_RESPONSE);
			take(0, strlen(begins[i]), view_of_text(begins[i]), true);
			if (kind & 1)
				byte_stream_progress(&l.stream, a, b);
			if (kind & 2)
				byte_stream_advance(&l.stream, b, a);
			take(a, b < 4 ? 4 : b, VIEW_LITERAL("HTTP"), kind & 4);
			take_tail(b, 30, "\r\n0\r\n\r\n");
			byte_stream_turn_over(&l.stream);
			take(a, 4, VIEW_LITERAL("HTTP"), true);
			byte_stream_end(&l.stream);
			byte_stream_done(&l.stream);
		}
	begin(MESSAGE_RESPONSE);
}

/* What of bodies was captured is shown, and nothing else. */
static void shows_bodies(void **state)
{
	const char *head = "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n";

	(void)state;
	begin(MESSAGE_REQUEST);
	take(0, 44, view_of_text("POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabcGE"), true);
	take(44, 4, VIEW_LITERAL("TS"), false); /* two bytes more were not captured */
	assert_memory_equal(bodies, "abcGETS", bodies_size);
	assert_int_equal(bodies_size, 7);
	byte_stream_done(&l.stream);
	begin(MESSAGE_REQUEST);
	take(0, strlen(head), view_of_text(head), true);
	assert_int_equal(bodies_size, 0);
	byte_stream_done(&l.stream);
	begin(MESSAGE_REQUEST);
	head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
	take(0, strlen(head), view_of_text(head), true);
	assert_int_equal(bodies_size, 13);
	assert_memory_equal(bodies, "3\r\nabc\r\n0\r\n\r\n", bodies_size);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(cut_anywhere, end),
		cmocka_unit_test_teardown(bytes_seen_twice_count_once, end),
		cmocka_unit_test_teardown(bodies_that_are_only_counted, end),
		cmocka_unit_test_teardown(a_late_record_of_a_body_counts_once, end),
		cmocka_unit_test_teardown(chunked_without_its_framing, end),
		cmocka_unit_test_teardown(until_the_end, end),
		cmocka_unit_test_teardown(heads_beyond_the_cap, end),
		cmocka_unit_test_teardown(heads_without_end, end),
		cmocka_unit_test_teardown(found_again_at_a_turn, end),
		cmocka_unit_test_teardown(stopped, end),
		cmocka_unit_test_teardown(hostile_positions, end),
		cmocka_unit_test_teardown(shows_bodies, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
