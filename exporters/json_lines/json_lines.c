/* One line per item. A line that cannot be written is counted and told; the next item is tried all
 * the same. */
#include "exporters/json_lines/json_lines.h"

#include <errno.h>
#include <stdio.h>
#include "base/cleanup.h"
#include "exporters/exporter.h"
#include "exporters/json_lines/otlp_json.h"
#include "exporters/json_lines/profile_json.h"
#include "exporters/output_file.h"

/* A segment's arena is at most 4 MiB; as JSON it may be a few times that. */
#define MAX_LINE_BYTES 33554432

/* What is kept between lines. */
#define USUAL_LINE_BYTES 1048576

struct json_lines {
	struct exporter exporter; /* first: the handle */
	struct output_file *file;
	struct byte_buffer line;
};

static void export_item(struct json_lines *lines, const struct item *item,
			struct export_result *ret_result)
{
	byte_buffer_clear(&lines->line);
	if (item->kind == ITEM_CRASH)
		otlp_json_append_crash(&lines->line, item->crash);
	else if (item->kind == ITEM_PROFILE)
		profile_json_append(&lines->line, item->profile);
	else
		otlp_json_append(&lines->line, item->segment);
	if (lines->line.is_failed) {
		ret_result->rejected_count++;
		ret_result->reason = DROP_TOO_LARGE;
		snprintf(ret_result->message, sizeof(ret_result->message),
			 "an item makes a JSON line larger than %d bytes", MAX_LINE_BYTES);
	} else if (output_file_write(lines->file, byte_buffer_view(&lines->line),
				     ret_result->message, sizeof(ret_result->message)) < 0) {
		ret_result->rejected_count++;
		ret_result->reason = DROP_OUTPUT_FAILED;
	}
	if (lines->line.capacity > USUAL_LINE_BYTES)
		byte_buffer_done(&lines->line);
}

static void export_batch(struct exporter *exporter, const struct batch *batch,
			 struct export_result *ret_result)
{
	struct json_lines *lines = (struct json_lines *)exporter;

	*ret_result = (struct export_result){.outcome = EXPORT_SENT};
	for (uint32_t i = 0; i < batch->count; i++)
		export_item(lines, batch->items[i], ret_result);
	if (batch->count && ret_result->rejected_count == batch->count) {
		ret_result->outcome = EXPORT_DROPPED;
		ret_result->rejected_count = 0;
	}
}

static void close_exporter(struct exporter **exporter)
{
	struct json_lines *lines = (struct json_lines *)*exporter;

	if (!lines)
		return;
	output_file_free(&lines->file);
	byte_buffer_done(&lines->line);
	free(lines);
	*exporter = NULL;
}

static const struct exporter_ops json_lines_ops = {
	.name = "json_lines",
	.export = export_batch,
	.close = close_exporter,
	.is_local = true,
	.wanted_kinds = ITEM_BIT(ITEM_SEGMENT) | ITEM_BIT(ITEM_CRASH) | ITEM_BIT(ITEM_PROFILE),
};

int json_lines_new(struct exporter **ret, const char *path, char *ret_error, size_t error_size)
{
	struct json_lines *lines = calloc(1, sizeof(*lines));
	int err;

	if (!lines) {
		snprintf(ret_error, error_size, "out of memory");
		return -ENOMEM;
	}
	lines->exporter.ops = &json_lines_ops;
	byte_buffer_init(&lines->line, MAX_LINE_BYTES);
	err = output_file_new(&lines->file, path, ret_error, error_size);
	if (err < 0) {
		struct exporter *exporter = &lines->exporter;

		close_exporter(&exporter);
		return err;
	}
	*ret = &lines->exporter;
	return 0;
}
