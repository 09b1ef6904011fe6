/*
 * The fields of exceptions in the order of the file. What a reader relies on is checked here: an
 * exception's parent stands before it, and a crash that is said to be an exception has one.
 */
#include "model/crash_codec_exception.h"

#define FRAME_FILE_BYTES     42 /* of one element in the file, at least */
#define EXCEPTION_FILE_BYTES 26
#define THREAD_FILE_BYTES    20
#define STRING_FILE_BYTES    4

static void pass_lines(struct byte_walk *walk, struct view **lines, uint8_t *lines_count)
{
	uint32_t count = *lines_count;

	byte_walk_count(walk, &count, UINT8_MAX, STRING_FILE_BYTES);
	*lines = byte_walk_array(walk, *lines, count, sizeof(**lines));
	*lines_count = (uint8_t)count;
	for (uint32_t i = 0; i < count && !walk->error; i++)
		BYTE_WALK_ELEMENT(walk, (*lines)[i], byte_walk_view(walk, &element));
}

static void pass_frame(struct byte_walk *walk, struct exception_frame *frame)
{
	byte_walk_view(walk, &frame->function);
	byte_walk_view(walk, &frame->module);
	byte_walk_view(walk, &frame->file);
	byte_walk_view(walk, &frame->short_file);
	byte_walk_u32(walk, &frame->line);
	byte_walk_u32(walk, &frame->column);
	byte_walk_u32(walk, &frame->repeats);
	byte_walk_bool(walk, &frame->is_in_app);
	byte_walk_bool(walk, &frame->is_native);
	byte_walk_view(walk, &frame->context_line);
	pass_lines(walk, &frame->before, &frame->before_count);
	pass_lines(walk, &frame->after, &frame->after_count);
}

static void pass_frames(struct byte_walk *walk, struct exception_frame **frames,
			uint32_t *frames_count, uint32_t *frames_capacity)
{
	byte_walk_count(walk, frames_count, MAX_EXCEPTION_FRAMES, FRAME_FILE_BYTES);
	*frames = byte_walk_array(walk, *frames, *frames_count, sizeof(**frames));
	for (uint32_t i = 0; i < *frames_count && !walk->error; i++)
		BYTE_WALK_ELEMENT(walk, (*frames)[i], pass_frame(walk, &element));
	*frames_capacity = *frames_count;
}

static void pass_exception(struct byte_walk *walk, struct exception *exception, uint32_t index)
{
	byte_walk_view(walk, &exception->type);
	byte_walk_view(walk, &exception->module);
	byte_walk_view(walk, &exception->value);
	exception->relation = (enum exception_relation)byte_walk_word(
		walk, (uint8_t)exception->relation, RELATION_RAISED, RELATION_MEMBER);
	byte_walk_u32(walk, &exception->parent);
	byte_walk_bool(walk, &exception->is_group);
	pass_frames(walk, &exception->frames, &exception->frames_count,
		    &exception->frames_capacity);
	byte_walk_u32(walk, &exception->left_out);
	if (!walk->out && index == 0 && exception->parent != NO_PARENT)
		byte_walk_fail(walk, "the raised exception has a parent");
	if (!walk->out && index > 0 && exception->parent >= index)
		byte_walk_fail(walk, "an exception's parent is not before it");
}

static void pass_chain(struct byte_walk *walk, struct crash *crash)
{
	byte_walk_count(walk, &crash->exceptions_count, MAX_EXCEPTIONS, EXCEPTION_FILE_BYTES);
	crash->exceptions = byte_walk_array(walk, crash->exceptions, crash->exceptions_count,
					    sizeof(*crash->exceptions));
	for (uint32_t i = 0; i < crash->exceptions_count && !walk->error; i++)
		BYTE_WALK_ELEMENT(walk, crash->exceptions[i], pass_exception(walk, &element, i));
	if (!walk->out && crash->kind == CRASH_EXCEPTION && crash->exceptions_count == 0)
		byte_walk_fail(walk, "an exception is not there");
}

static void pass_thread(struct byte_walk *walk, struct exception_thread *thread)
{
	byte_walk_u64(walk, &thread->id);
	byte_walk_view(walk, &thread->name);
	byte_walk_view(walk, &thread->state);
	pass_frames(walk, &thread->frames, &thread->frames_count, &thread->frames_capacity);
}

static void pass_threads(struct byte_walk *walk, struct crash *crash)
{
	byte_walk_count(walk, &crash->exception_threads_count, MAX_EXCEPTION_THREADS,
			THREAD_FILE_BYTES);
	crash->exception_threads =
		byte_walk_array(walk, crash->exception_threads, crash->exception_threads_count,
				sizeof(*crash->exception_threads));
	for (uint32_t i = 0; i < crash->exception_threads_count && !walk->error; i++)
		BYTE_WALK_ELEMENT(walk, crash->exception_threads[i], pass_thread(walk, &element));
}

void crash_codec_exception_pass(struct byte_walk *walk, struct crash *crash)
{
	pass_chain(walk, crash);
	pass_threads(walk, crash);
	byte_walk_view(walk, &crash->exception_thread_name);
	byte_walk_u64(walk, &crash->exception_thread_id);
	crash->language = (enum exception_language)byte_walk_word(
		walk, (uint8_t)crash->language, LANGUAGE_UNKNOWN, LANGUAGES_COUNT - 1);
	crash->level = (enum crash_level)byte_walk_word(walk, (uint8_t)crash->level, LEVEL_FATAL,
							LEVEL_WARNING);
	byte_walk_bool(walk, &crash->is_handled);
	byte_walk_static(walk, &crash->mechanism);
	byte_walk_static(walk, &crash->exception_source);
	byte_walk_view(walk, &crash->logger);
	byte_walk_view(walk, &crash->log_message);
	byte_walk_view(walk, &crash->runtime_name);
	byte_walk_view(walk, &crash->runtime_version);
	byte_walk_view(walk, &crash->exception_text);
}
