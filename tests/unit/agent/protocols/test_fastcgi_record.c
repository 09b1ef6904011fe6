/* Records, and what a stream is known by. */
#include "fastcgi_bytes.h"

static enum detect_result detect(struct view bytes)
{
	struct view copy = exact_copy(bytes);
	enum detect_result result = fastcgi_record_detect(copy);

	free_copy(copy);
	return result;
}

static void reads_a_header(void **state)
{
	struct fastcgi_record record;

	(void)state;
	assert_int_equal(fastcgi_record_read(view_of("\1\6\1\2\3\4\5\0abc", 11), &record),
			 PARSE_DONE);
	assert_int_equal(record.type, FASTCGI_STDOUT);
	assert_int_equal(record.id, 0x102);
	assert_int_equal(record.content_size, 0x304);
	assert_int_equal(record.padding_size, 5);
	assert_int_equal(record.size, 8 + 0x304 + 5);
	assert_view(record.content, "abc");
	for (size_t cut = 0; cut < 8; cut++)
		assert_int_equal(fastcgi_record_read(view_of("\1\6\1\2\3\4\5\0", cut), &record),
				 PARSE_NEED_MORE);
	assert_int_equal(fastcgi_record_read(view_of("\2", 1), &record), PARSE_INVALID);
	assert_int_equal(fastcgi_record_read(view_of("\1\0", 2), &record), PARSE_INVALID);
	assert_int_equal(fastcgi_record_read(view_of("\1\014", 2), &record), PARSE_INVALID);
}

static void detects_requests(void **state)
{
	struct fastcgi_bytes b = {.used = 0};

	(void)state;
	fastcgi_bytes_begin(&b);
	for (size_t cut = 0; cut < b.used; cut++)
		assert_int_equal(detect(view_of(b.bytes, cut)), DETECT_NEED_MORE);
	assert_int_equal(detect(fastcgi_bytes_view(&b)), DETECT_REQUEST);
	for (size_t i = 0; i < b.used; i++) {
		char kept = b.bytes[i];

		if (i == 2 || i == 3 || i == 6) /* the id and the padding are free */
			continue;
		b.bytes[i] = 99;
		assert_int_equal(detect(fastcgi_bytes_view(&b)), DETECT_NO);
		b.bytes[i] = kept;
	}
	b.bytes[3] = 0; /* but no request has the id 0 */
	assert_int_equal(detect(fastcgi_bytes_view(&b)), DETECT_NO);
}

static void detects_responses(void **state)
{
	struct fastcgi_bytes b = {.used = 0}, binary = {.used = 0}, end = {.used = 0};

	(void)state;
	fastcgi_bytes_record(&b, FASTCGI_STDERR, VIEW_LITERAL("PHP message: x"), 2);
	fastcgi_bytes_record(&b, FASTCGI_STDOUT, VIEW_LITERAL("Status: 500\r\n"), 0);
	assert_int_equal(detect(fastcgi_bytes_view(&b)), DETECT_RESPONSE);
	for (size_t cut = 0; cut < 24 + 8 + 7; cut++)
		assert_int_equal(detect(view_of(b.bytes, cut)), DETECT_NEED_MORE);
	fastcgi_bytes_record(&binary, FASTCGI_STDOUT, VIEW_LITERAL("\x89PNG"), 0);
	assert_int_equal(detect(fastcgi_bytes_view(&binary)), DETECT_NO);
	fastcgi_bytes_end(&end);
	assert_int_equal(detect(fastcgi_bytes_view(&end)), DETECT_NO);
	assert_int_equal(detect(VIEW_LITERAL("HTTP/1.1 200 OK\r\n")), DETECT_NO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_header),
		cmocka_unit_test(detects_requests),
		cmocka_unit_test(detects_responses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
