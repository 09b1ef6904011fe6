/* Exceptions of every language as files and back, and what is refused. */
#include "model/crash_codec_exception.h"

#include <errno.h>
#include "cmocka_test.h"
#include "model/crash_codec.h"
#include "sample_exception.h"

static struct byte_buffer encode(const struct crash *crash)
{
	struct byte_buffer buffer;

	byte_buffer_init(&buffer, MAX_CRASH_FILE_BYTES);
	assert_int_equal(crash_codec_encode(crash, &buffer), 0);
	return buffer;
}

static struct crash *there_and_back(const struct crash *crash)
{
	struct byte_buffer file = encode(crash), again;
	struct view copy = exact_copy(byte_buffer_view(&file));
	struct crash *back = NULL;
	const char *error = NULL;

	assert_int_equal(crash_codec_decode(&back, copy, &error), 0);
	free_copy(copy);
	again = encode(back);
	assert_true(view_equals(byte_buffer_view(&again), byte_buffer_view(&file)));
	byte_buffer_done(&again);
	byte_buffer_done(&file);
	return back;
}

static void assert_frames(const struct exception_frame *got, uint32_t got_count,
			  const struct exception_frame *wanted, uint32_t wanted_count)
{
	assert_int_equal(got_count, wanted_count);
	for (uint32_t i = 0; i < wanted_count; i++) {
		assert_true(view_equals(got[i].function, wanted[i].function));
		assert_true(view_equals(got[i].module, wanted[i].module));
		assert_true(view_equals(got[i].file, wanted[i].file));
		assert_true(view_equals(got[i].short_file, wanted[i].short_file));
		assert_int_equal(got[i].line, wanted[i].line);
		assert_int_equal(got[i].column, wanted[i].column);
		assert_int_equal(got[i].repeats, wanted[i].repeats);
		assert_int_equal(got[i].is_in_app, wanted[i].is_in_app);
		assert_int_equal(got[i].is_native, wanted[i].is_native);
		assert_true(view_equals(got[i].context_line, wanted[i].context_line));
		assert_int_equal(got[i].before_count, wanted[i].before_count);
		assert_int_equal(got[i].after_count, wanted[i].after_count);
		for (uint8_t l = 0; l < wanted[i].before_count; l++)
			assert_true(view_equals(got[i].before[l], wanted[i].before[l]));
		for (uint8_t l = 0; l < wanted[i].after_count; l++)
			assert_true(view_equals(got[i].after[l], wanted[i].after[l]));
	}
}

static void assert_exceptions(const struct crash *got, const struct crash *wanted)
{
	assert_int_equal(got->exceptions_count, wanted->exceptions_count);
	for (uint32_t i = 0; i < wanted->exceptions_count; i++) {
		const struct exception *a = &got->exceptions[i], *b = &wanted->exceptions[i];

		assert_true(view_equals(a->type, b->type));
		assert_true(view_equals(a->module, b->module));
		assert_true(view_equals(a->value, b->value));
		assert_int_equal(a->relation, b->relation);
		assert_int_equal(a->parent, b->parent);
		assert_int_equal(a->is_group, b->is_group);
		assert_int_equal(a->left_out, b->left_out);
		assert_frames(a->frames, a->frames_count, b->frames, b->frames_count);
	}
}

static void every_language(void **state)
{
	(void)state;
	for (int i = 0; i < SAMPLE_LANGUAGES_COUNT; i++) {
		struct crash *crash = known_exception((enum sample_language)i);
		struct crash *back = there_and_back(crash);

		assert_int_equal(back->kind, CRASH_EXCEPTION);
		assert_exceptions(back, crash);
		assert_int_equal(back->language, crash->language);
		assert_int_equal(back->level, crash->level);
		assert_string_equal(back->mechanism, crash->mechanism);
		assert_string_equal(back->exception_source, crash->exception_source);
		crash_free(&back);
		crash_free(&crash);
	}
}

static void all_that_is_said_of_it(void **state)
{
	struct crash *crash = known_exception(SAMPLE_PYTHON), *back;

	(void)state;
	crash->exception_text = VIEW_LITERAL("Traceback (most recent call last):\n");
	crash->exception_thread_name = VIEW_LITERAL("Thread-1");
	crash->suppressed_count = 9;
	back = there_and_back(crash);
	assert_true(back->is_handled);
	assert_view(back->logger, "app");
	assert_view(back->log_message, "Exception on /divide_by_zero [GET]");
	assert_view(back->runtime_name, "CPython");
	assert_view(back->runtime_version, "3.11.2");
	assert_view(back->exception_text, "Traceback (most recent call last):\n");
	assert_view(back->exception_thread_name, "Thread-1");
	assert_int_equal(back->suppressed_count, 9);
	crash_free(&back);
	crash_free(&crash);
}

