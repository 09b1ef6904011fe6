/* Threads and exceptions frame by frame, and where they end for want of room. */
#include "cmocka_test.h"

#include "model/register_name.h"
#include "parsed_json.h"
#include "report/crash_frames.h"
#include "report/report_text.h"
#include "sample_crash.h"
#include "sample_exception.h"

static struct byte_buffer buffer;
static struct json_writer writer;
static struct crash *crash;

static int begin(void **state)
{
	(void)state;
	byte_buffer_init(&buffer, 1 << 20);
	writer = report_text_begin(&buffer);
	crash = known_crash();
	return 0;
}

static int end(void **state)
{
	(void)state;
	byte_buffer_done(&buffer);
	crash_free(&crash);
	return 0;
}

static json_t *write_thread(size_t limit)
{
	crash_frames_append_thread(&writer, crash, crash_thread_of(crash), limit);
	return parsed_json(&buffer);
}

static void a_thread(void **state)
{
	json_t *root = write_thread(1 << 20), *frames = json_at(root, "frames"), *frame, *pair;

	(void)state;
	assert_string_equal(text_at(root, "name"), "worker-3");
	assert_int_equal(json_array_size(frames), crash_thread_of(crash)->frames_count);
	assert_int_equal(number_at(root, "frames_left_out"), 0);
	frame = json_array_get(frames, 0);
	assert_string_equal(text_at(frame, "function"), "shop::order_total(shop::Order const&)");
	assert_int_equal(number_at(frame, "line"), 42);
	assert_string_equal(text_at(frame, "trust"), "context");
	assert_true(json_is_true(json_at(frame, "is_in_app")));
	assert_int_equal(json_array_size(json_at(root, "registers")),
			 register_name_count(NATIVE_IS_ARM64));
	pair = json_array_get(json_at(root, "registers"), 0);
	assert_string_equal(json_string_value(json_array_get(pair, 0)),
			    register_name(NATIVE_IS_ARM64, 0));
	assert_string_equal(json_string_value(json_array_get(pair, 1)), "0x1000");
	json_decref(root);
}

/* Never more than the limit, whatever it is; what is left out is counted. */
static void at_every_limit(void **state)
{
	uint32_t total = crash_thread_of(crash)->frames_count;
	size_t whole;

	(void)state;
	json_decref(write_thread(1 << 20));
	whole = buffer.size;
	for (size_t limit = 1200; limit < whole + 200; limit += 13) {
		json_t *root;
		size_t shown;

		byte_buffer_clear(&buffer);
		writer = report_text_begin(&buffer);
		root = write_thread(limit);
		shown = json_array_size(json_at(root, "frames"));
		assert_true(shown == 0 || buffer.size <= limit);
		assert_int_equal(number_at(root, "frames_left_out"), total - shown);
		json_decref(root);
	}
}

static void without_registers(void **state)
{
	json_t *root;

	(void)state;
	crash->threads[crash->crashed_thread].has_registers = false;
	root = write_thread(1 << 20);
	assert_null(json_object_get(root, "registers"));
	json_decref(root);
}

static void an_exception(void **state)
{
	struct crash *raised = sample_exception(5000);
	json_t *root;

	(void)state;
	raised->exceptions[0].left_out = 12;
	json_writer_begin(&writer, '{');
	crash_frames_append_exception(&writer, &raised->exceptions[0], 1 << 20);
	json_writer_end(&writer, '}');
	root = parsed_json(&buffer);
	assert_int_equal(json_array_size(json_at(root, "frames")),
			 raised->exceptions[0].frames_count);
	assert_int_equal(number_at(root, "frames_left_out"), 12);
	json_decref(root);
	crash_free(&raised);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_thread, begin, end),
		cmocka_unit_test_setup_teardown(at_every_limit, begin, end),
		cmocka_unit_test_setup_teardown(without_registers, begin, end),
		cmocka_unit_test_setup_teardown(an_exception, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
