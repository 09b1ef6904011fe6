/* Headers of frames: every form of length, masks, and what the RFC forbids. */
#include "protocols/websocket/websocket_frame.h"

#include "cmocka_test.h"

#define BYTES(text) view_of(text, sizeof(text) - 1)

static void check(enum message_kind side, struct view bytes, size_t header, uint64_t payload)
{
	struct websocket_frame frame;

	assert_int_equal(websocket_frame_parse(side, bytes, &frame), PARSE_DONE);
	assert_int_equal(frame.header_size, header);
	assert_true(frame.payload_size == payload);
	for (size_t cut = 0; cut < header; cut++) {
		struct view copy = exact_copy(view_take(bytes, cut));

		assert_int_equal(websocket_frame_parse(side, copy, &frame), PARSE_NEED_MORE);
		free_copy(copy);
	}
}

static void lengths(void **state)
{
	(void)state;
	check(MESSAGE_RESPONSE, BYTES("\201\0"), 2, 0);
	check(MESSAGE_RESPONSE, BYTES("\201\175"), 2, 125);
	check(MESSAGE_RESPONSE, BYTES("\202\176\0\176"), 4, 126);
	check(MESSAGE_RESPONSE, BYTES("\202\176\377\377"), 4, 65535);
	check(MESSAGE_RESPONSE, BYTES("\202\177\0\0\0\0\0\1\0\0"), 10, 65536);
	check(MESSAGE_REQUEST, BYTES("\201\205\1\2\3\4"), 6, 5);
	check(MESSAGE_REQUEST, BYTES("\201\376\0\176\1\2\3\4"), 8, 126);
	check(MESSAGE_REQUEST, BYTES("\201\377\0\0\0\0\0\1\0\0\1\2\3\4"), 14, 65536);
}

static void fields(void **state)
{
	struct websocket_frame frame;

	(void)state;
	assert_int_equal(websocket_frame_parse(MESSAGE_REQUEST, BYTES("\301\205\1\2\3\4"), &frame),
			 PARSE_DONE);
	assert_int_equal(frame.opcode, WEBSOCKET_TEXT);
	assert_true(frame.is_last && frame.is_compressed && frame.is_masked);
	assert_memory_equal(frame.mask, "\1\2\3\4", 4);
	assert_false(websocket_frame_is_control(&frame));
	assert_int_equal(websocket_frame_parse(MESSAGE_RESPONSE, BYTES("\0\5"), &frame),
			 PARSE_DONE);
	assert_int_equal(frame.opcode, WEBSOCKET_CONTINUATION);
	assert_false(frame.is_last || frame.is_compressed || frame.is_masked);
	assert_int_equal(websocket_frame_parse(MESSAGE_RESPONSE, BYTES("\212\0"), &frame),
			 PARSE_DONE);
	assert_true(websocket_frame_is_control(&frame));
}

static void forbidden(void **state)
{
	static const struct {
		enum message_kind side;
		const char *bytes;
		size_t size;
	} rows[] = {
#define ROW(side, text) {side, text, sizeof(text) - 1}
		ROW(MESSAGE_RESPONSE, "\221\0"), /* reserved bits */
		ROW(MESSAGE_RESPONSE, "\241\0"),
		ROW(MESSAGE_RESPONSE, "\203\0"), /* reserved opcodes */
		ROW(MESSAGE_RESPONSE, "\213\0"),
		ROW(MESSAGE_RESPONSE, "\311\0"),           /* a compressed ping */
		ROW(MESSAGE_RESPONSE, "\300\0"),           /* and continuation */
		ROW(MESSAGE_RESPONSE, "\11\0"),            /* a ping in pieces */
		ROW(MESSAGE_RESPONSE, "\211\176\0\176"),   /* a long one */
		ROW(MESSAGE_RESPONSE, "\201\205\1\2\3\4"), /* a server's mask */
		ROW(MESSAGE_REQUEST, "\201\5"),            /* a client without */
		ROW(MESSAGE_RESPONSE, "\201\176\0\175"),   /* not the shortest */
		ROW(MESSAGE_RESPONSE, "\201\177\0\0\0\0\0\0\377\377"),
		ROW(MESSAGE_RESPONSE, "\201\177\200\0\0\0\0\0\0\0"), /* too long */
#undef ROW
	};
	struct websocket_frame frame = {.header_size = 77};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(websocket_frame_parse(rows[i].side,
						       view_of(rows[i].bytes, rows[i].size),
						       &frame),
				 PARSE_INVALID);
	assert_int_equal(frame.header_size, 77);
}

static void close_codes(void **state)
{
	struct view masked = BYTES("\210\202\1\2\3\4\2\352");
	struct websocket_frame frame;

	(void)state;
	assert_int_equal(websocket_frame_parse(MESSAGE_REQUEST, masked, &frame), PARSE_DONE);
	assert_int_equal(websocket_frame_close_code(&frame, masked), 0x03e8);
	assert_int_equal(websocket_frame_close_code(&frame, view_take(masked, 7)), 1005);
	assert_int_equal(websocket_frame_parse(MESSAGE_RESPONSE, BYTES("\210\0"), &frame),
			 PARSE_DONE);
	assert_int_equal(websocket_frame_close_code(&frame, BYTES("\210\0ab")), 1005);
	assert_int_equal(websocket_frame_parse(MESSAGE_RESPONSE, BYTES("\210\2\3\363"), &frame),
			 PARSE_DONE);
	assert_int_equal(websocket_frame_close_code(&frame, BYTES("\210\2\3\363")), 1011);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths),
		cmocka_unit_test(fields),
		cmocka_unit_test(forbidden),
		cmocka_unit_test(close_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
