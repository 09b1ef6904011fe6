/*
 * Threads of the kernel have their ids. What a report calls a thread (a goroutine) has an id of its
 * language: where it is also the id of a thread, it gets a word before it.
 */
#include "exporters/sentry/event_threads.h"

#include <inttypes.h>
#include <stdio.h>
#include "exporters/sentry/event_chain.h"
#include "exporters/sentry/json_text.h"

#define MAX_NAME_CHARACTERS   200
#define MAX_SYMBOL_CHARACTERS 256
#define NAME_BYTES            32

static void append_element(struct byte_buffer *out, json_t *element)
{
	if (out->size && out->bytes[out->size - 1] != '[')
		byte_buffer_append_byte(out, ',');
	json_text_append(out, element, 0);
	json_decref(element);
}

static void set_name(json_t *object, struct view name)
{
	if (name.size)
		json_text_set(object, "name", json_text_line(name, MAX_NAME_CHARACTERS));
}

static bool is_fatal(const struct crash *crash)
{
	return crash->kind != CRASH_EXCEPTION || crash->level == LEVEL_FATAL;
}

static void set_state(json_t *object, bool is_crashed, bool is_current, bool is_main)
{
	json_text_set(object, "crashed", json_boolean(is_crashed));
	json_text_set(object, "current", json_boolean(is_current));
	json_text_set(object, "main", json_boolean(is_main));
}

/* Go has no names for its threads, only numbers. */
static struct view name_of(const struct crash *crash, struct view name, uint64_t id,
			   char buffer[NAME_BYTES])
{
	if (name.size || !id || crash->language != LANGUAGE_GO)
		return name;
	(void)snprintf(buffer, NAME_BYTES, "goroutine %" PRIu64, id);
	return view_of_text(buffer);
}

/* What the report calls it says more than what the kernel does. */
static struct view name_of_raising(const struct crash *crash, char buffer[NAME_BYTES])
{
	const struct crash_thread *thread = crash_thread_of(crash);
	struct view name =
		name_of(crash, crash->exception_thread_name, crash->exception_thread_id, buffer);

	return name.size || !thread ? name : thread->name;
}

/* A crashed thread has its stack here only when the exception has one of its language. */
static json_t *encode_thread(const struct crash *crash, const struct crash_thread *thread,
			     const char *machine, uint32_t max_frames)
{
	bool is_crashed = thread == crash_thread_of(crash);
	struct stacktrace_limits limits = {
		.max_frames = max_frames,
		.max_name_characters = MAX_SYMBOL_CHARACTERS,
		.is_foreign = crash->kind == CRASH_EXCEPTION &&
			      strcmp(exception_platform(crash->language), "native") != 0,
	};
	json_t *object = json_object();
	char buffer[NAME_BYTES];

	json_text_set(object, "id", json_integer(thread->tid));
	set_name(object, is_crashed ? name_of_raising(crash, buffer) : thread->name);
	set_state(object, is_crashed && is_fatal(crash), is_crashed, thread->is_main);
	if (!is_crashed || !event_chain_is_native(crash) || crash_raising_thread(crash) != thread)
		json_text_set(object, "stacktrace",
			      stacktrace_encoder_encode(crash, thread, machine, limits));
	return object;
}

static json_t *encode_raising_thread(const struct crash *crash)
{
	json_t *object = json_object();
	char buffer[NAME_BYTES];

	json_text_set(object, "id", json_integer(crash->tid));
	set_name(object,
		 name_of(crash, crash->exception_thread_name, crash->exception_thread_id, buffer));
	set_state(object, is_fatal(crash), true, crash->tid == crash->pid);
	return object;
}

static bool is_thread_of_kernel(const struct crash *crash, uint64_t id)
{
	if (id == crash->tid)
		return true;
	for (uint32_t i = 0; i < crash->threads_count; i++)
		if (crash->threads[i].tid == id)
			return true;
	return false;
}

static json_t *encode_told_thread(const struct crash *crash, const struct exception_thread *thread,
				  uint32_t max_frames)
{
	struct frame_limits limits = {.max_frames = max_frames,
				      .max_name_characters = MAX_SYMBOL_CHARACTERS,
				      .is_without_source = true};
	json_t *object = json_object();
	char id[NAME_BYTES], name[NAME_BYTES];

	(void)snprintf(id, sizeof(id), "%s %" PRIu64,
		       crash->language == LANGUAGE_GO ? "goroutine" : "thread", thread->id);
	json_text_set(object, "id",
		      is_thread_of_kernel(crash, thread->id) || thread->id > INT64_MAX
			      ? json_string(id)
			      : json_integer((json_int_t)thread->id));
	set_name(object, name_of(crash, thread->name, thread->id, name));
	set_state(object, false, false, false);
	if (thread->state.size)
		json_text_set(object, "state", json_text_line(thread->state, MAX_NAME_CHARACTERS));
	json_text_set(object, "stacktrace",
		      frame_encoder_encode(thread->frames, thread->frames_count, limits));
	return object;
}

bool event_threads_are_known(const struct crash *crash)
{
	return crash->threads_count || crash->exception_threads_count ||
	       (crash->exceptions_count && crash->tid);
}

void event_threads_append(struct byte_buffer *out, const struct crash *crash, const char *machine,
			  struct thread_limits limits, size_t max_size)
{
	uint32_t others = 0;

	byte_buffer_append_byte(out, '[');
	if (crash->exceptions_count && crash->tid && !crash_thread_of(crash))
		append_element(out, encode_raising_thread(crash));
	for (uint32_t i = 0; i < crash->threads_count && out->size <= max_size; i++) {
		if (i != crash->crashed_thread && others++ >= limits.max_others)
			continue;
		append_element(
			out, encode_thread(crash, &crash->threads[i], machine, limits.max_frames));
	}
	for (uint32_t i = 0; i < crash->exception_threads_count && out->size <= max_size; i++) {
		if (others++ >= limits.max_others)
			break;
		append_element(out, encode_told_thread(crash, &crash->exception_threads[i],
						       limits.max_frames));
	}
	byte_buffer_append_byte(out, ']');
}
