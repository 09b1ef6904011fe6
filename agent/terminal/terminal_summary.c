/* The table of operations as lines. Rates are over the time the spans themselves cover, so that a
 * replayed recording tells the same as the run it was made of. */
#include "terminal/terminal_summary.h"

#include <errno.h>
#include <stdio.h>
#include "base/cleanup.h"
#include "terminal/terminal_quantity.h"
#include "terminal/terminal_line.h"

#define COUNT_COLUMNS       8
#define ERRORS_COLUMNS      7
#define RATE_COLUMNS        8
#define TIME_COLUMNS        8
#define NUMBERS_COLUMNS     (COUNT_COLUMNS + ERRORS_COLUMNS + RATE_COLUMNS + 4 * TIME_COLUMNS)
#define WIDE_FROM           100 /* then service and kind have columns of their own */
#define MAX_SERVICE_COLUMNS 24
#define KIND_COLUMNS        9

struct terminal_summary {
	struct operation_table table;
};

/* What the printing passes along. */
struct table {
	const struct operation_table *operations;
	const struct terminal_style *style;
	struct byte_buffer *out;
	size_t service_columns;
	double seconds;
};

int terminal_summary_new(struct terminal_summary **ret)
{
	struct terminal_summary *summary = calloc(1, sizeof(*summary));
	int err;

	if (!summary)
		return -ENOMEM;
	err = operation_table_init(&summary->table);
	if (err < 0) {
		free(summary);
		return err;
	}
	*ret = summary;
	return 0;
}

void terminal_summary_free(struct terminal_summary **summary)
{
	if (!*summary)
		return;
	operation_table_done(&(*summary)->table);
	free(*summary);
	*summary = NULL;
}

void terminal_summary_add(struct terminal_summary *summary, const struct segment *segment)
{
	operation_table_add(&summary->table, segment);
}

static bool is_wide(const struct terminal_style *style)
{
	return style->width >= WIDE_FROM;
}

static size_t label_columns(const struct terminal_style *style)
{
	return style->width > NUMBERS_COLUMNS + 12 ? style->width - NUMBERS_COLUMNS : 12;
}

static void print_label(struct terminal_line *line, const struct table *table,
			const struct operation_key *key)
{
	struct view service = operation_table_service(key);

	line->limit = label_columns(table->style);
	if (is_wide(table->style)) {
		line->limit = table->service_columns;
		terminal_line_text(line, COLOUR_CYAN, service);
		line->limit = label_columns(table->style);
		terminal_line_pad(line, table->service_columns + 2);
		terminal_line_text(line, COLOUR_DIM,
				   view_of_text(operation_table_kind_word(key->kind)));
		terminal_line_pad(line, table->service_columns + 2 + KIND_COLUMNS);
	} else {
		line->limit /= 2;
		terminal_line_text(line, COLOUR_CYAN, service);
		line->limit = label_columns(table->style);
		terminal_line_text(line, COLOUR_PLAIN, VIEW_LITERAL(" "));
		if (key->kind == SPAN_CLIENT)
			terminal_line_text(line, COLOUR_DIM,
					   view_of_text(table->style->is_utf8 ? "→ " : "> "));
	}
	terminal_line_text(line, COLOUR_PLAIN, operation_table_name(key));
	line->limit = table->style->width;
	terminal_line_pad(line, label_columns(table->style));
}

static void print_number(struct terminal_line *line, enum terminal_colour colour, size_t columns,
			 uint64_t number)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	terminal_line_right(line, colour, columns, view_of_text(text));
}

static void print_operation(const struct table *table, const struct operation_key *key,
			    const struct operation *operation)
{
	static const double quantiles[] = {0.5, 0.95, 0.99, 1};
	const struct histogram *durations = &operation->durations;
	struct terminal_line line;
	char text[QUANTITY_BYTES];

	terminal_line_begin(&line, table->style, table->out);
	print_label(&line, table, key);
	print_number(&line, COLOUR_PLAIN, COUNT_COLUMNS, durations->count);
	print_number(&line, operation->errors ? COLOUR_RED : COLOUR_DIM, ERRORS_COLUMNS,
		     operation->errors);
	terminal_line_right(&line, COLOUR_PLAIN, RATE_COLUMNS,
			    view_of_text(terminal_quantity_rate(
				    (double)durations->count / table->seconds, text)));
	for (int i = 0; i < 4; i++) {
		uint64_t value =
			i < 3 ? histogram_quantile(durations, quantiles[i]) : durations->max_ns;

		terminal_line_right(&line, i == 0 ? COLOUR_BOLD : COLOUR_PLAIN, TIME_COLUMNS,
				    view_of_text(terminal_quantity_duration(
					    value, table->style->is_utf8, text)));
	}
	terminal_line_end(&line);
}

