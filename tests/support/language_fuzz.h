/* One language's parser on any lines, as the reader would drive it. A byte 1 or the end of a line
 * after it ends a write. */
#ifndef SUPPORT_LANGUAGE_FUZZ_H
#define SUPPORT_LANGUAGE_FUZZ_H

#include <assert.h>
#include <stdlib.h>
#include "tracebacks/traceback.h"

struct language_fuzz {
	const struct traceback_language *language;
	struct traceback *report;
	void *state;
};

static inline void language_fuzz_check_text(struct view text)
{
	volatile char last = 0;

	for (size_t i = 0; i < text.size; i++)
		last = text.bytes[i];
	(void)last;
}

static inline void language_fuzz_check(const struct traceback *report)
{
	assert(report->mechanism && report->exceptions_count > 0);
	assert(report->exceptions_count <= MAX_EXCEPTIONS);
	for (uint32_t i = 0; i < report->exceptions_count; i++) {
		const struct exception *exception = &report->exceptions[i];

		assert(i ? exception->parent < i : exception->parent == NO_PARENT);
		assert(exception->value.size <= MAX_EXCEPTION_VALUE);
		assert(exception->frames_count <= MAX_EXCEPTION_FRAMES);
		language_fuzz_check_text(exception->type);
		language_fuzz_check_text(exception->module);
		language_fuzz_check_text(exception->value);
		for (uint32_t at = 0; at < exception->frames_count; at++) {
			language_fuzz_check_text(exception->frames[at].function);
			language_fuzz_check_text(exception->frames[at].module);
			language_fuzz_check_text(exception->frames[at].file);
		}
	}
	language_fuzz_check_text(report->thread_name);
}

static inline void language_fuzz_finish(struct language_fuzz *f)
{
	if (!f->report)
		return;
	if (f->language->finish(f->state, f->report) && !f->report->arena.is_full)
		language_fuzz_check(f->report);
	traceback_free(&f->report);
	free(f->state);
	f->state = NULL;
}

static inline void language_fuzz_line(struct language_fuzz *f, const struct traceback_line *line)
{
	if (f->report && f->language->take(f->state, f->report, line) == TRACEBACK_TAKEN)
		return;
	language_fuzz_finish(f);
	if (!f->language->begins(line))
		return;
	assert(traceback_new(&f->report, f->language->language) == 0);
	f->state = calloc(1, f->language->state_bytes);
	if (f->language->take(f->state, f->report, line) != TRACEBACK_TAKEN)
		language_fuzz_finish(f);
}

static inline int language_fuzz_run(const struct traceback_language *language, const uint8_t *bytes,
				    size_t size)
{
	struct language_fuzz f = {.language = language};
	struct view rest = view_of(bytes, size), text;
	bool is_write_start = true;

	while (view_next_token(&rest, '\n', &text)) {
		/* Exactly as long as it says: a look behind its end is found. */
		char *copy = malloc(text.size ? text.size : 1);
		bool is_end = view_ends_with(text, VIEW_LITERAL("\1"));
		struct traceback_line line;

		if (text.size)
			memcpy(copy, text.bytes, text.size);
		line = (struct traceback_line){
			.text = view_of(copy, text.size - is_end),
			.is_write_start = is_write_start,
			.is_write_end = is_end || !rest.bytes,
			.is_unended = !rest.bytes,
		};
		language_fuzz_line(&f, &line);
		is_write_start = is_end;
		free(copy);
	}
	language_fuzz_finish(&f);
	return 0;
}

#endif