static void other_threads(void **state)
{
	struct crash *crash = known_exception(SAMPLE_GO);
	struct crash *back = there_and_back(crash);

	(void)state;
	assert_int_equal(back->exception_thread_id, 34);
	assert_int_equal(back->exception_threads_count, 2);
	assert_int_equal(back->exception_threads[0].id, 1);
	assert_view(back->exception_threads[0].state, "IO wait, 2 minutes");
	assert_frames(back->exception_threads[0].frames, back->exception_threads[0].frames_count,
		      crash->exception_threads[0].frames, 1);
	assert_int_equal(back->exception_threads[1].id, 4714);
	assert_view(back->exception_threads[1].name, "janitor");
	assert_null(back->exception_threads[1].frames);
	crash_free(&back);
	crash_free(&crash);
}

/* The header made to fit whatever the payload is by now. */
static void seal(struct view file)
{
	struct crash_codec_header header;
	struct view payload = view_skip(file, sizeof(header));
	struct sha256 sha256;

	memcpy(&header, file.bytes, sizeof(header));
	header.payload_bytes = payload.size;
	sha256_init(&sha256);
	sha256_add(&sha256, payload);
	sha256_finish(&sha256, header.payload_sha256);
	memcpy((char *)(uintptr_t)file.bytes, &header, sizeof(header));
}

static void refuse(struct view file, const char *reason)
{
	struct crash *crash = NULL;
	const char *error = NULL;

	assert_int_equal(crash_codec_decode(&crash, file, &error), -EBADMSG);
	assert_null(crash);
	if (reason)
		assert_string_equal(error, reason);
}

static void cut_and_changed_everywhere(void **state)
{
	struct crash *crash = known_exception(SAMPLE_GO);
	struct byte_buffer file = encode(crash);

	(void)state;
	for (size_t i = sizeof(struct crash_codec_header); i < file.size; i++) {
		struct view cut = exact_copy(view_of(file.bytes, i));
		struct view changed = exact_copy(byte_buffer_view(&file));
		struct crash *back = NULL;
		const char *error;

		seal(cut);
		refuse(cut, NULL);
		free_copy(cut);
		((char *)(uintptr_t)changed.bytes)[i] = (char)(file.bytes[i] ^ 0xff);
		seal(changed);
		if (crash_codec_decode(&back, changed, &error) == 0)
			crash_free(&back);
		free_copy(changed);
	}
	byte_buffer_done(&file);
	crash_free(&crash);
}

static void refuse_crash(const struct crash *crash, const char *reason)
{
	struct byte_buffer file = encode(crash);

	refuse(byte_buffer_view(&file), reason);
	byte_buffer_done(&file);
}

static void what_readers_rely_on(void **state)
{
	struct crash *crash = known_exception(SAMPLE_GROUP);
	struct byte_buffer file;

	(void)state;
	crash->exceptions[1].parent = 1;
	refuse_crash(crash, "an exception's parent is not before it");
	crash->exceptions[1].parent = NO_PARENT;
	refuse_crash(crash, "an exception's parent is not before it");
	crash->exceptions[1].parent = 0;
	crash->exceptions[0].parent = 0;
	refuse_crash(crash, "the raised exception has a parent");
	crash->exceptions[0].parent = NO_PARENT;
	crash->exceptions_count = 0;
	refuse_crash(crash, "an exception is not there");
	/* More than there may be is not written at all. */
	byte_buffer_init(&file, MAX_CRASH_FILE_BYTES);
	crash->exceptions_count = 1;
	crash->exceptions[0].frames_count = MAX_EXCEPTION_FRAMES + 1;
	crash->exceptions[0].frames = arena_allocate(
		&crash->arena, (MAX_EXCEPTION_FRAMES + 1) * sizeof(struct exception_frame));
	assert_int_equal(crash_codec_encode(crash, &file), -EINVAL);
	byte_buffer_done(&file);
	crash_free(&crash);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_language),
		cmocka_unit_test(all_that_is_said_of_it),
		cmocka_unit_test(other_threads),
		cmocka_unit_test(cut_and_changed_everywhere),
		cmocka_unit_test(what_readers_rely_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
