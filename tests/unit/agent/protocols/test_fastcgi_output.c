/* Heads of responses: CGI headers, whole and cut at every offset. */
#include "fastcgi_bytes.h"

#include "protocols/fastcgi_output.h"
#include "protocols/fastcgi_params.h"

static struct message message;
static size_t consumed;

static enum parse_result parse(struct view bytes, bool is_final)
{
	struct view copy = exact_copy(bytes);
	enum parse_result result;

	memset(&message, 0xa5, sizeof(message));
	consumed = 12345;
	result = fastcgi_output_parse(copy, is_final, &message, &consumed);
	free_copy(copy);
	return result;
}

static int status_of(void)
{
	return ((const struct fastcgi_fields *)message.fields)->status;
}

static void reads_a_response(void **state)
{
	static const char content[] = "X-A: b\r\nStatus: 500 Internal Server Error\r\n\r\nbody";
	struct fastcgi_bytes b = {.used = 0};
	size_t head;

	(void)state;
	fastcgi_bytes_record(&b, FASTCGI_STDERR, VIEW_LITERAL("Status: 404\r\n\r\n"), 1);
	head = b.used + FASTCGI_HEADER_BYTES + sizeof(content) - 1 - 4;
	fastcgi_bytes_record(&b, FASTCGI_STDOUT, VIEW_LITERAL(content), 5);
	for (size_t cut = 0; cut < head; cut++) {
		assert_int_equal(parse(view_of(b.bytes, cut), false), PARSE_NEED_MORE);
		assert_int_equal(consumed, 12345);
	}
	for (size_t cut = head; cut <= b.used; cut++) {
		assert_int_equal(parse(view_of(b.bytes, cut), false), PARSE_DONE);
		assert_int_equal(consumed, head);
		assert_int_equal(message.framing, BODY_CHUNKED);
		assert_int_equal(message.body_payload, 4);
		assert_int_equal(message.body_size, 4 + 5);
		assert_int_equal(message.kind, MESSAGE_RESPONSE);
		assert_int_equal(status_of(), 500);
	}
}

static int status_for(const char *content)
{
	struct view whole = view_of_text(content);
	int status = -1;

	/* In two records, cut anywhere. */
	for (size_t cut = 0; cut <= whole.size; cut++) {
		struct fastcgi_bytes b = {.used = 0};

		fastcgi_bytes_record(&b, FASTCGI_STDOUT, view_take(whole, cut), 0);
		fastcgi_bytes_record(&b, FASTCGI_STDERR, VIEW_LITERAL("x"), 0);
		fastcgi_bytes_record(&b, FASTCGI_STDOUT, view_skip(whole, cut), 0);
		if (parse(fastcgi_bytes_view(&b), false) != PARSE_DONE)
			return -2;
		assert_true(status == -1 || status == status_of());
		status = status_of();
	}
	return status;
}

static void knows_the_status(void **state)
{
	(void)state;
	assert_int_equal(status_for("Content-type: text/html\r\n\r\n"), 200);
	assert_int_equal(status_for("A: b\n\n"), 200);
	assert_int_equal(status_for("\r\n"), 200);
	assert_int_equal(status_for("STATUS:404\r\n\r\n"), 404);
	assert_int_equal(status_for("Location: /x\r\n\r\n"), 302);
	assert_int_equal(status_for("Location: /x\r\nStatus: 201 Created\r\n\r\n"), 201);
	assert_int_equal(status_for("HTTP/1.1 503 Busy\r\nA: b\r\n\r\n"), 503);
	assert_int_equal(status_for("Status: 4040\r\n\r\n"), 200);
	assert_int_equal(status_for("Status: x\r\n\r\n"), 200);
	assert_int_equal(status_for("no header\r\n\r\n"), -2);
}

static void ends_without_a_word(void **state)
{
	struct fastcgi_bytes b = {.used = 0};

	(void)state;
	fastcgi_bytes_record(&b, FASTCGI_STDERR, VIEW_LITERAL("gone"), 0);
	fastcgi_bytes_end(&b);
	for (size_t cut = 0; cut < b.used; cut++)
		assert_int_equal(parse(view_of(b.bytes, cut), false), PARSE_NEED_MORE);
	assert_int_equal(parse(fastcgi_bytes_view(&b), false), PARSE_DONE);
	assert_int_equal(consumed, b.used);
	assert_int_equal(message.framing, BODY_NONE);
	assert_int_equal(status_of(), 0);
}

static void makes_the_best_of_a_cut(void **state)
{
	struct fastcgi_bytes b = {.used = 0};

	(void)state;
	fastcgi_bytes_record(&b, FASTCGI_STDOUT, VIEW_LITERAL("Status: 500 x\r\nA: b"), 0);
	assert_int_equal(parse(fastcgi_bytes_view(&b), true), PARSE_DONE);
	assert_int_equal(status_of(), 500);
	assert_true(message.is_truncated);
	assert_int_equal(message.framing, BODY_UNTIL_CLOSE);
	assert_int_equal(consumed, b.used);
	assert_int_equal(parse(view_of(b.bytes, 12), true), PARSE_INVALID);
	assert_int_equal(parse(VIEW_LITERAL("HTTP/1.1 200 OK"), true), PARSE_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_response),
		cmocka_unit_test(knows_the_status),
		cmocka_unit_test(ends_without_a_word),
		cmocka_unit_test(makes_the_best_of_a_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
