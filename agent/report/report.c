/* Items go into the table of operations at once and into the collector; settled traces come out of
 * it, are added to the map of services and are kept or not. Crashes become text as they come. */
#include "report/report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/final_file.h"
#include "base/log.h"
#include "base/utf8.h"
#include "overview/operation_table.h"
#include "overview/trace_collector.h"
#include "report/crash_json.h"
#include "report/flame_section.h"
#include "report/kept_traces.h"
#include "report/operations_json.h"
#include "report/report_page.h"
#include "report/report_text.h"
#include "report/service_map.h"
#include "report/syscalls_json.h"

#define SETTLE_NS         (300 * NS_PER_MS)
#define OVERDUE_NS        (10 * NS_PER_S) /* a trace waits so long for a caller that was seen */
#define MAX_CRASHES_BYTES 600000u
#define MAX_KEPT_CRASHES  40

struct report {
	struct exporter exporter; /* first */
	struct report_settings settings;
	char subject[256];
	bool is_discarded;
	struct final_file *file;
	struct operation_table operations;
	struct trace_collector *collector;
	struct kept_traces traces;
	struct service_map services;
	struct flame_section flames;
	struct byte_buffer crashes; /* objects of a list, comma between them */
	uint32_t kept_crashes_count;
	uint64_t crashes_count, exceptions_count, segments_count;
	uint64_t first_error_ns, last_error_ns; /* of crashes and exceptions; 0: none */
	uint64_t lost_items;                    /* not reported yet */
	struct syscalls_section syscalls;
	char host[128];
};

static struct report *report_of(struct exporter *exporter)
{
	return (struct report *)exporter;
}

static uint64_t now_ns(const struct report *report)
{
	return report->settings.now_ns ? report->settings.now_ns() : clock_monotonic_ns();
}

static uint64_t ago(uint64_t now, uint64_t duration_ns)
{
	return now > duration_ns ? now - duration_ns : 0;
}

static void take_trace(struct report *report, struct collected_trace *trace)
{
	_cleanup_(trace_layout_free) struct trace_layout *layout = NULL;

	if (trace_layout_new(&layout, trace->items, trace->count) < 0 ||
	    service_map_add(&report->services, layout) < 0 ||
	    kept_traces_offer(&report->traces, layout) < 0)
		report->lost_items += trace->count;
	trace_collector_release(trace);
}

static void take_settled(struct report *report, uint64_t until_ns, uint64_t overdue_ns)
{
	struct collected_trace trace;

	while (trace_collector_take(report->collector, until_ns, overdue_ns, &trace))
		take_trace(report, &trace);
}

static void take_segment(struct report *report, struct item *item, uint64_t now)
{
	struct collected_trace trace;

	report->segments_count++;
	if (!item->segment->spans_count)
		return;
	operation_table_add(&report->operations, item->segment);
	if (report->settings.has_profile)
		flame_section_add_segment(&report->flames, item->segment);
	if (trace_collector_add(report->collector, item, now) < 0)
		report->lost_items++;
	while (trace_collector_is_full(report->collector) &&
	       trace_collector_take(report->collector, UINT64_MAX, UINT64_MAX, &trace))
		take_trace(report, &trace);
}

static void note_time(struct report *report, uint64_t unix_ns)
{
	if (!report->first_error_ns || unix_ns < report->first_error_ns)
		report->first_error_ns = unix_ns;
	if (unix_ns > report->last_error_ns)
		report->last_error_ns = unix_ns;
}

/* The first ones are told whole, as long as there is room. */
static void take_crash(struct report *report, const struct crash *crash)
{
	struct byte_buffer *crashes = &report->crashes;
	size_t room = MAX_CRASHES_BYTES - crashes->size, before = crashes->size;

	report->crashes_count += crash->kind != CRASH_EXCEPTION;
	report->exceptions_count += crash->kind == CRASH_EXCEPTION;
	note_time(report, crash->unix_ns);
	if (report->kept_crashes_count == MAX_KEPT_CRASHES || room <= MIN_CRASH_JSON_BYTES)
		return;
	room = room - 1 < MAX_CRASH_JSON_BYTES ? room - 1 : MAX_CRASH_JSON_BYTES;
	if (before)
		byte_buffer_append_byte(crashes, ',');
	if (crash_json_append(crashes, crash, room) < 0) {
		crashes->size = before;
		crashes->is_failed = false;
		report->lost_items++;
		return;
	}
	report->kept_crashes_count++;
}

