/* What a parser makes: exceptions, frames, values, all in one arena. */
#include "tracebacks/traceback.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_FRAMES 16

int traceback_new(struct traceback **ret, enum exception_language language)
{
	struct traceback *report = calloc(1, sizeof(*report));

	if (!report)
		return -ENOMEM;
	arena_init(&report->arena, MAX_TRACEBACK_BYTES);
	report->language = language;
	report->mechanism = "generic";
	report->exceptions =
		arena_allocate(&report->arena, MAX_EXCEPTIONS * sizeof(*report->exceptions));
	if (!report->exceptions) {
		traceback_free(&report);
		return -ENOMEM;
	}
	*ret = report;
	return 0;
}

void traceback_free(struct traceback **report)
{
	if (!*report)
		return;
	arena_done(&(*report)->arena);
	free(*report);
	*report = NULL;
}

struct exception *traceback_add_exception(struct traceback *report,
					  enum exception_relation relation, uint32_t parent)
{
	struct exception *exception;

	if (report->exceptions_count == MAX_EXCEPTIONS)
		return NULL;
	exception = &report->exceptions[report->exceptions_count++];
	*exception = (struct exception){.relation = relation, .parent = parent};
	return exception;
}

/* Where exception `from` is when `index` has moved down to `place`, and those between up by one. */
static uint32_t renumber(uint32_t from, uint32_t index, uint32_t place)
{
	if (from == NO_PARENT || from < place || from > index)
		return from;
	return from == index ? place : from + 1;
}

void traceback_put_before(struct traceback *report, uint32_t index, uint32_t place)
{
	struct exception moved;

	if (index >= report->exceptions_count || place >= index)
		return;
	moved = report->exceptions[index];
	memmove(report->exceptions + place + 1, report->exceptions + place,
		(index - place) * sizeof(moved));
	report->exceptions[place] = moved;
	for (uint32_t i = 0; i < report->exceptions_count; i++)
		report->exceptions[i].parent = renumber(report->exceptions[i].parent, index, place);
}

void traceback_put_first(struct traceback *report, uint32_t index)
{
	traceback_put_before(report, index, 0);
}

static struct exception_frame *add_frame(struct traceback *report, struct exception_frame **frames,
					 uint32_t *count, uint32_t *capacity, uint32_t *left_out)
{
	if (*count == *capacity && *capacity < MAX_EXCEPTION_FRAMES) {
		uint32_t grown = *capacity ? *capacity * 2 : FIRST_FRAMES;
		struct exception_frame *bigger =
			arena_allocate(&report->arena, grown * sizeof(*bigger));

		if (!bigger)
			return NULL;
		if (*count)
			memcpy(bigger, *frames, *count * sizeof(*bigger));
		*frames = bigger;
		*capacity = grown;
	}
	if (*count == *capacity) {
		/* The oldest half stays, and the newest: what is in between goes, one by one. */
		memmove(*frames + *count / 2, *frames + *count / 2 + 1,
			(*count - *count / 2 - 1) * sizeof(**frames));
		(*count)--;
		(*left_out)++;
	}
	(*frames)[*count] = (struct exception_frame){0};
	return &(*frames)[(*count)++];
}

struct exception_frame *traceback_add_frame(struct traceback *report, struct exception *exception)
{
	return add_frame(report, &exception->frames, &exception->frames_count,
			 &exception->frames_capacity, &exception->left_out);
}

struct exception_frame *traceback_add_thread_frame(struct traceback *report,
						   struct exception_thread *thread)
{
	uint32_t left_out = 0;

	return add_frame(report, &thread->frames, &thread->frames_count, &thread->frames_capacity,
			 &left_out);
}

struct exception_thread *traceback_add_thread(struct traceback *report)
{
	if (!report->threads)
		report->threads = arena_allocate(&report->arena,
						 MAX_EXCEPTION_THREADS * sizeof(*report->threads));
	if (!report->threads || report->threads_count == MAX_EXCEPTION_THREADS)
		return NULL;
	return &report->threads[report->threads_count++];
}

void traceback_reverse_frames(struct exception *exception)
{
	for (uint32_t i = 0; i < exception->frames_count / 2; i++) {
		struct exception_frame *last = &exception->frames[exception->frames_count - 1 - i];
		struct exception_frame swapped = exception->frames[i];

		exception->frames[i] = *last;
		*last = swapped;
	}
}

struct view traceback_copy(struct traceback *report, struct view text)
{
	return text.size ? arena_copy(&report->arena, text) : (struct view){0};
}

void traceback_add_value_line(struct traceback *report, struct exception *exception,
			      struct view line)
{
	size_t room = MAX_EXCEPTION_VALUE - exception->value.size;
	struct view joined;

	if (room <= 1)
		return;
	if (!line.bytes)
		line = VIEW_LITERAL("");
	if (!exception->value.bytes)
		exception->value = VIEW_LITERAL("");
	joined = arena_join(&report->arena, exception->value, VIEW_LITERAL("\n"),
			    view_take(line, line.size < room - 1 ? line.size : room - 1));
	if (joined.bytes)
		exception->value = joined;
}
