/* Any bytes as lines to one language's parser: it ends, and what it makes is in order. The first
 * byte of a line says where writes begin and end. */
#ifndef SUPPORT_TRACEBACK_FUZZ_H
#define SUPPORT_TRACEBACK_FUZZ_H

#include <assert.h>
#include <stdlib.h>
#include "tracebacks/traceback.h"

static inline void check_report(const struct traceback *report)
{
	assert(report->exceptions_count > 0 && report->exceptions_count <= MAX_EXCEPTIONS);
	assert(report->threads_count <= MAX_EXCEPTION_THREADS);
	for (uint32_t i = 0; i < report->exceptions_count; i++) {
		const struct exception *exception = &report->exceptions[i];

		assert(exception->value.size <= MAX_EXCEPTION_VALUE);
		assert(exception->frames_count <= MAX_EXCEPTION_FRAMES);
		assert(i ? exception->parent < i : exception->parent == NO_PARENT);
		assert(exception->type.size || report->arena.is_full);
	}
}

static inline void fuzz_language(const struct traceback_language *language, struct view bytes)
{
	struct traceback *report = NULL;
	void *state = NULL;
	struct view text;

	while (view_next_token(&bytes, '\n', &text)) {
		char flags = text.size ? text.bytes[0] : 0;
		struct traceback_line line = {
			.text = flags & 0x80 ? view_skip(text, 1) : text,
			.is_write_start = flags & 0x80 && flags & 1,
			.is_write_end = flags & 0x80 && flags & 2,
			.is_unended = !bytes.bytes,
		};
		enum traceback_step step;

		if (!report && !language->begins(&line))
			continue;
		if (!report) {
			state = calloc(1, language->state_bytes + 1);
			if (!state || traceback_new(&report, language->language) < 0)
				abort();
		}
		step = language->take(state, report, &line);
		if (step == TRACEBACK_TAKEN && bytes.bytes)
			continue;
		if (language->finish(state, report) && report->exceptions_count)
			check_report(report);
		traceback_free(&report);
		free(state);
	}
	if (report) {
		(void)language->finish(state, report);
		traceback_free(&report);
		free(state);
	}
}

#endif
