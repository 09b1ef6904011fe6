/* Header blocks in one frame and in several, whole and cut. */
#include "http2_bytes.h"

#include "protocols/http2/http2_block.h"

static struct http2_bytes b;
static struct http2_block block;

static void in_one_frame(void **state)
{
	(void)state;
	b.used = 0;
	http2_bytes_frame(&b, HTTP2_HEADERS, HTTP2_FLAG_END_HEADERS | HTTP2_FLAG_PADDED, 1,
			  VIEW_LITERAL("\1abc\0"));
	for (size_t cut = HTTP2_FRAME_HEADER_BYTES; cut < b.used; cut++) {
		struct view part = exact_copy(view_of(b.bytes, cut));

		assert_int_equal(http2_block_read(part, false, &block), PARSE_NEED_MORE);
		assert_int_equal(http2_block_read(part, true, &block), PARSE_DONE);
		/* What is missing may be padding only. */
		assert_int_equal(block.is_whole, cut >= 13);
		assert_int_equal(block.size, b.used);
		free_copy(part);
	}
	assert_int_equal(http2_block_read(http2_bytes_view(&b), false, &block), PARSE_DONE);
	assert_true(block.is_whole);
	assert_view(block.content, "abc");
	assert_int_equal(block.size, b.used);
}

static void in_several_frames(void **state)
{
	(void)state;
	b.used = 0;
	http2_bytes_frame(&b, HTTP2_HEADERS, 0, 3, VIEW_LITERAL("ab"));
	http2_bytes_frame(&b, HTTP2_CONTINUATION, 0, 3, VIEW_LITERAL("cd"));
	http2_bytes_frame(&b, HTTP2_CONTINUATION, HTTP2_FLAG_END_HEADERS, 3, VIEW_LITERAL("ef"));
	for (size_t cut = HTTP2_FRAME_HEADER_BYTES; cut < b.used; cut++) {
		struct view part = exact_copy(view_of(b.bytes, cut));

		assert_int_equal(http2_block_read(part, false, &block), PARSE_NEED_MORE);
		assert_int_equal(http2_block_read(part, true, &block), PARSE_DONE);
		assert_false(block.is_whole);
		assert_in_range(block.size, cut < 22 ? 11 : 22, b.used);
		free_copy(part);
	}
	assert_int_equal(http2_block_read(http2_bytes_view(&b), false, &block), PARSE_DONE);
	assert_true(block.is_whole);
	assert_view(block.content, "abcdef");
	assert_int_equal(block.size, b.used);
}

static void what_is_none(void **state)
{
	(void)state;
	b.used = 0;
	http2_bytes_frame(&b, HTTP2_HEADERS, 0, 3, VIEW_LITERAL("ab"));
	http2_bytes_frame(&b, HTTP2_CONTINUATION, HTTP2_FLAG_END_HEADERS, 5, VIEW_LITERAL("cd"));
	assert_int_equal(http2_block_read(http2_bytes_view(&b), false, &block), PARSE_INVALID);
	b.used = 0;
	http2_bytes_frame(&b, HTTP2_HEADERS, 0, 3, VIEW_LITERAL("ab"));
	http2_bytes_frame(&b, HTTP2_DATA, 0, 3, VIEW_LITERAL("cd"));
	assert_int_equal(http2_block_read(http2_bytes_view(&b), false, &block), PARSE_INVALID);
	b.used = 0;
	http2_bytes_frame(&b, HTTP2_HEADERS, HTTP2_FLAG_END_HEADERS | HTTP2_FLAG_PADDED, 3,
			  VIEW_LITERAL("\x09"
				       "ab"));
	assert_int_equal(http2_block_read(http2_bytes_view(&b), false, &block), PARSE_INVALID);
	b.used = 0;
	http2_bytes_frame(&b, HTTP2_HEADERS, HTTP2_FLAG_END_HEADERS, 3, VIEW_LITERAL(""));
	assert_int_equal(http2_block_read(http2_bytes_view(&b), false, &block), PARSE_INVALID);
}

/* More than can be gathered: read up to the same byte however it comes. */
static void what_is_too_large(void **state)
{
	static char payload[60000];

	(void)state;
	for (size_t there = 0; there <= sizeof(payload); there += 4000) {
		b.used = 0;
		http2_bytes_header(&b, 100000, HTTP2_HEADERS, HTTP2_FLAG_END_HEADERS, 3);
		http2_bytes_add(&b, payload, there);
		assert_int_equal(http2_block_read(http2_bytes_view(&b), false, &block),
				 there < 49143 ? PARSE_NEED_MORE : PARSE_DONE);
		assert_int_equal(http2_block_read(http2_bytes_view(&b), true, &block), PARSE_DONE);
		assert_false(block.is_whole);
		assert_int_equal(block.content.size, there < 49143 ? there : 49143);
		assert_int_equal(block.size, 100009);
	}
}

static void too_many_bytes_in_several_frames(void **state)
{
	static char payload[16384];

	(void)state;
	b.used = 0;
	http2_bytes_frame(&b, HTTP2_HEADERS, 0, 3, view_of(payload, sizeof(payload)));
	http2_bytes_frame(&b, HTTP2_CONTINUATION, 0, 3, view_of(payload, sizeof(payload)));
	http2_bytes_frame(&b, HTTP2_CONTINUATION, HTTP2_FLAG_END_HEADERS, 3,
			  view_of(payload, sizeof(payload)));
	assert_int_equal(http2_block_read(http2_bytes_view(&b), false, &block), PARSE_DONE);
	assert_false(block.is_whole);
	assert_int_equal(block.content.size, MAX_HTTP2_BLOCK_BYTES);
	assert_int_equal(block.size, b.used);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_one_frame),
		cmocka_unit_test(in_several_frames),
		cmocka_unit_test(what_is_none),
		cmocka_unit_test(what_is_too_large),
		cmocka_unit_test(too_many_bytes_in_several_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