static void take_profile(struct report *report, const struct profile *profile)
{
	if (flame_section_add_profile(&report->flames, profile) < 0)
		report->lost_items++;
}

static void note_host(struct report *report, const struct resource *resource)
{
	if (!report->host[0] && resource)
		(void)utf8_clean(resource->server_name, report->host, sizeof(report->host) - 1);
}

/* Losses come to light after their batch was accepted: each is counted with a later one. */
static void export_batch(struct exporter *exporter, const struct batch *batch,
			 struct export_result *ret_result)
{
	struct report *report = report_of(exporter);
	uint64_t now = now_ns(report);
	uint32_t rejected;

	for (uint32_t i = 0; i < batch->count; i++) {
		note_host(report, item_resource(batch->items[i]));
		if (batch->items[i]->kind == ITEM_CRASH)
			take_crash(report, batch->items[i]->crash);
		else if (batch->items[i]->kind == ITEM_SEGMENT)
			take_segment(report, batch->items[i], now);
		else if (batch->items[i]->kind == ITEM_PROFILE)
			take_profile(report, batch->items[i]->profile);
	}
	take_settled(report, ago(now, SETTLE_NS), ago(now, OVERDUE_NS));
	rejected = report->lost_items < batch->count ? (uint32_t)report->lost_items : batch->count;
	report->lost_items -= rejected;
	*ret_result = (struct export_result){
		.outcome = EXPORT_SENT, .rejected_count = rejected, .reason = DROP_OUTPUT_FAILED};
}

static void flush_traces(struct exporter *exporter)
{
	struct report *report = report_of(exporter);

	take_settled(report, UINT64_MAX, ago(now_ns(report), OVERDUE_NS));
}

/* The page's "summary". */
static void append_summary(struct json_writer *writer, const void *content)
{
	const struct report *report = content;
	const struct operation_table *operations = &report->operations;
	uint64_t begin = operations->spans ? operations->first_ns : report->first_error_ns;
	uint64_t end = operations->spans ? operations->last_ns : report->last_error_ns;

	if (operations->spans && report->last_error_ns) {
		begin = report->first_error_ns < begin ? report->first_error_ns : begin;
		end = report->last_error_ns > end ? report->last_error_ns : end;
	}
	json_writer_begin(writer, '{');
	report_text_set(writer, "version", VIEW_LITERAL(LIMPET_VERSION));
	report_text_set(writer, "command", view_of_text(report->settings.command));
	report_text_set(writer, "subject", view_of_text(report->subject));
	report_text_set(writer, "host", view_of_text(report->host));
	json_writer_key(writer, "start_unix_ns");
	json_writer_unsigned_text(writer, begin);
	report_text_set_number(writer, "duration", end > begin ? end - begin : 0);
	report_text_set_number(writer, "spans", operations->spans);
	report_text_set_number(writer, "segments", report->segments_count);
	report_text_set_number(writer, "traces", report->traces.seen_count);
	report_text_set_number(writer, "errors", operations->errors);
	report_text_set_number(writer, "crashes", report->crashes_count);
	report_text_set_number(writer, "exceptions", report->exceptions_count);
	report_text_set_number(writer, "lost",
			       report->settings.drops ? drops_lost(report->settings.drops) : 0);
	json_writer_end(writer, '}');
}

static void append_crashes(struct json_writer *writer, const void *content)
{
	const struct report *report = content;

	json_writer_begin(writer, '{');
	report_text_set_number(writer, "seen", report->crashes_count + report->exceptions_count);
	json_writer_key(writer, "kept");
	json_writer_begin(writer, '[');
	byte_buffer_append(writer->buffer, byte_buffer_view(&report->crashes));
	json_writer_end(writer, ']');
	json_writer_end(writer, '}');
}

static void append_drops(struct json_writer *writer, const void *drops)
{
	json_writer_begin(writer, '[');
	for (int i = 0; drops && i < DROP_REASONS_COUNT; i++) {
		enum drop_reason reason = (enum drop_reason)i;
		uint64_t count = drops_get(drops, reason);

		if (!count)
			continue;
		json_writer_begin(writer, '{');
		report_text_set(writer, "reason", view_of_text(drops_name(reason)));
		report_text_set(writer, "words", view_of_text(drops_words(reason)));
		report_text_set_number(writer, "count", count);
		report_text_set_truth(writer, "is_decision", drops_is_decision(reason));
		json_writer_end(writer, '}');
	}
	json_writer_end(writer, ']');
}

