/* A row is a line that says what it is about, and one with its numbers: it fits any terminal. */
#include "terminal/terminal_comparison.h"

#include <stdio.h>
#include "terminal/terminal_line.h"
#include "terminal/terminal_quantity.h"

#define MAX_ROWS       30 /* of operations, errors and functions each */
#define CHANGE_COLUMNS 8
#define SHARE_COLUMNS  9

struct printing {
	const struct terminal_style *style;
	struct byte_buffer *out;
};

static const char *arrow_of(const struct printing *printing)
{
	return printing->style->is_utf8 ? "→" : "->";
}

static enum terminal_colour colour_of(enum run_change change)
{
	switch (change) {
	case CHANGE_WORSE:
	case CHANGE_NEW:
		return COLOUR_RED;
	case CHANGE_BETTER:
		return COLOUR_GREEN;
	default:
		return COLOUR_DIM;
	}
}

static void begin_row(const struct printing *printing, struct terminal_line *line,
		      enum run_change change, const char *word)
{
	terminal_line_begin(line, printing->style, printing->out);
	terminal_line_text(line, colour_of(change), view_of_text(word));
	terminal_line_pad(line, CHANGE_COLUMNS);
}

static void print_line(const struct printing *printing, enum terminal_colour colour, size_t column,
		       const char *text)
{
	struct terminal_line line;

	terminal_line_begin(&line, printing->style, printing->out);
	terminal_line_pad(&line, column);
	terminal_line_text(&line, colour, view_of_text(text));
	terminal_line_end(&line);
}

/* " (+200 %)"; nothing where it is about the same, or from nothing. */
static void append_percent(char *text, size_t size, double before, double after)
{
	size_t used = strlen(text);
	double percent = before > 0 ? 100 * (after - before) / before : 0;

	if (percent >= 1 || percent <= -1)
		(void)snprintf(text + used, size - used, " (%+.0f %%)", percent);
}

static void append_times(const struct printing *printing, char *text, size_t size, const char *what,
			 uint64_t before_ns, uint64_t after_ns)
{
	char before[QUANTITY_BYTES], after[QUANTITY_BYTES];
	bool is_utf8 = printing->style->is_utf8;
	size_t used = strlen(text);

	(void)snprintf(text + used, size - used, ", %s %s %s %s", what,
		       terminal_quantity_duration(before_ns, is_utf8, before), arrow_of(printing),
		       terminal_quantity_duration(after_ns, is_utf8, after));
	append_percent(text, size, (double)before_ns, (double)after_ns);
}

static double percent_failed(const struct operation *operation)
{
	return operation->durations.count
		       ? 100 * (double)operation->errors / (double)operation->durations.count
		       : 0;
}

static void print_both(const struct printing *printing, const struct operation *before,
		       const struct operation *after)
{
	char text[256];

	(void)snprintf(text, sizeof(text), "count %llu %s %llu, failed %.1f %% %s %.1f %%",
		       (unsigned long long)before->durations.count, arrow_of(printing),
		       (unsigned long long)after->durations.count, percent_failed(before),
		       arrow_of(printing), percent_failed(after));
	append_times(printing, text, sizeof(text), "p50",
		     histogram_quantile(&before->durations, 0.5),
		     histogram_quantile(&after->durations, 0.5));
	append_times(printing, text, sizeof(text), "p95",
		     histogram_quantile(&before->durations, 0.95),
		     histogram_quantile(&after->durations, 0.95));
	print_line(printing, COLOUR_PLAIN, CHANGE_COLUMNS, text);
}

static void print_one(const struct printing *printing, const struct operation *operation)
{
	char text[160], p50[QUANTITY_BYTES], p95[QUANTITY_BYTES];
	bool is_utf8 = printing->style->is_utf8;

	(void)snprintf(text, sizeof(text), "count %llu, failed %.1f %%, p50 %s, p95 %s",
		       (unsigned long long)operation->durations.count, percent_failed(operation),
		       terminal_quantity_duration(histogram_quantile(&operation->durations, 0.5),
						  is_utf8, p50),
		       terminal_quantity_duration(histogram_quantile(&operation->durations, 0.95),
						  is_utf8, p95));
	print_line(printing, COLOUR_PLAIN, CHANGE_COLUMNS, text);
}

static const char *word_of(const struct operation_change *row)
{
	if (row->change == CHANGE_WORSE)
		return row->is_slower ? "slower" : "fails";
	if (row->change == CHANGE_BETTER)
		return row->is_faster ? "faster" : "better";
	return run_comparison_word(row->change);
}

static void print_operation(const struct printing *printing, const struct operation_change *row)
{
	struct terminal_line line;

	begin_row(printing, &line, row->change, word_of(row));
	terminal_line_text(&line, COLOUR_CYAN, operation_table_service(row->key));
	terminal_line_text(&line, COLOUR_PLAIN, VIEW_LITERAL(" "));
	terminal_line_text(&line, COLOUR_DIM,
			   view_of_text(operation_table_kind_word(row->key->kind)));
	terminal_line_text(&line, COLOUR_PLAIN, VIEW_LITERAL(" "));
	terminal_line_text(&line, COLOUR_BOLD, operation_table_name(row->key));
	terminal_line_end(&line);
	if (row->before && row->after)
		print_both(printing, row->before, row->after);
	else
		print_one(printing, row->before ? row->before : row->after);
}

