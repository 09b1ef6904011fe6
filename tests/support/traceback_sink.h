/* A sink that keeps what a traceback_reader finds as JSON, checks its promises, and feeds it writes
 * in pieces. */
#ifndef SUPPORT_TRACEBACK_SINK_H
#define SUPPORT_TRACEBACK_SINK_H

#include "cmocka_test.h"
#include "traceback_dump.h"
#include "tracebacks/traceback_reader.h"

/* Reports as they come, and that each that began has one end. */
struct vector_sink {
	struct traceback_reader_sink sink;
	json_t *reports;
	json_t *texts; /* as printed, of each */
	uint64_t last_id, last_begin_ns;
	size_t open;
};

static inline void vector_on_begin(void *self, uint64_t id, uint64_t time_ns)
{
	struct vector_sink *sink = self;

	assert_true(id > sink->last_id);
	sink->last_id = id;
	sink->last_begin_ns = time_ns;
	sink->open++;
}

static inline void vector_on_report(void *self, uint64_t id, struct traceback **report)
{
	struct vector_sink *sink = self;
	json_t *text = json_stringn((*report)->text.bytes, (*report)->text.size);

	assert_true(id <= sink->last_id && sink->open-- > 0);
	assert_true((*report)->exceptions_count > 0 && (*report)->text.size > 0);
	for (uint32_t i = 0; i < (*report)->exceptions_count; i++) {
		assert_true((*report)->exceptions[i].type.size > 0);
		assert_true(i ? (*report)->exceptions[i].parent < i
			      : (*report)->exceptions[i].parent == NO_PARENT);
	}
	json_array_append_new(sink->reports, dump_report(*report));
	json_array_append_new(sink->texts, text ? text : json_string("?bytes"));
	traceback_free(report);
}

static inline void vector_on_nothing(void *self, uint64_t id)
{
	struct vector_sink *sink = self;

	assert_true(id <= sink->last_id && sink->open-- > 0);
}

static inline struct traceback_reader *vector_reader_new(struct vector_sink *sink)
{
	struct traceback_reader *reader;

	*sink = (struct vector_sink){
		.sink = {sink, vector_on_begin, vector_on_report, vector_on_nothing},
		.reports = json_array(),
		.texts = json_array(),
	};
	assert_int_equal(traceback_reader_new(&reader, &sink->sink), 0);
	return reader;
}

static inline void vector_reader_free(struct traceback_reader **reader, struct vector_sink *sink)
{
	traceback_reader_free(reader);
	assert_int_equal(sink->open, 0);
	json_decref(sink->reports);
	json_decref(sink->texts);
}

/* One write in pieces of that many bytes; is_whole: its end is fed too. */
static inline void feed_pieces(struct traceback_reader *reader, struct view bytes, size_t piece,
			       bool is_whole)
{
	do {
		struct view copy = exact_copy(view_take(bytes, piece));

		bytes = view_skip(bytes, piece);
		traceback_reader_feed(reader, copy, is_whole && !bytes.size, 1000);
		free_copy(copy);
	} while (bytes.size);
}

/* writes: sizes as text, or empty for one write. Only the first `limit` bytes of it all. */
static inline void feed_writes(struct traceback_reader *reader, struct view text,
			       struct view writes, size_t piece, size_t limit)
{
	struct view left = view_take(text, limit), token;
	uint64_t size;

	while (left.size) {
		size = text.size;
		while (writes.size && view_next_token(&writes, '\n', &token))
			if (view_parse_u64(token, &size) == 0)
				break;
		feed_pieces(reader, view_take(left, size), piece, size <= left.size);
		left = view_skip(left, size);
		text = view_skip(text, size);
	}
}

#endif
