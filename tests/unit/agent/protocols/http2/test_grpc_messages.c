/* Messages across frames of any size, and what was not captured. */
#include "http2_bytes.h"

#include "protocols/http2/grpc_messages.h"

static struct http2_bytes b;

/* In frames of `step` bytes, all of them captured. */
static uint32_t count_in_frames(size_t step, int *ret_status)
{
	struct grpc_messages messages = {0};

	*ret_status = GRPC_STATUS_UNKNOWN;
	for (size_t at = 0; at < b.used; at += step) {
		struct view content = view_take(view_skip(http2_bytes_view(&b), at), step);

		assert_true(
			grpc_messages_take(&messages, content, content.size, false, ret_status));
	}
	assert_false(messages.is_uncertain);
	return messages.count;
}

static void counts(void **state)
{
	int status;

	(void)state;
	b.used = 0;
	http2_bytes_message(&b, 0);
	http2_bytes_message(&b, 10);
	http2_bytes_message(&b, 300);
	http2_bytes_message(&b, 0);
	for (size_t step = 1; step < b.used + 2; step++)
		assert_int_equal(count_in_frames(step, &status), 4);
	assert_int_equal(status, GRPC_STATUS_UNKNOWN);
}

static void reads_trailers_of_the_web(void **state)
{
	static const char trailers[] = "\x80\0\0\0\x22grpc-message:no\r\nGrpc-Status: 5\r\n\r\n";
	int status;

	(void)state;
	b.used = 0;
	http2_bytes_message(&b, 10);
	http2_bytes_add(&b, trailers, sizeof(trailers) - 1);
	assert_int_equal(count_in_frames(b.used, &status), 1);
	assert_int_equal(status, 5);
	assert_int_equal(count_in_frames(15, &status), 1);
}

static void what_was_not_captured(void **state)
{
	struct grpc_messages messages = {0};
	int status = GRPC_STATUS_UNKNOWN;

	(void)state;
	b.used = 0;
	http2_bytes_message(&b, 100);
	http2_bytes_message(&b, 100);
	/* Inside a message nothing needs to be seen. */
	assert_true(grpc_messages_take(&messages, view_of(b.bytes, 5), 105, false, &status));
	assert_int_equal(messages.count, 1);
	/* A prefix does. */
	for (size_t seen = 0; seen < 110; seen++) {
		messages = (struct grpc_messages){0};
		assert_int_equal(
			grpc_messages_take(&messages, view_of(b.bytes, seen), 210, false, &status),
			false);
		assert_int_equal(messages.count, 0);
		assert_int_equal(messages.prefix_size, 0);
		assert_true(
			grpc_messages_take(&messages, view_of(b.bytes, seen), 210, true, &status));
		assert_true(messages.is_uncertain);
		assert_true(
			grpc_messages_take(&messages, view_of(b.bytes, 0), 210, false, &status));
	}
	messages = (struct grpc_messages){0};
	assert_true(grpc_messages_take(&messages, view_of(b.bytes, 110), 210, false, &status));
	assert_int_equal(messages.count, 2);
	assert_int_equal(messages.prefix_size, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts),
		cmocka_unit_test(reads_trailers_of_the_web),
		cmocka_unit_test(what_was_not_captured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
