/* Responses as bytes: partial success, Status, garbage, and bodies made to use up memory. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include "exporters/otlp/otlp_response.h"

static void partial_success(void **state)
{
	struct otlp_partial_success partial = {.rejected_spans = 9, .message = "old"};

	(void)state;
	assert_int_equal(otlp_response_parse((struct view){0}, &partial), 0);
	assert_int_equal(partial.rejected_spans, 0);
	assert_string_equal(partial.message, "");
	assert_int_equal(otlp_response_parse(VIEW_LITERAL("\x0a\x00"), &partial), 0);
	assert_int_equal(partial.rejected_spans, 0);
	assert_int_equal(otlp_response_parse(VIEW_LITERAL("\x0a\x0a\x08\x03\x12\x06no\x1b[1m"), &partial), 0);
	assert_int_equal(partial.rejected_spans, 3);
	assert_string_equal(partial.message, "no\\x1b[1m");
	/* -1 as int64 */
	assert_int_equal(otlp_response_parse(VIEW_LITERAL("\x0a\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), &partial),
			 0);
	assert_int_equal(partial.rejected_spans, 0);
}

static void every_cut_is_refused_or_read(void **state)
{
	struct view whole = VIEW_LITERAL("\x0a\x0a\x08\x03\x12\x06reason\x20\x01");
	struct otlp_partial_success partial;

	(void)state;
	for (size_t size = 0; size <= whole.size; size++) {
		char *copy = malloc(size + 1); /* its own allocation: the sanitizer sees a byte too far */
		int err;

		memcpy(copy, whole.bytes, size);
		err = otlp_response_parse(view_of(copy, size), &partial);
		/* 0: nothing, 12: the message alone, 14: and an unknown field. */
		assert_int_equal(err, size == 0 || size == 12 || size == 14 ? 0 : -EBADMSG);
		free(copy);
	}
}

static void garbage_leaves_the_output(void **state)
{
	struct otlp_partial_success partial = {.rejected_spans = 9, .message = "old"};

	(void)state;
	assert_int_equal(otlp_response_parse(VIEW_LITERAL("<html>"), &partial), -EBADMSG);
	assert_int_equal(otlp_response_parse(VIEW_LITERAL("{\"partialSuccess\":{}}"), &partial), -EBADMSG);
	assert_int_equal(partial.rejected_spans, 9);
	assert_string_equal(partial.message, "old");
}

static void status_message(void **state)
{
	char message[64];

	(void)state;
	otlp_response_status_message(VIEW_LITERAL("\x08\x03\x12\x09not \xe2\x82\xac it\x1a\x02\x0a\x00"), message,
				     sizeof(message));
	assert_string_equal(message, "");
	otlp_response_status_message(VIEW_LITERAL("\x08\x03\x12\x0anot \xe2\x82\xac it\x1a\x02\x0a\x00"), message,
				     sizeof(message));
	assert_string_equal(message, "not \xe2\x82\xac it");
	otlp_response_status_message(VIEW_LITERAL("<html><body>404</body></html>"), message, sizeof(message));
	assert_string_equal(message, "");
	otlp_response_status_message((struct view){0}, message, sizeof(message));
	assert_string_equal(message, "");
}

/* 2 MiB of unknown two-byte fields would become some 200 MiB of structs. */
static void memory_is_capped(void **state)
{
	struct otlp_partial_success partial;
	size_t size = 1 << 21;
	char *bytes = malloc(size);
	char message[64];

	(void)state;
	for (size_t i = 0; i < size; i += 2)
		memcpy(bytes + i, "\x78\x01", 2);
	assert_int_equal(otlp_response_parse(view_of(bytes, size), &partial), -EBADMSG);
	otlp_response_status_message(view_of(bytes, size), message, sizeof(message));
	assert_string_equal(message, "");
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(partial_success),
		cmocka_unit_test(every_cut_is_refused_or_read),
		cmocka_unit_test(garbage_leaves_the_output),
		cmocka_unit_test(status_message),
		cmocka_unit_test(memory_is_capped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
