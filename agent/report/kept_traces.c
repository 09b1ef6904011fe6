/*
 * A shelf is an array. On the shelves of the slowest a trace takes the place of a faster one of its
 * own operation, or of the operation that has most; the sample is a reservoir. The numbers it is
 * drawn by begin the same each time: a recording makes the same page twice.
 */
#include "report/kept_traces.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "report/report_text.h"
#include "report/trace_json.h"

#define NO_PLACE UINT32_MAX

static const char *const reason_words[KEPT_SHELVES_COUNT] = {
	[KEPT_FAILED] = "failed", [KEPT_SLOWEST] = "slowest", [KEPT_SAMPLED] = "sampled"};

static void trace_done(struct kept_trace *trace)
{
	request_spans_done(&trace->spans);
	free(trace->json);
	*trace = (struct kept_trace){0};
}

void kept_traces_done(struct kept_traces *kept)
{
	for (int i = 0; i < KEPT_SHELVES_COUNT; i++)
		for (uint32_t j = 0; j < kept->shelves[i].count; j++)
			trace_done(&kept->shelves[i].traces[j]);
	*kept = (struct kept_traces){0};
}

static uint32_t count_same(const struct trace_shelf *shelf, const struct operation_key *operation)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < shelf->count; i++)
		count += memcmp(&shelf->traces[i].operation, operation, sizeof(*operation)) == 0;
	return count;
}

/* The fastest: of that operation, or (NULL) of those that have as many as `same` at least. */
static uint32_t find_fastest(const struct trace_shelf *shelf, const struct operation_key *operation,
			     uint32_t same)
{
	uint32_t fastest = NO_PLACE;

	for (uint32_t i = 0; i < shelf->count; i++) {
		const struct kept_trace *trace = &shelf->traces[i];

		if (operation ? memcmp(&trace->operation, operation, sizeof(*operation)) != 0
			      : count_same(shelf, &trace->operation) < same)
			continue;
		if (fastest == NO_PLACE || trace->duration_ns < shelf->traces[fastest].duration_ns)
			fastest = i;
	}
	return fastest;
}

static uint32_t find_place(const struct trace_shelf *shelf, const struct operation_key *operation,
			   uint64_t duration_ns)
{
	uint32_t same = count_same(shelf, operation), place;

	if (same < MAX_SHELF_SAME && shelf->count < MAX_SHELF_TRACES)
		return shelf->count;
	if (same == MAX_SHELF_SAME) {
		place = find_fastest(shelf, operation, 0);
	} else {
		/* What is new among the operations is worth the third of another. */
		place = find_fastest(shelf, NULL, same + 2);
		if (place != NO_PLACE)
			return place;
		place = find_fastest(shelf, NULL, 1);
	}
	return shelf->traces[place].duration_ns < duration_ns ? place : NO_PLACE;
}

static uint32_t draw_place(struct kept_traces *kept)
{
	const struct trace_shelf *shelf = &kept->shelves[KEPT_SAMPLED];
	uint64_t drawn;

	kept->others_count++;
	if (shelf->count < MAX_SHELF_TRACES)
		return shelf->count;
	kept->random = kept->random * 6364136223846793005ull + 1442695040888963407ull;
	drawn = (kept->random >> 33) % kept->others_count;
	return drawn < MAX_SHELF_TRACES ? (uint32_t)drawn : NO_PLACE;
}

static int put(struct trace_shelf *shelf, uint32_t place, const struct operation_key *operation,
	       const struct trace_layout *layout)
{
	_cleanup_(byte_buffer_done) struct byte_buffer text;
	struct kept_trace *trace = &shelf->traces[place];
	struct request_spans spans;

	/* Of two times the size, so that one span more than fits is taken back, and no failure. */
	byte_buffer_init(&text, 2 * (size_t)MAX_TRACE_JSON_BYTES);
	if (trace_json_append(&text, layout) < 0 || request_spans_init(&spans, layout) < 0)
		return -ENOMEM;
	if (place == shelf->count)
		shelf->count++;
	trace_done(trace);
	*trace = (struct kept_trace){
		.operation = *operation,
		.duration_ns = layout->end_unix_ns - layout->start_unix_ns,
		.spans = spans,
		.json_bytes = text.size,
		.json = TAKE_PTR(text.bytes),
	};
	memcpy(trace->trace_id, layout->trace_id, TRACE_ID_BYTES);
	return 0;
}

/* A client's span says less than what it called. */
static const struct trace_row *naming_row(const struct trace_layout *layout)
{
	const struct trace_row *first = &layout->rows[0];
	bool is_calling = layout->count > 1 && first->span->kind == SPAN_CLIENT &&
			  first[1].parent == first && first[1].span->kind == SPAN_SERVER;

	return is_calling ? first + 1 : first;
}

int kept_traces_offer(struct kept_traces *kept, const struct trace_layout *layout)
{
	enum kept_reason reason = layout->errors_count ? KEPT_FAILED : KEPT_SLOWEST;
	const struct trace_row *named;
	struct operation_key operation;
	uint32_t place;

	kept->seen_count++;
	if (layout->count == 0)
		return 0;
	kept->failed_count += reason == KEPT_FAILED;
	named = naming_row(layout);
	operation = operation_table_key(named->resource, named->span);
	place = find_place(&kept->shelves[reason], &operation,
			   layout->end_unix_ns - layout->start_unix_ns);
	if (place == NO_PLACE) {
		reason = KEPT_SAMPLED;
		place = draw_place(kept);
	}
	return place == NO_PLACE ? 0 : put(&kept->shelves[reason], place, &operation, layout);
}

static int compare_durations(const void *a, const void *b)
{
	const struct kept_trace *x = *(const struct kept_trace *const *)a;
	const struct kept_trace *y = *(const struct kept_trace *const *)b;

	if (x->duration_ns != y->duration_ns)
		return x->duration_ns > y->duration_ns ? -1 : 1;
	return x < y ? -1 : x > y;
}

static void append_shelf(struct json_writer *writer, const struct trace_shelf *shelf,
			 const char *word)
{
	const struct kept_trace *sorted[MAX_SHELF_TRACES];

	for (uint32_t i = 0; i < shelf->count; i++)
		sorted[i] = &shelf->traces[i];
	qsort(sorted, shelf->count, sizeof(sorted[0]), compare_durations);
	for (uint32_t i = 0; i < shelf->count; i++) {
		json_writer_begin(writer, '{');
		report_text_set(writer, "why", view_of_text(word));
		json_writer_key(writer, "trace");
		byte_buffer_append(writer->buffer, view_of(sorted[i]->json, sorted[i]->json_bytes));
		writer->needs_comma = true;
		json_writer_end(writer, '}');
	}
}

void kept_traces_append(struct json_writer *writer, const void *kept_traces)
{
	const struct kept_traces *kept = kept_traces;

	json_writer_begin(writer, '{');
	report_text_set_number(writer, "seen", kept->seen_count);
	report_text_set_number(writer, "failed", kept->failed_count);
	report_text_set_number(writer, "max_of_a_kind", MAX_SHELF_TRACES);
	report_text_set_number(writer, "max_of_an_operation", MAX_SHELF_SAME);
	json_writer_key(writer, "kept");
	json_writer_begin(writer, '[');
	for (int i = 0; i < KEPT_SHELVES_COUNT; i++)
		append_shelf(writer, &kept->shelves[i], reason_words[i]);
	json_writer_end(writer, ']');
	json_writer_end(writer, '}');
}