static void print_heading(const struct table *table)
{
	static const struct {
		const char *word;
		size_t columns;
	} headings[] = {
		{"count", COUNT_COLUMNS}, {"errors", ERRORS_COLUMNS}, {"rate", RATE_COLUMNS},
		{"p50", TIME_COLUMNS},    {"p95", TIME_COLUMNS},      {"p99", TIME_COLUMNS},
		{"max", TIME_COLUMNS},
	};
	struct terminal_line line;

	terminal_line_begin(&line, table->style, table->out);
	if (is_wide(table->style)) {
		terminal_line_text(&line, COLOUR_DIM, VIEW_LITERAL("service"));
		terminal_line_pad(&line, table->service_columns + 2);
		terminal_line_text(&line, COLOUR_DIM, VIEW_LITERAL("kind"));
		terminal_line_pad(&line, table->service_columns + 2 + KIND_COLUMNS);
	}
	terminal_line_text(&line, COLOUR_DIM, VIEW_LITERAL("operation"));
	terminal_line_pad(&line, label_columns(table->style));
	for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++)
		terminal_line_right(&line, COLOUR_DIM, headings[i].columns,
				    view_of_text(headings[i].word));
	terminal_line_end(&line);
}

static void print_totals(const struct table *table, uint64_t traces_count)
{
	const struct operation_table *summary = table->operations;
	struct terminal_line line;
	char text[160], elapsed[QUANTITY_BYTES];

	(void)snprintf(text, sizeof(text), "%llu %s, %llu %s, %llu %s in %s",
		       (unsigned long long)traces_count, traces_count == 1 ? "trace" : "traces",
		       (unsigned long long)summary->spans, summary->spans == 1 ? "span" : "spans",
		       (unsigned long long)summary->errors,
		       summary->errors == 1 ? "error" : "errors",
		       terminal_quantity_duration(operation_table_elapsed_ns(summary),
						  table->style->is_utf8, elapsed));
	terminal_line_begin(&line, table->style, table->out);
	terminal_line_text(&line, COLOUR_PLAIN, view_of_text(text));
	terminal_line_end(&line);
}

static struct table prepare_table(const struct operation_table *operations,
				  const struct operation_row *rows, size_t count,
				  const struct terminal_style *style, struct byte_buffer *out)
{
	struct table table = {.operations = operations, .style = style, .out = out};

	table.seconds = (double)operation_table_elapsed_ns(operations) / 1e9;
	if (table.seconds < 1)
		table.seconds = 1; /* a rate out of a moment would mislead */
	table.service_columns = strlen("service");
	for (size_t i = 0; i < count; i++) {
		size_t width = terminal_line_width(style, operation_table_service(rows[i].key));

		if (width > table.service_columns)
			table.service_columns = width;
	}
	if (table.service_columns > MAX_SERVICE_COLUMNS)
		table.service_columns = MAX_SERVICE_COLUMNS;
	return table;
}

void terminal_summary_print_table(const struct operation_table *operations, uint64_t traces_count,
				  const struct terminal_style *style, struct byte_buffer *out)
{
	struct operation_row rows[MAX_OPERATIONS + 1];
	size_t count = operation_table_rows(operations, rows);
	struct table table = prepare_table(operations, rows, count, style, out);

	if (operations->spans) {
		print_heading(&table);
		for (size_t i = 0; i < count; i++)
			print_operation(&table, rows[i].key, rows[i].operation);
		byte_buffer_append_byte(out, '\n');
	}
	if (operations->spans || traces_count)
		print_totals(&table, traces_count);
}

void terminal_summary_print(const struct terminal_summary *summary, uint64_t traces_count,
			    const struct terminal_style *style, struct byte_buffer *out)
{
	terminal_summary_print_table(&summary->table, traces_count, style, out);
}