static void write_page(struct report *report)
{
	struct report_section sections[8] = {
		{"summary", append_summary, report},
		{"operations", operations_json_append, &report->operations},
		{"traces", kept_traces_append, &report->traces},
		{"services", service_map_append, &report->services},
		{"crashes", append_crashes, report},
		{"drops", append_drops, report->settings.drops},
	};
	size_t count = 6;
	_cleanup_(byte_buffer_done) struct byte_buffer page;
	char error[512];

	if (report->syscalls.calls)
		sections[count++] = (struct report_section){"syscalls", syscalls_json_append,
							    &report->syscalls};
	if (report->flames.profile) /* takes the room that is left */
		sections[count++] =
			(struct report_section){"profile", flame_section_append, &report->flames};
	byte_buffer_init(&page, MAX_PAGE_BYTES);
	report_page_append(&page, sections, count);
	if (page.is_failed)
		log_error("cannot write the report %s: out of memory",
			  final_file_name(report->file));
	else if (final_file_write(report->file, byte_buffer_view(&page), error, sizeof(error)) < 0)
		log_error("%s", error);
	else
		log_info("report: %s, %zu KB", final_file_name(report->file),
			 (page.size + 999) / 1000);
}

static void free_report(struct report *report)
{
	final_file_free(&report->file);
	if (report->collector)
		trace_collector_free(&report->collector);
	operation_table_done(&report->operations);
	service_map_done(&report->services);
	flame_section_done(&report->flames);
	kept_traces_done(&report->traces);
	byte_buffer_done(&report->crashes);
	free(report->syscalls.calls);
	free(report);
}

static void close_report(struct exporter **exporter)
{
	struct report *report = report_of(*exporter);

	take_settled(report, UINT64_MAX, UINT64_MAX);
	if (!report->is_discarded)
		write_page(report);
	free_report(report);
	*exporter = NULL;
}

void report_set_syscalls(struct exporter *exporter, const struct syscall_count *calls,
			 uint32_t count)
{
	struct report *report = report_of(exporter);

	free(report->syscalls.calls);
	report->syscalls = (struct syscalls_section){0};
	/* One too many: a page without rows still has the section. */
	report->syscalls.calls = calloc(count + 1, sizeof(*calls));
	if (!report->syscalls.calls)
		return;
	memcpy(report->syscalls.calls, calls, count * sizeof(*calls));
	report->syscalls.count = count;
}

void report_discard(struct exporter *exporter)
{
	report_of(exporter)->is_discarded = true;
}

static const struct exporter_ops report_ops = {
	.name = "report",
	.export = export_batch,
	.flush = flush_traces,
	.close = close_report,
	.is_local = true,
	.wanted_kinds = ITEM_BIT(ITEM_SEGMENT) | ITEM_BIT(ITEM_CRASH) | ITEM_BIT(ITEM_PROFILE),
};

int report_new(struct exporter **ret, const struct report_settings *settings, char *ret_error,
	       size_t error_size)
{
	struct report *report = calloc(1, sizeof(*report));
	int err;

	if (!report)
		return -ENOMEM;
	report->exporter.ops = &report_ops;
	report->settings = *settings;
	(void)utf8_clean(view_of_text(settings->subject), report->subject,
			 sizeof(report->subject) - 1);
	/* One crash more than has room is taken back, and no failure. */
	byte_buffer_init(&report->crashes, MAX_CRASHES_BYTES + 2 * (size_t)MAX_CRASH_JSON_BYTES);
	err = trace_collector_new(&report->collector);
	if (err == 0)
		err = operation_table_init(&report->operations);
	if (err == 0)
		err = service_map_init(&report->services);
	if (err == 0)
		err = flame_section_init(&report->flames, &report->traces, MAX_PAGE_BYTES);
	if (err == 0)
		err = final_file_new(&report->file,
				     (struct final_file_words){"the report", "--html"},
				     settings->path, ret_error, error_size);
	if (err < 0) {
		free_report(report);
		return err;
	}
	*ret = &report->exporter;
	return 0;
}
