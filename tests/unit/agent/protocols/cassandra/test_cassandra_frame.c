/* Headers of frames, and what flags put before a body. */
#include "cassandra_bytes.h"

static void reads_a_header(void **state)
{
	struct cassandra_header header;

	(void)state;
	assert_int_equal(cassandra_frame_read_header(view_of("\4\0\0\7\7\0\0\1\2", 9), &header),
			 PARSE_DONE);
	assert_int_equal(header.side, MESSAGE_REQUEST);
	assert_int_equal(header.version, 4);
	assert_int_equal(header.stream, 7);
	assert_int_equal(header.opcode, CASSANDRA_QUERY);
	assert_int_equal(header.body_size, 0x102);
	for (size_t cut = 0; cut < 9; cut++)
		assert_int_equal(
			cassandra_frame_read_header(view_of("\4\0\0\7\7\0\0\1\2", cut), &header),
			PARSE_NEED_MORE);
	assert_int_equal(
		cassandra_frame_read_header(view_of("\x85\0\xff\xff\x0c\0\0\0\1", 9), &header),
		PARSE_DONE);
	assert_int_equal(header.side, MESSAGE_RESPONSE);
	assert_int_equal(header.stream, -1);
}

static void refuses_what_is_none(void **state)
{
	static const char *const bad[] = {
		"\2\0\0\7\7\0\0\1\2",         "\6\0\0\7\7\0\0\1\2",     "\4\x20\0\7\7\0\0\1\2",
		"\4\0\0\7\x08\0\0\1\2",       "\x84\0\0\7\7\0\0\1\2",   "\4\0\x80\7\7\0\0\1\2",
		"\4\0\0\7\7\x7f\0\1\2",       "\x84\0\0\1\x0c\0\0\0\1", "\4\0\0\7\x11\0\0\1\2",
		"\x84\0\xff\xff\x08\0\0\0\1",
	};
	struct cassandra_header header;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(cassandra_frame_read_header(view_of(bad[i], 9), &header),
				 PARSE_INVALID);
}

static void skips_preambles(void **state)
{
	struct cassandra_header header = {.side = MESSAGE_RESPONSE,
					  .flags = CASSANDRA_TRACING | CASSANDRA_WARNING |
						   CASSANDRA_CUSTOM_PAYLOAD};

	(void)state;
	assert_view(
		cassandra_frame_skip_preamble(
			&header, view_of("0123456789abcdef\0\1\0\1w\0\1\0\1k\0\0\0\1vrest", 35)),
		"rest");
	header.side = MESSAGE_REQUEST;
	assert_view(cassandra_frame_skip_preamble(&header, view_of("\0\0rest", 6)), "rest");
	header.flags = 0;
	assert_view(cassandra_frame_skip_preamble(&header, VIEW_LITERAL("rest")), "rest");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_header),
		cmocka_unit_test(refuses_what_is_none),
		cmocka_unit_test(skips_preambles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
