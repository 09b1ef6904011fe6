/* Which frame headers can be, and where content lies. */
#include "http2_bytes.h"

static struct http2_bytes b;

static struct http2_frame frame_of(uint32_t length, unsigned type, unsigned flags, uint32_t stream)
{
	struct http2_frame frame;

	b.used = 0;
	http2_bytes_header(&b, length, type, flags, stream);
	http2_frame_read(http2_bytes_view(&b), &frame);
	assert_int_equal(frame.length, length);
	assert_int_equal(frame.type, type);
	assert_int_equal(frame.flags, flags);
	assert_int_equal(frame.stream, stream & 0x7fffffff);
	return frame;
}

static void what_can_be(void **state)
{
	static const struct {
		uint32_t length, stream;
		uint8_t type, flags;
		bool is_possible, is_plain;
	} cases[] = {
		{0, 1, HTTP2_DATA, 1, true, true},
		{16384, 1, HTTP2_DATA, 8, true, true},
		{16385, 1, HTTP2_DATA, 0, true, false},
		{0xffffff, 1, HTTP2_DATA, 0, true, false},
		{1, 0, HTTP2_DATA, 0, false, false},
		{1, 0x80000001, HTTP2_DATA, 0, false, false},
		{1, 1, HTTP2_DATA, 2, true, false},
		{1, 1, HTTP2_HEADERS, 0x2d, true, true},
		{1, 1, HTTP2_HEADERS, 0x10, true, false},
		{1, 0, HTTP2_HEADERS, 4, false, false},
		{1 << 21, 1, HTTP2_HEADERS, 4, false, false},
		{5, 1, HTTP2_PRIORITY, 0, true, true},
		{4, 1, HTTP2_PRIORITY, 0, false, false},
		{4, 1, HTTP2_RST_STREAM, 0, true, true},
		{4, 0, HTTP2_RST_STREAM, 0, false, false},
		{12, 0, HTTP2_SETTINGS, 0, true, true},
		{0, 0, HTTP2_SETTINGS, 1, true, true},
		{6, 0, HTTP2_SETTINGS, 1, false, false},
		{7, 0, HTTP2_SETTINGS, 0, false, false},
		{6, 1, HTTP2_SETTINGS, 0, false, false},
		{6, 1, HTTP2_PUSH_PROMISE, 4, true, true},
		{4, 1, HTTP2_PUSH_PROMISE, 4, false, false},
		{8, 0, HTTP2_PING, 1, true, true},
		{9, 0, HTTP2_PING, 1, false, false},
		{8, 0, HTTP2_GOAWAY, 0, true, true},
		{7, 0, HTTP2_GOAWAY, 0, false, false},
		{4, 7, HTTP2_WINDOW_UPDATE, 0, true, true},
		{5, 0, HTTP2_WINDOW_UPDATE, 0, false, false},
		{1, 1, HTTP2_CONTINUATION, 4, true, true},
		{1, 0, HTTP2_CONTINUATION, 4, false, false},
		{100, 7, 0xab, 0xff, true, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct http2_frame frame =
			frame_of(cases[i].length, cases[i].type, cases[i].flags, cases[i].stream);

		assert_int_equal(http2_frame_is_possible(&frame), cases[i].is_possible);
		assert_int_equal(http2_frame_is_plain(&frame), cases[i].is_plain);
	}
}

static void content(uint32_t length, unsigned type, unsigned flags, struct view payload,
		    const char *wanted, uint64_t wanted_size)
{
	struct http2_frame frame = frame_of(length, type, flags, 1);
	struct view got;
	uint64_t size;

	assert_true(http2_frame_content(&frame, payload, &got, &size));
	assert_view(got, wanted);
	assert_int_equal(size, wanted_size);
}

static void where_content_lies(void **state)
{
	struct http2_frame frame = frame_of(3, HTTP2_DATA, HTTP2_FLAG_PADDED, 1);
	struct view got;
	uint64_t size;

	(void)state;
	content(5, HTTP2_DATA, 0, VIEW_LITERAL("hello"), "hello", 5);
	content(500, HTTP2_DATA, 0, VIEW_LITERAL("hello"), "hello", 500);
	content(8, HTTP2_DATA, HTTP2_FLAG_PADDED, VIEW_LITERAL("\2hello\0\0"), "hello", 5);
	content(500, HTTP2_DATA, HTTP2_FLAG_PADDED, VIEW_LITERAL("\2hello"), "hello", 497);
	content(13, HTTP2_HEADERS, HTTP2_FLAG_PADDED | HTTP2_FLAG_PRIORITY,
		VIEW_LITERAL("\2prioshello\0\0"), "hello", 5);
	content(9, HTTP2_PUSH_PROMISE, 0, VIEW_LITERAL("\0\0\0\2hello"), "hello", 5);
	content(1, HTTP2_DATA, HTTP2_FLAG_PADDED, VIEW_LITERAL("\0"), "", 0);
	assert_false(http2_frame_content(&frame, VIEW_LITERAL("\3ab"), &got, &size));
	assert_false(http2_frame_content(&frame, VIEW_LITERAL(""), &got, &size));
}

static void names_of_errors(void **state)
{
	(void)state;
	assert_string_equal(http2_frame_error_name(0), "NO_ERROR");
	assert_string_equal(http2_frame_error_name(8), "CANCEL");
	assert_string_equal(http2_frame_error_name(13), "HTTP_1_1_REQUIRED");
	assert_null(http2_frame_error_name(14));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_can_be),
		cmocka_unit_test(where_content_lies),
		cmocka_unit_test(names_of_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