static void print_rest(const struct printing *printing, const char *before, size_t count,
		       const char *after)
{
	char text[96];

	(void)snprintf(text, sizeof(text), "%s%zu %s", before, count, after);
	print_line(printing, COLOUR_DIM, 0, text);
}

static void print_unchanged(const struct printing *printing,
			    const struct run_comparison *comparison, size_t changed)
{
	size_t count = comparison->operations_count - changed, few = 0;

	for (size_t i = changed; i < comparison->operations_count; i++)
		few += comparison->operations[i].is_few;
	if (count > few)
		print_rest(printing, "", count - few,
			   count - few == 1 ? "operation as before" : "operations as before");
	if (few)
		print_rest(printing, "", few,
			   few == 1 ? "operation with too few requests to tell"
				    : "operations with too few requests to tell");
}

static void print_operations(const struct printing *printing,
			     const struct run_comparison *comparison)
{
	size_t changed = 0, shown;

	while (changed < comparison->operations_count &&
	       comparison->operations[changed].change != CHANGE_NONE)
		changed++;
	shown = changed < MAX_ROWS ? changed : MAX_ROWS;
	for (size_t i = 0; i < shown; i++)
		print_operation(printing, &comparison->operations[i]);
	if (changed > shown)
		print_rest(printing, "and ", changed - shown, "more that changed");
	print_unchanged(printing, comparison, changed);
}

static void print_errors(const struct printing *printing, const struct run_comparison *comparison)
{
	for (size_t i = 0; i < comparison->errors_count && i < MAX_ROWS; i++) {
		const struct error_change *row = &comparison->errors[i];
		struct terminal_line line;
		char counts[64];

		if (row->change == CHANGE_NONE)
			continue;
		begin_row(printing, &line, row->change, run_comparison_word(row->change));
		terminal_line_text(&line, COLOUR_DIM,
				   view_of_text(row->key->is_crash ? "crash " : "exception "));
		terminal_line_text(
			&line, COLOUR_BOLD,
			view_of(row->key->text, strnlen(row->key->text, sizeof(row->key->text))));
		(void)snprintf(counts, sizeof(counts), ", %llu %s %llu",
			       (unsigned long long)row->before, arrow_of(printing),
			       (unsigned long long)row->after);
		terminal_line_text(&line, COLOUR_PLAIN, view_of_text(counts));
		terminal_line_end(&line);
	}
}

static void print_functions(const struct printing *printing,
			    const struct run_comparison *comparison)
{
	if (!comparison->flames)
		return;
	byte_buffer_append_byte(printing->out, '\n');
	print_line(printing, COLOUR_PLAIN, 0,
		   comparison->functions_count
			   ? "Share of the time on the CPU, in functions:"
			   : "Time on the CPU: in the same functions as before");
	for (size_t i = 0; i < comparison->functions_count && i < MAX_ROWS; i++) {
		const struct function_change *row = &comparison->functions[i];
		double difference = 100 * (row->after - row->before);
		struct terminal_line line;
		char text[64];

		terminal_line_begin(&line, printing->style, printing->out);
		(void)snprintf(text, sizeof(text), "%+.1f %%", difference);
		terminal_line_right(&line, difference > 0 ? COLOUR_RED : COLOUR_GREEN,
				    SHARE_COLUMNS, view_of_text(text));
		terminal_line_text(&line, COLOUR_PLAIN, VIEW_LITERAL("  "));
		terminal_line_text(&line, COLOUR_BOLD, row->name->text);
		(void)snprintf(text, sizeof(text), "  %.1f %% %s %.1f %%", 100 * row->before,
			       arrow_of(printing), 100 * row->after);
		terminal_line_text(&line, COLOUR_DIM, view_of_text(text));
		terminal_line_end(&line);
	}
}

static void print_run(const struct printing *printing, const char *what, struct view name,
		      const struct run_digest *digest)
{
	struct terminal_line line;
	char text[160], elapsed[QUANTITY_BYTES];

	terminal_line_begin(&line, printing->style, printing->out);
	terminal_line_text(&line, COLOUR_DIM, view_of_text(what));
	terminal_line_pad(&line, CHANGE_COLUMNS);
	terminal_line_text(&line, COLOUR_PLAIN, name);
	(void)snprintf(
		text, sizeof(text), ": %llu %s, %llu failed, %llu %s, %llu %s in %s",
		(unsigned long long)digest->operations.spans,
		digest->operations.spans == 1 ? "span" : "spans",
		(unsigned long long)digest->operations.errors, (unsigned long long)digest->crashes,
		digest->crashes == 1 ? "crash" : "crashes", (unsigned long long)digest->exceptions,
		digest->exceptions == 1 ? "exception" : "exceptions",
		terminal_quantity_duration(operation_table_elapsed_ns(&digest->operations),
					   printing->style->is_utf8, elapsed));
	terminal_line_text(&line, COLOUR_PLAIN, view_of_text(text));
	terminal_line_end(&line);
}

void terminal_comparison_print(const struct run_comparison *comparison,
			       struct comparison_names names, const struct terminal_style *style,
			       struct byte_buffer *out)
{
	const struct printing printing = {style, out};

	print_run(&printing, "before", names.before, comparison->before);
	print_run(&printing, "after", names.after, comparison->after);
	byte_buffer_append_byte(out, '\n');
	print_operations(&printing, comparison);
	print_errors(&printing, comparison);
	print_functions(&printing, comparison);
}
