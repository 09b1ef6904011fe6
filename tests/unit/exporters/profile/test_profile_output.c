/* The buffer before the stream: all bytes in order, failures at the end. */
#include "exporters/profile/profile_output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>

static void test_all_bytes_in_order(void **state)
{
	struct profile_output output;
	char *text = NULL, line[16];
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	profile_output_init(&output, stream);
	for (int i = 0; i < 100000; i++) {
		byte_buffer_append_format(&output.buffer, "%07d\n", i);
		profile_output_pass(&output);
		assert_true(output.buffer.size < 65536 + 8);
	}
	assert_int_equal(profile_output_end(&output), 0);
	profile_output_done(&output);
	(void)fclose(stream);
	assert_int_equal(size, 800000);
	for (int i = 0; i < 100000; i += 999) {
		(void)snprintf(line, sizeof(line), "%07d\n", i);
		assert_memory_equal(text + 8l * i, line, 8);
	}
	free(text);
}

static void test_failures(void **state)
{
	struct profile_output output;
	FILE *stream = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(stream);
	(void)setvbuf(stream, NULL, _IONBF, 0);
	profile_output_init(&output, stream);
	for (int i = 0; i < 10000; i++) {
		byte_buffer_append_text(&output.buffer, "0123456789");
		profile_output_pass(&output);
	}
	byte_buffer_clear(&output.buffer);
	assert_int_equal(profile_output_end(&output), -EIO);
	/* A part that had no room is a failure, too. */
	output.is_failed = false;
	output.buffer.is_failed = true;
	assert_int_equal(profile_output_end(&output), -EIO);
	profile_output_done(&output);
	(void)fclose(stream);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_bytes_in_order),
		cmocka_unit_test(test_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
