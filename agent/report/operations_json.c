/* The quantiles are the histogram's own, the terminal's and the report's alike; the bars are for
 * drawing. */
#include "report/operations_json.h"

#include "overview/operation_table.h"
#include "report/report_text.h"

static void append_bars(struct json_writer *writer, const struct histogram *durations)
{
	struct histogram_bar bars[HISTOGRAM_BARS];
	unsigned int count = histogram_bars(durations, bars);

	json_writer_key(writer, "bars");
	json_writer_begin(writer, '[');
	for (unsigned int i = 0; i < count; i++) {
		json_writer_begin(writer, '[');
		json_writer_integer(writer, (int64_t)bars[i].from_ns);
		json_writer_integer(writer, (int64_t)bars[i].count);
		json_writer_end(writer, ']');
	}
	json_writer_end(writer, ']');
}

static void append_row(struct json_writer *writer, const struct operation_row *row)
{
	const struct histogram *durations = &row->operation->durations;

	json_writer_begin(writer, '{');
	report_text_set(writer, "service", operation_table_service(row->key));
	report_text_set(writer, "kind", view_of_text(operation_table_kind_word(row->key->kind)));
	report_text_set(writer, "name", operation_table_name(row->key));
	report_text_set_truth(writer, "is_rest", row->key->kind == 0);
	report_text_set_number(writer, "count", durations->count);
	report_text_set_number(writer, "errors", row->operation->errors);
	report_text_set_number(writer, "p50", histogram_quantile(durations, 0.5));
	report_text_set_number(writer, "p95", histogram_quantile(durations, 0.95));
	report_text_set_number(writer, "p99", histogram_quantile(durations, 0.99));
	report_text_set_number(writer, "max", durations->max_ns);
	report_text_set_number(writer, "sum", durations->sum_ns);
	append_bars(writer, durations);
	json_writer_end(writer, '}');
}

void operations_json_append(struct json_writer *writer, const void *operation_table)
{
	struct operation_row rows[MAX_OPERATIONS + 1];
	size_t count = operation_table_rows(operation_table, rows);

	json_writer_begin(writer, '[');
	for (size_t i = 0; i < count; i++)
		append_row(writer, &rows[i]);
	json_writer_end(writer, ']');
}
