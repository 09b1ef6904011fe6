/*
 * What programs print is anything: all languages read it, in any pieces. Of the input, byte 1 ends
 * a piece, 2 a write, 3 is a gap, 4 a silence; all else is printed.
 */
// fuzz-sources: agent/tracebacks/*.c agent/base/view.c agent/base/arena.c agent/base/utf8.c
#include <assert.h>
#include "tracebacks/traceback_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static size_t open_count;

static void on_begin(void *self, uint64_t id, uint64_t time_ns)
{
	(void)self;
	assert(id && time_ns);
	open_count++;
}

static void check_text(struct view text)
{
	volatile char last = 0;

	for (size_t i = 0; i < text.size; i++)
		last = text.bytes[i];
	(void)last;
}

static void check_frames(const struct exception_frame *frames, uint32_t count)
{
	assert(count <= MAX_EXCEPTION_FRAMES);
	for (uint32_t i = 0; i < count; i++) {
		check_text(frames[i].function);
		check_text(frames[i].module);
		check_text(frames[i].file);
		check_text(frames[i].context_line);
	}
}

static void on_report(void *self, uint64_t id, struct traceback **report)
{
	struct traceback *got = *report;

	(void)self;
	assert(id && open_count-- && got->exceptions_count && got->mechanism);
	assert(got->exceptions_count <= MAX_EXCEPTIONS && got->text.size <= MAX_EXCEPTION_TEXT);
	for (uint32_t i = 0; i < got->exceptions_count; i++) {
		const struct exception *exception = &got->exceptions[i];

		assert(i ? exception->parent < i : exception->parent == NO_PARENT);
		assert(exception->value.size <= MAX_EXCEPTION_VALUE);
		check_text(exception->type);
		check_text(exception->module);
		check_text(exception->value);
		check_frames(exception->frames, exception->frames_count);
	}
	for (uint32_t i = 0; i < got->threads_count; i++)
		check_frames(got->threads[i].frames, got->threads[i].frames_count);
	check_text(got->thread_name);
	check_text(got->logger);
	check_text(got->log_message);
	check_text(got->text);
	traceback_free(report);
}

static void on_nothing(void *self, uint64_t id)
{
	(void)self;
	assert(id && open_count--);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const struct traceback_reader_sink sink = {NULL, on_begin, on_report, on_nothing};
	struct traceback_reader *reader;
	uint64_t now_ns = 1;
	size_t start = 0;

	assert(traceback_reader_new(&reader, &sink) == 0);
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] == 0 || bytes[i] > 4)
			continue;
		traceback_reader_feed(reader, view_of(bytes + start, i - start), bytes[i] == 2,
				      ++now_ns);
		start = i + 1;
		if (bytes[i] == 3)
			traceback_reader_gap(reader);
		if (bytes[i] == 4)
			traceback_reader_tick(reader, now_ns + READER_CLOSE_NS * (1 + i % 30));
	}
	traceback_reader_feed(reader, view_of(bytes + start, size - start), true, ++now_ns);
	if (size % 2)
		traceback_reader_end(reader);
	traceback_reader_free(&reader);
	assert(!open_count);
	return 0;
}
