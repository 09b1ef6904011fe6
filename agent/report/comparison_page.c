/* Both profiles are one tree on the page: its boxes have two times, before and after. */
#include "report/comparison_page.h"

#include "report/flame_columns.h"
#include "report/report_page.h"
#include "report/report_text.h"

#define MAX_BOXES_BYTES 1500000u
#define FINEST          12000
#define COARSEST        64

static void append_side(struct json_writer *writer, const char *key,
			const struct operation *operation)
{
	if (!operation)
		return;
	json_writer_key(writer, key);
	json_writer_begin(writer, '{');
	report_text_set_number(writer, "count", operation->durations.count);
	report_text_set_number(writer, "errors", operation->errors);
	report_text_set_number(writer, "p50", histogram_quantile(&operation->durations, 0.5));
	report_text_set_number(writer, "p95", histogram_quantile(&operation->durations, 0.95));
	report_text_set_number(writer, "sum", operation->durations.sum_ns);
	json_writer_end(writer, '}');
}

static void append_operations(struct json_writer *writer, const struct run_comparison *comparison)
{
	json_writer_key(writer, "operations");
	json_writer_begin(writer, '[');
	for (size_t i = 0; i < comparison->operations_count; i++) {
		const struct operation_change *row = &comparison->operations[i];

		json_writer_begin(writer, '{');
		report_text_set(writer, "change", view_of_text(run_comparison_word(row->change)));
		report_text_set_truth(writer, "is_slower", row->is_slower);
		report_text_set_truth(writer, "is_faster", row->is_faster);
		report_text_set_truth(writer, "is_few", row->is_few);
		report_text_set(writer, "service", operation_table_service(row->key));
		report_text_set(writer, "kind",
				view_of_text(operation_table_kind_word(row->key->kind)));
		report_text_set(writer, "name", operation_table_name(row->key));
		append_side(writer, "before", row->before);
		append_side(writer, "after", row->after);
		json_writer_end(writer, '}');
	}
	json_writer_end(writer, ']');
}

static void append_errors(struct json_writer *writer, const struct run_comparison *comparison)
{
	json_writer_key(writer, "errors");
	json_writer_begin(writer, '[');
	for (size_t i = 0; i < comparison->errors_count; i++) {
		const struct error_change *row = &comparison->errors[i];

		json_writer_begin(writer, '{');
		report_text_set(writer, "change", view_of_text(run_comparison_word(row->change)));
		report_text_set(
			writer, "text",
			view_of(row->key->text, strnlen(row->key->text, sizeof(row->key->text))));
		report_text_set_truth(writer, "is_crash", row->key->is_crash);
		report_text_set_number(writer, "before", row->before);
		report_text_set_number(writer, "after", row->after);
		json_writer_end(writer, '}');
	}
	json_writer_end(writer, ']');
}

static void append_run(struct json_writer *writer, const char *key, struct view name,
		       const struct run_digest *digest)
{
	json_writer_key(writer, key);
	json_writer_begin(writer, '{');
	report_text_set(writer, "name", name);
	report_text_set_number(writer, "spans", digest->operations.spans);
	report_text_set_number(writer, "errors", digest->operations.errors);
	report_text_set_number(writer, "crashes", digest->crashes);
	report_text_set_number(writer, "exceptions", digest->exceptions);
	report_text_set_number(writer, "duration", operation_table_elapsed_ns(&digest->operations));
	json_writer_end(writer, '}');
}

static void append_comparison(struct json_writer *writer, const void *content)
{
	const struct comparison_page *page = content;

	json_writer_begin(writer, '{');
	report_text_set(writer, "version", VIEW_LITERAL(LIMPET_VERSION));
	append_run(writer, "before", page->before, page->comparison->before);
	append_run(writer, "after", page->after, page->comparison->after);
	append_operations(writer, page->comparison);
	append_errors(writer, page->comparison);
	json_writer_end(writer, '}');
}

/* As fine as there is room for. */
static void append_difference(struct json_writer *writer, const void *content)
{
	const struct flame_tree *tree =
		((const struct comparison_page *)content)->comparison->flames;
	const struct flame_weight *whole = &tree->nodes[FLAME_ROOT].total;
	size_t limit = writer->buffer->size + MAX_BOXES_BYTES;

	json_writer_begin(writer, '{');
	/* A sample is a microsecond of before here. */
	report_text_set_number(writer, "samples", whole->samples);
	report_text_set_number(writer, "on", whole->samples * 1000);
	report_text_set_number(writer, "off", whole->off_ns);
	for (uint64_t narrowest = FINEST; narrowest >= FINEST / COARSEST; narrowest /= 2) {
		struct report_mark mark = report_text_mark(writer);

		if (flame_columns_append(writer, tree, narrowest) == 0 &&
		    report_text_keep(writer, mark, limit))
			break;
		(void)report_text_keep(writer, mark, 0);
	}
	json_writer_end(writer, '}');
}

void comparison_page_append(struct byte_buffer *page, const struct comparison_page *content)
{
	const struct report_section sections[] = {
		{"comparison", append_comparison, content},
		{"difference", append_difference, content},
	};

	report_page_append(page, sections, content->comparison->flames ? 2 : 1);
}
