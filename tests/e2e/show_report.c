/*
 * A page of made-up happenings for test_report_page.py: ordinary requests and crashes, and the same
 * with names that a hostile program would have. usage: show_report FILE TRACES
 */
#include <stdio.h>
#include <stdlib.h>
#include "hostile_names.h"
#include "report/report.h"
#include "sample_crash.h"
#include "sample_exception.h"
#include "sample_segment.h"

#define START_NS 1767607212000000000ull

static struct exporter *exporter;

static void send_item(struct item *item)
{
	struct batch batch = {.kind = item->kind, .items = &item, .count = 1};
	struct export_result result;

	exporter->ops->export(exporter, &batch, &result);
	item_release(&item);
}

/* Mostly fast, now and then slow; every tenth is well. */
static struct segment *make_segment(int i)
{
	struct segment *segment = sample_segment(START_NS + (uint64_t)i * 7000000);
	struct span *root = segment_root(segment);
	uint64_t slower_ns = (uint64_t)(i * 37 % 101) * 400000 + (i % 50 == 0 ? 300000000 : 0);

	root->end_unix_ns += slower_ns;
	attribute_set_static(&segment->spans[2]->attributes, &segment->arena, "server.address",
			     "payments.internal");
	attribute_set_integer(&segment->spans[2]->attributes, &segment->arena, "server.port", 8443);
	attribute_set_static(&segment->spans[1]->attributes, &segment->arena, "server.address",
			     "stock.internal");
	if (i % 10)
		segment->spans[1]->status = STATUS_UNSET;
	return segment;
}

static void send_segment(struct segment *segment)
{
	struct item *item;

	if (item_new_segment(&item, &segment) == 0)
		send_item(item);
}

static void rename_all(struct segment *segment, struct view name)
{
	for (uint32_t i = 0; i < segment->spans_count; i++) {
		struct span *span = segment->spans[i];

		span->name = name;
		span->status_message = name;
		attribute_set_string(&span->attributes, &segment->arena, "url.path", name);
		attribute_set_string(&span->attributes, &segment->arena, "server.address", name);
	}
	segment->resource->service_name = name;
}

static void rename_crash(struct crash *crash, struct view name)
{
	crash->type = crash->cause = crash->process_name = name;
	crash->trace.transaction = name;
	crash->resource->service_name = name;
	for (uint32_t i = 0; i < crash->threads_count; i++) {
		crash->threads[i].name = name;
		for (uint32_t j = 0; j < crash->threads[i].frames_count; j++)
			crash->threads[i].frames[j].function = crash->threads[i].frames[j].file =
				name;
	}
	for (uint32_t i = 0; i < crash->images_count; i++)
		crash->images[i].path = name;
	for (uint32_t i = 0; i < crash->breadcrumbs_count; i++)
		crash->breadcrumbs[i].message = crash->breadcrumbs[i].category = name;
	for (uint32_t i = 0; i < crash->exceptions_count; i++) {
		crash->exceptions[i].type = crash->exceptions[i].value = name;
		for (uint32_t j = 0; j < crash->exceptions[i].frames_count; j++)
			crash->exceptions[i].frames[j].context_line =
				crash->exceptions[i].frames[j].function = name;
	}
}

static void send_crash(struct crash *crash)
{
	struct item *item;

	if (item_new_crash(&item, &crash) == 0)
		send_item(item);
}

int main(int argc, char **argv)
{
	struct drops drops = {0};
	struct report_settings settings = {
		.path = argv[1], .subject = "<b>shop</b>", .command = "run", .drops = &drops};
	int traces = argc > 2 ? atoi(argv[2]) : 0;
	const struct view *names;
	size_t count = hostile_names(&names);
	char error[512];

	if (argc != 3 || report_new(&exporter, &settings, error, sizeof(error)) < 0)
		return 1;
	drops_add(&drops, DROP_RING_FULL, 12345);
	for (int i = 0; i < traces; i++)
		send_segment(make_segment(i));
	send_crash(known_crash());
	send_crash(sample_exception(START_NS));
	for (size_t i = 0; i < count; i++) {
		struct segment *segment = make_segment(i % 2 ? 3 : 20);
		struct crash *crash = sample_crash(START_NS),
			     *exception = sample_exception(START_NS);

		rename_all(segment, names[i]);
		send_segment(segment);
		rename_crash(crash, names[i]);
		send_crash(crash);
		rename_crash(exception, names[i]);
		send_crash(exception);
	}
	exporter->ops->close(&exporter);
	return 0;
}
