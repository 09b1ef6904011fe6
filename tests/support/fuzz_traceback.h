/* Any text, line by line, for the parser of one language; what it makes keeps the promises of
 * tracebacks/traceback.h. */
#ifndef SUPPORT_FUZZ_TRACEBACK_H
#define SUPPORT_FUZZ_TRACEBACK_H

#include <assert.h>
#include <stdlib.h>
#include "tracebacks/traceback.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static inline void check_report(const struct traceback *report)
{
	assert(report->exceptions_count <= MAX_EXCEPTIONS && report->mechanism);
	for (uint32_t i = 0; i < report->exceptions_count; i++) {
		const struct exception *exception = &report->exceptions[i];

		assert(exception->type.size > 0 || report->arena.is_full);
		assert(exception->value.size <= MAX_EXCEPTION_VALUE);
		assert(exception->frames_count <= MAX_EXCEPTION_FRAMES);
		assert(i ? exception->parent < i : exception->parent == NO_PARENT);
	}
}

/* From a line that may begin a report to its end; the number of bytes that were its. */
static inline size_t take_report(const struct traceback_language *language, struct view text,
				 size_t write_size)
{
	struct view rest = text, line;
	struct traceback *report;
	void *state = calloc(1, language->state_bytes);
	size_t at = 0;

	assert(state && traceback_new(&report, language->language) == 0);
	if (language->describe)
		language->describe(report, text, view_take(text, 8));
	while (view_next_token(&rest, '\n', &line)) {
		struct traceback_line taken = {
			.text = line,
			.is_write_start = at == 0 || (write_size && at % write_size == 0),
			.is_unended = !rest.bytes,
		};
		enum traceback_step step = language->take(state, report, &taken);

		check_report(report);
		if (step == TRACEBACK_NOT_MINE)
			break;
		at += line.size + 1;
		if (step == TRACEBACK_LAST)
			break;
	}
	if (language->finish(state, report))
		assert(report->exceptions_count > 0);
	check_report(report);
	traceback_free(&report);
	free(state);
	return at < text.size ? at : text.size;
}

static inline void fuzz_traceback(const struct traceback_language *language, const uint8_t *bytes,
				  size_t size)
{
	struct view text = view_of(bytes, size);
	size_t write_size = size ? bytes[0] % 8 : 0;

	text = view_skip(text, 1);
	while (text.size) {
		ssize_t end = view_find_byte(text, '\n');
		struct traceback_line first = {
			.text = end < 0 ? text : view_take(text, (size_t)end),
			.is_write_start = true,
		};
		size_t taken = 0;

		if (language->begins(&first))
			taken = take_report(language, text, write_size);
		if (!taken)
			taken = first.text.size + 1;
		text = view_skip(text, taken);
	}
}

#endif
