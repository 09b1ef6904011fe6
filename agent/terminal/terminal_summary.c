/*
 * One row per operation in a bounded map. Rates are over the time the spans themselves cover, so
 * that a replayed recording tells the same as the run it was made of.
 */
#include "terminal/terminal_summary.h"

#include <errno.h>
#include <stdio.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/hash_map.h"
#include "base/histogram.h"
#include "terminal/span_system.h"
#include "terminal/terminal_quantity.h"
#include "terminal/terminal_line.h"

#define SERVICE_BYTES       64
#define NAME_BYTES          128
#define COUNT_COLUMNS       8
#define ERRORS_COLUMNS      7
#define RATE_COLUMNS        8
#define TIME_COLUMNS        8
#define NUMBERS_COLUMNS     (COUNT_COLUMNS + ERRORS_COLUMNS + RATE_COLUMNS + 4 * TIME_COLUMNS)
#define WIDE_FROM           100 /* then service and kind have columns of their own */
#define MAX_SERVICE_COLUMNS 24
#define KIND_COLUMNS        9

struct operation_key {
	char service[SERVICE_BYTES]; /* zero-padded, cut */
	char name[NAME_BYTES];
	uint32_t kind;
};

struct operation {
	uint64_t errors;
	struct histogram durations;
};

struct terminal_summary {
	struct hash_map *operations;
	struct operation other;
	uint64_t spans, errors;
	uint64_t first_ns, last_ns;
};

/* What the printing passes along. */
struct table {
	const struct terminal_summary *summary;
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
	summary->first_ns = UINT64_MAX;
	err = hash_map_new(&summary->operations, sizeof(struct operation_key),
			   sizeof(struct operation), MAX_SUMMARY_OPERATIONS);
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
	hash_map_free(&(*summary)->operations);
	free(*summary);
	*summary = NULL;
}

static void add_span(struct terminal_summary *summary, const struct resource *resource,
		     const struct span *span)
{
	struct view service = view_take(resource->service_name, SERVICE_BYTES);
	struct view system = view_take(span_system(span), NAME_BYTES / 2);
	size_t before = system.size ? system.size + 1 : 0;
	struct view name = view_take(span->name, NAME_BYTES - before);
	struct operation_key key = {.kind = span->kind};
	struct operation *operation;

	if (service.size)
		memcpy(key.service, service.bytes, service.size);
	if (system.size) {
		memcpy(key.name, system.bytes, system.size);
		key.name[system.size] = ' ';
	}
	if (name.size)
		memcpy(key.name + before, name.bytes, name.size);
	operation = hash_map_add(summary->operations, &key, NULL);
	if (!operation)
		operation = &summary->other;
	histogram_add(&operation->durations, span->end_unix_ns > span->start_unix_ns
						     ? span->end_unix_ns - span->start_unix_ns
						     : 0);
	operation->errors += span->status == STATUS_ERROR;
	summary->errors += span->status == STATUS_ERROR;
	summary->spans++;
	if (span->start_unix_ns < summary->first_ns)
		summary->first_ns = span->start_unix_ns;
	if (span->end_unix_ns > summary->last_ns)
		summary->last_ns = span->end_unix_ns;
}

void terminal_summary_add(struct terminal_summary *summary, const struct segment *segment)
{
	for (uint32_t i = 0; i < segment->spans_count; i++)
		add_span(summary, segment->resource, segment->spans[i]);
}

static struct view field_view(const char *field, size_t size)
{
	return view_of(field, strnlen(field, size));
}

