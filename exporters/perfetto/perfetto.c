/* One write per item. The bracket that ends the array is written by close; without it the viewers
 * read what there is. */
#include "exporters/perfetto/perfetto.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "exporters/exporter.h"
#include "exporters/output_file.h"
#include "exporters/perfetto/sample_events.h"
#include "exporters/perfetto/span_events.h"

#define MAX_EVENTS_BYTES   (256u << 20) /* of one item */
#define USUAL_EVENTS_BYTES (1u << 20)

struct perfetto {
	struct exporter exporter; /* first: the handle */
	struct output_file *file;
	struct byte_buffer buffer;
	struct trace_events events;
	struct span_lanes lanes;
	uint64_t next_id;
	bool has_written;
};

static int append_item(struct perfetto *perfetto, const struct item *item)
{
	int err = 0;

	if (item->kind == ITEM_PROFILE)
		err = sample_events_append(&perfetto->events, item->profile, &perfetto->next_id);
	else
		span_events_append(&perfetto->events, &perfetto->lanes, item->segment);
	return perfetto->buffer.is_failed ? -EMSGSIZE : err;
}

/* A part of an item would be no JSON: all of it or nothing. */
static void export_item(struct perfetto *perfetto, const struct item *item,
			struct export_result *ret_result)
{
	bool had_begun = perfetto->events.has_begun;
	int err;

	byte_buffer_clear(&perfetto->buffer);
	err = append_item(perfetto, item);
	if (err < 0) {
		perfetto->events.has_begun = had_begun;
		ret_result->rejected_count++;
		ret_result->reason = DROP_TOO_LARGE;
	} else if (perfetto->buffer.size) {
		err = perfetto->has_written ? 0 : output_file_restart(perfetto->file);
		perfetto->has_written = true;
		if (err < 0 ||
		    output_file_write(perfetto->file, byte_buffer_view(&perfetto->buffer),
				      ret_result->message, sizeof(ret_result->message)) < 0) {
			ret_result->rejected_count++;
			ret_result->reason = DROP_OUTPUT_FAILED;
		}
	}
	if (perfetto->buffer.capacity > USUAL_EVENTS_BYTES)
		byte_buffer_done(&perfetto->buffer);
}

static void export_batch(struct exporter *exporter, const struct batch *batch,
			 struct export_result *ret_result)
{
	struct perfetto *perfetto = (struct perfetto *)exporter;

	*ret_result = (struct export_result){.outcome = EXPORT_SENT};
	for (uint32_t i = 0; i < batch->count; i++)
		export_item(perfetto, batch->items[i], ret_result);
	if (batch->count && ret_result->rejected_count == batch->count) {
		ret_result->outcome = EXPORT_DROPPED;
		ret_result->rejected_count = 0;
	}
}

static void close_exporter(struct exporter **exporter)
{
	struct perfetto *perfetto = (struct perfetto *)*exporter;
	char error[256];

	if (!perfetto)
		return;
	if (perfetto->has_written)
		(void)output_file_write(perfetto->file, VIEW_LITERAL("\n]\n"), error,
					sizeof(error));
	output_file_free(&perfetto->file);
	byte_buffer_done(&perfetto->buffer);
	span_lanes_done(&perfetto->lanes);
	free(perfetto);
	*exporter = NULL;
}

static const struct exporter_ops perfetto_ops = {
	.name = "perfetto",
	.export = export_batch,
	.close = close_exporter,
	.is_local = true,
	.wanted_kinds = ITEM_BIT(ITEM_SEGMENT) | ITEM_BIT(ITEM_PROFILE),
};

int perfetto_new(struct exporter **ret, const char *path, char *ret_error, size_t error_size)
{
	struct perfetto *perfetto = calloc(1, sizeof(*perfetto));
	struct exporter *exporter = perfetto ? &perfetto->exporter : NULL;
	int err;

	(void)snprintf(ret_error, error_size, "out of memory");
	if (!perfetto)
		return -ENOMEM;
	exporter->ops = &perfetto_ops;
	byte_buffer_init(&perfetto->buffer, MAX_EVENTS_BYTES);
	perfetto->events.buffer = &perfetto->buffer;
	perfetto->next_id = 1;
	err = span_lanes_init(&perfetto->lanes);
	if (err == 0)
		err = output_file_new(&perfetto->file, path, ret_error, error_size);
	if (err < 0) {
		close_exporter(&exporter);
		return err;
	}
	*ret = exporter;
	return 0;
}
