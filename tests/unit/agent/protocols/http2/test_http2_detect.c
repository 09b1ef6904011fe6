/* What is claimed, what is not, and where a place is found again. */
#include "http2_bytes.h"

#include "protocols/http2/http2_detect.h"

static struct http2_bytes b;

static void claims(enum detect_result wanted)
{
	struct view whole = http2_bytes_view(&b);

	assert_int_equal(http2_detect(whole), wanted);
	for (size_t cut = 0; cut < whole.size; cut++) {
		struct view part = exact_copy(view_take(whole, cut));
		enum detect_result result = http2_detect(part);

		assert_true(result == wanted || result == DETECT_NEED_MORE);
		free_copy(part);
	}
}

static void from_the_start(void **state)
{
	(void)state;
	b.used = 0;
	http2_bytes_preface(&b);
	claims(DETECT_REQUEST);
	b.used = 0;
	http2_bytes_frame(&b, HTTP2_SETTINGS, 0, 0, VIEW_LITERAL("\0\3\0\0\0\x64"));
	claims(DETECT_RESPONSE);
	b.used = 0;
	http2_bytes_frame(&b, HTTP2_SETTINGS, 0, 0, VIEW_LITERAL(""));
	claims(DETECT_NEED_MORE);
	http2_bytes_frame(&b, HTTP2_SETTINGS, HTTP2_FLAG_ACK, 0, VIEW_LITERAL(""));
	http2_bytes_frame(&b, HTTP2_HEADERS, HTTP2_FLAG_END_HEADERS, 1, VIEW_LITERAL("\x88"));
	claims(DETECT_RESPONSE);
	b.used = 0;
	http2_bytes_frame(&b, HTTP2_SETTINGS, 0, 0, VIEW_LITERAL("\0\x33\0\0\0\x64"));
	claims(DETECT_NO);
	/* gRPC's C core says what only it knows, too; alone that proves nothing. */
	b.used = 0;
	http2_bytes_frame(&b, HTTP2_SETTINGS, 0, 0,
			  VIEW_LITERAL("\0\4\0\x3f\xff\xff\xfe\3\0\0\0\1"));
	claims(DETECT_RESPONSE);
	b.used = 0;
	http2_bytes_frame(&b, HTTP2_SETTINGS, 0, 0, VIEW_LITERAL("\xfe\3\0\0\0\1"));
	claims(DETECT_NO);
}

static void joined_midway(void **state)
{
	(void)state;
	b.used = 0;
	http2_bytes_frame(&b, HTTP2_WINDOW_UPDATE, 0, 0, VIEW_LITERAL("\0\0\1\0"));
	http2_bytes_frame(&b, HTTP2_DATA, HTTP2_FLAG_END_STREAM, 5, VIEW_LITERAL("hello"));
	claims(DETECT_NEED_MORE);
	http2_bytes_frame(&b, HTTP2_HEADERS, HTTP2_FLAG_END_HEADERS, 7,
			  VIEW_LITERAL("\xc0\x83\xc1"));
	claims(DETECT_REQUEST);
	b.used = 0;
	http2_bytes_frame(&b, HTTP2_HEADERS, HTTP2_FLAG_END_HEADERS, 7, VIEW_LITERAL("\x88\xc1"));
	claims(DETECT_RESPONSE);
	/* Both or neither prove nothing. */
	b.used = 0;
	http2_bytes_frame(&b, HTTP2_HEADERS, HTTP2_FLAG_END_HEADERS, 7, VIEW_LITERAL("\x88\x82"));
	claims(DETECT_NO);
	b.used = 0;
	http2_bytes_frame(&b, HTTP2_HEADERS, HTTP2_FLAG_END_HEADERS, 7, VIEW_LITERAL("\xc1"));
	claims(DETECT_NEED_MORE);
	b.used = 0;
	http2_bytes_frame(&b, HTTP2_HEADERS, HTTP2_FLAG_END_HEADERS, 6, VIEW_LITERAL("\x82"));
	claims(DETECT_NO); /* clients' streams are odd */
	b.used = 0;
	http2_bytes_frame(&b, HTTP2_WINDOW_UPDATE, 0, 0, VIEW_LITERAL("\0\0\0\0"));
	claims(DETECT_NO);
}

static void nothing_else(void **state)
{
	static const struct view others[] = {
		{"GET / HTTP/1.1\r\n\r\n", 18},
		{"PRI * HTTP/1.1\r\n\r\n", 18},
		{"SSH-2.0-OpenSSH_9.2\r\n", 21},
		{"220 mail ESMTP\r\n", 16},
		{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11},
		{"\x17\x03\x03\x00\x20zzzzzzzzzzzz", 17},
		{"\x01\x01\x00\x01\x00\x08\x00\x00\x00\x01", 10},
		{"\0\0\0\x08\x04\xd2\x16\x2f\0\0", 10},                   /* PostgreSQL */
		{"\0\0\0\x12\0\x12\0\3\0\0\0\1\0\0\0\0\0\0\0\0\0\0", 22}, /* Kafka */
		{"\0\x1d\xab\xcd\1\0\0\1\0\0\0\0\0\0\7example\3com\0\0\1\0\1",
		 31}, /* DNS over TCP */
		{"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16},
		{"\xff\xd8\xff\xe0\0\x10JFIF\0", 11},
		{"*1\r\n$4\r\nPING\r\n", 14},
		{"AMQP\0\0\x09\x01", 8},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_int_equal(http2_detect(others[i]), DETECT_NO);
}

static void is_found(uint32_t last_stream, size_t wanted)
{
	size_t offset = SIZE_MAX;

	assert_int_equal(http2_detect_boundary(http2_bytes_view(&b), last_stream, &offset),
			 wanted != SIZE_MAX);
	assert_int_equal(offset, wanted);
}

static void finds_its_place(void **state)
{
	(void)state;
	b.used = 0;
	is_found(0, SIZE_MAX);
	http2_bytes_preface(&b);
	is_found(0, 0);
	b.used = 0;
	http2_bytes_header(&b, 16384, HTTP2_DATA, 0, 5);
	is_found(0, SIZE_MAX); /* one header of that little proof */
	b.used = 0;
	http2_bytes_frame(&b, HTTP2_WINDOW_UPDATE, 0, 0, VIEW_LITERAL("\0\0\1\0"));
	http2_bytes_header(&b, 16384, HTTP2_DATA, 0, 5);
	is_found(0, 0);
	/* The rest of a body, then an answer and its body. */
	b.used = 0;
	http2_bytes_add(&b, "rest of a body", 14);
	http2_bytes_frame(&b, HTTP2_HEADERS, HTTP2_FLAG_END_HEADERS, 7, VIEW_LITERAL("\x88\xc1"));
	is_found(9, 14);
	is_found(0, SIZE_MAX);       /* no stream known: nothing to compare with */
	is_found(1000001, SIZE_MAX); /* far from where the connection is */
	http2_bytes_header(&b, 16384, HTTP2_DATA, 0, 7);
	is_found(9, 14);
	b.used -= 1;
	is_found(9, SIZE_MAX);
	b.used -= 8;
	http2_bytes_add(&b, "something", 9);
	is_found(9, SIZE_MAX);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_the_start),
		cmocka_unit_test(joined_midway),
		cmocka_unit_test(nothing_else),
		cmocka_unit_test(finds_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