static const char *kind_word(uint32_t kind)
{
	static const char *const words[] = {
		[SPAN_INTERNAL] = "internal", [SPAN_SERVER] = "server",
		[SPAN_CLIENT] = "client",     [SPAN_PRODUCER] = "producer",
		[SPAN_CONSUMER] = "consumer",
	};

	return kind < sizeof(words) / sizeof(words[0]) && words[kind] ? words[kind] : "";
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
	struct view service = field_view(key->service, SERVICE_BYTES);

	line->limit = label_columns(table->style);
	if (is_wide(table->style)) {
		line->limit = table->service_columns;
		terminal_line_text(line, COLOUR_CYAN, service);
		line->limit = label_columns(table->style);
		terminal_line_pad(line, table->service_columns + 2);
		terminal_line_text(line, COLOUR_DIM, view_of_text(kind_word(key->kind)));
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
	terminal_line_text(line, COLOUR_PLAIN, field_view(key->name, NAME_BYTES));
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

static int compare_total_time(const void *a, const void *b)
{
	const struct operation *x = *(struct operation *const *)a;
	const struct operation *y = *(struct operation *const *)b;

	if (x->durations.sum_ns != y->durations.sum_ns)
		return x->durations.sum_ns > y->durations.sum_ns ? -1 : 1;
	return 0;
}

static void print_totals(const struct table *table, uint64_t traces_count)
{
	const struct terminal_summary *summary = table->summary;
	struct terminal_line line;
	char text[160], elapsed[QUANTITY_BYTES];

	(void)snprintf(text, sizeof(text), "%llu %s, %llu %s, %llu %s in %s",
		       (unsigned long long)traces_count, traces_count == 1 ? "trace" : "traces",
		       (unsigned long long)summary->spans, summary->spans == 1 ? "span" : "spans",
		       (unsigned long long)summary->errors,
		       summary->errors == 1 ? "error" : "errors",
		       terminal_quantity_duration(summary->last_ns > summary->first_ns
							  ? summary->last_ns - summary->first_ns
							  : 0,
						  table->style->is_utf8, elapsed));
	terminal_line_begin(&line, table->style, table->out);
	terminal_line_text(&line, COLOUR_PLAIN, view_of_text(text));
	terminal_line_end(&line);
}

static struct table prepare_table(const struct terminal_summary *summary,
				  const struct terminal_style *style, struct byte_buffer *out)
{
	struct table table = {.summary = summary, .style = style, .out = out};
	const struct operation *operation;
	void *cursor = NULL;

	table.seconds = summary->last_ns > summary->first_ns
				? (double)(summary->last_ns - summary->first_ns) / 1e9
				: 0;
	if (table.seconds < 1)
		table.seconds = 1; /* a rate out of a moment would mislead */
	table.service_columns = strlen("service");
	while ((operation = hash_map_next(summary->operations, &cursor))) {
		const struct operation_key *key = hash_map_key(summary->operations, operation);
		size_t width = terminal_line_width(style, field_view(key->service, SERVICE_BYTES));

		if (width > table.service_columns)
			table.service_columns = width;
	}
	if (table.service_columns > MAX_SERVICE_COLUMNS)
		table.service_columns = MAX_SERVICE_COLUMNS;
	return table;
}

void terminal_summary_print(const struct terminal_summary *summary, uint64_t traces_count,
			    const struct terminal_style *style, struct byte_buffer *out)
{
	static const struct operation_key other = {.name = "other"};
	struct operation *sorted[MAX_SUMMARY_OPERATIONS], *operation;
	struct table table = prepare_table(summary, style, out);
	void *cursor = NULL;
	size_t count = 0;

	if (summary->spans) {
		while (count < MAX_SUMMARY_OPERATIONS &&
		       (operation = hash_map_next(summary->operations, &cursor)))
			sorted[count++] = operation;
		qsort(sorted, count, sizeof(sorted[0]), compare_total_time);
		print_heading(&table);
		for (size_t i = 0; i < count; i++)
			print_operation(&table, hash_map_key(summary->operations, sorted[i]),
					sorted[i]);
		if (summary->other.durations.count)
			print_operation(&table, &other, &summary->other);
		byte_buffer_append_byte(out, '\n');
	}
	if (summary->spans || traces_count)
		print_totals(&table, traces_count);
}
