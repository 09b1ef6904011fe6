/* Chunked bodies: whole, byte by byte, cut at every offset, with and without the chunk data. */
#include "cmocka_test.h"

#include "protocols/http1_body.h"

/* Feeds pieces of at most `first` and then `step` bytes; bytes of a skip are not shown. */
static enum parse_result feed(struct view text, size_t first, size_t step, size_t *ret_consumed,
			      uint64_t *ret_payload)
{
	struct http1_body_state state = {0};
	enum parse_result result = PARSE_NEED_MORE;
	size_t at = 0, size = first;
	uint64_t skip, payload;

	*ret_payload = 0;
	while (at < text.size && result == PARSE_NEED_MORE) {
		struct view piece = exact_copy(view_take(view_skip(text, at), size));
		size_t consumed = SIZE_MAX;

		result = http1_body_parse(&state, piece, &consumed, &skip, &payload);
		if (result == PARSE_NEED_MORE)
			assert_int_equal(consumed, piece.size);
		free_copy(piece);
		if (result == PARSE_INVALID)
			break;
		at += consumed + (size_t)skip;
		*ret_payload += payload;
		size = step;
	}
	*ret_consumed = at;
	return result;
}

static void assert_body(const char *text, size_t body_size, uint64_t payload)
{
	struct view view = view_of_text(text);
	uint64_t got_payload;
	size_t consumed;

	for (size_t first = 1; first <= view.size; first++) {
		for (int way = 0; way < 2; way++) {
			assert_int_equal(
				feed(view, first, way ? 1 : view.size, &consumed, &got_payload),
				PARSE_DONE);
			assert_int_equal(consumed, body_size);
			assert_int_equal(got_payload, payload);
		}
	}
	for (size_t cut = 0; cut < body_size; cut++)
		assert_int_equal(feed(view_take(view, cut), 1, 1, &consumed, &got_payload),
				 PARSE_NEED_MORE);
}

static void assert_invalid(const char *text)
{
	uint64_t payload;
	size_t consumed;

	for (size_t first = 1; first <= strlen(text); first++)
		if (feed(view_of_text(text), first, 1, &consumed, &payload) != PARSE_INVALID)
			fail_msg("\"%s\" was taken", text);
}

static void decodes(void **state)
{
	(void)state;
	assert_body("0\r\n\r\n", 5, 0);
	assert_body("0\r\n\r\nGET / HTTP/1.1", 5, 0);
	assert_body("5\r\nhello\r\n0\r\n\r\n", 15, 5);
	assert_body("5\r\nhello\r\n1A\r\nabcdefghijklmnopqrstuvwxyz\r\n000\r\n\r\n", 49, 31);
	assert_body("3;name=value;q=\"x y\"\r\nabc\r\n0;last\r\n\r\n", 37, 3);
	assert_body("3  \r\nabc\r\n0 ;x\r\n\r\n", 18, 3);
	assert_body("3\nabc\n0\n\n", 9, 3);
	assert_body("2\r\n\r\n\r\n0\r\nExpires: never\r\nX:\r\n folded\r\n\r\nrest", 41, 2);
}

static void refuses(void **state)
{
	(void)state;
	assert_invalid("\r\n");
	assert_invalid("g\r\n");
	assert_invalid("-1\r\n");
	assert_invalid("0x5\r\n");
	assert_invalid("5 5\r\n");
	assert_invalid("5\rx");
	assert_invalid("3\r\nabcd\r\n");
	assert_invalid("3\r\nabc\rx");
	assert_invalid("ffffffffffffffff\r\n");
	assert_invalid("0\r\nno colon\r\n\r\n");
	assert_invalid("0\r\n folded first\r\n\r\n");
	assert_invalid("0\r\n\rx");
}

static void skips_what_was_not_captured(void **state)
{
	struct http1_body_state body = {0};
	uint64_t skip, payload;
	size_t consumed;

	(void)state;
	assert_int_equal(
		http1_body_parse(&body, VIEW_LITERAL("10000\r\nfirst"), &consumed, &skip, &payload),
		PARSE_NEED_MORE);
	assert_int_equal(consumed, 12);
	assert_int_equal(skip, 65536 - 5);
	assert_int_equal(payload, 65536);
	assert_int_equal(
		http1_body_parse(&body, VIEW_LITERAL("\r\n0\r\n\r\nX"), &consumed, &skip, &payload),
		PARSE_DONE);
	assert_int_equal(consumed, 7);
	assert_int_equal(skip, 0);
	assert_int_equal(payload, 0);
	/* A finished body takes no more. */
	assert_int_equal(http1_body_parse(&body, VIEW_LITERAL("0"), &consumed, &skip, &payload),
			 PARSE_INVALID);
}

static void caps_what_could_grow(void **state)
{
	size_t size = 1 << 17, consumed;
	char *text = malloc(size);
	uint64_t payload;

	(void)state;
	memset(text, '0', size);
	assert_int_equal(feed(view_of(text, size), 1, 4096, &consumed, &payload), PARSE_INVALID);
	memset(text, 'a', size);
	memcpy(text, "1;", 2);
	assert_int_equal(feed(view_of(text, size), 1, 4096, &consumed, &payload), PARSE_INVALID);
	memset(text, 'a', size);
	memcpy(text, "0\r\na:", 5);
	assert_int_equal(feed(view_of(text, size), 1, 4096, &consumed, &payload), PARSE_INVALID);
	free(text);
}

static void recognises_ends(void **state)
{
	static const struct {
		const char *tail;
		bool is_end;
	} rows[] = {
		{"0\r\n\r\n", true},
		{"\r\n0\r\n\r\n", true},
		{"abcdefghi\r\n0\r\n\r\n", true},
		{"x\r\n000\r\n\r\n", true},
		{"x\r\n0;a=b\r\n\r\n", true},
		{"x\r\n0\r\nA: b\r\n\r\n", true},
		{"10\r\n\r\n", false},
		{"x0\r\n\r\n", false},
		{"abc\r\n10\r\n\r\n", false},
		{"A: b\r\nC: d\r\n\r\n", false},
		{"x\r\n0\r\nA b\r\n\r\n", false},
		{"x\r\n0\r\n\r\nmore\r\n\r\n", false},
		{"\r\n0\r\n", false},
		{"\r\n\r\n", false},
		{"x\n0\r\n\r\n", false},
		{"", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct view tail = exact_copy(view_of_text(rows[i].tail));

		if (http1_body_ends(tail) != rows[i].is_end)
			fail_msg("row %zu", i);
		free_copy(tail);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes),
		cmocka_unit_test(refuses),
		cmocka_unit_test(skips_what_was_not_captured),
		cmocka_unit_test(caps_what_could_grow),
		cmocka_unit_test(recognises_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
