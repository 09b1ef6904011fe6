/*
 * What matters most comes first: the chain of exceptions, the crashed thread, breadcrumbs, the
 * other threads. A list ends where the room does, and says how much of it is left out.
 */
#include "report/crash_json.h"

#include <errno.h>
#include "report/crash_frames.h"
#include "report/report_text.h"

#define CLOSING_BYTES     1024u /* of brackets and counts when everything is full */
#define BREADCRUMBS_SHARE 4096u /* kept free by the stacks before them */
#define MAX_CAUSE_BYTES   400
#define MAX_VALUE_BYTES   1000

/* The writer and where its lists end. */
struct crash_page {
	struct json_writer writer;
	const struct crash *crash;
	size_t limit;
};

static void append_signal(struct json_writer *writer, const struct crash *crash)
{
	if (crash->signal_name)
		report_text_set(writer, "signal", view_of_text(crash->signal_name));
	if (crash->code_name)
		report_text_set(writer, "code", view_of_text(crash->code_name));
	if (crash->has_fault_address)
		report_text_set_address(writer, "fault_address", crash->fault_address);
	if (crash->sender_pid)
		report_text_set_number(writer, "sender_pid", crash->sender_pid);
	report_text_set(writer, "sender", crash->sender_name);
	if (crash->memory_limit_bytes) {
		report_text_set_number(writer, "memory_limit", crash->memory_limit_bytes);
		report_text_set_number(writer, "memory_usage", crash->memory_usage_bytes);
	}
	if (crash->kind == CRASH_EXIT || crash->kind == CRASH_FAULT)
		report_text_set_number(writer, "exit_status", (uint64_t)crash->exit_status);
}

static void append_request(struct json_writer *writer, const struct crash_trace *trace)
{
	if (!trace->is_known)
		return;
	json_writer_key(writer, "trace_id");
	json_writer_hex(writer, view_of(trace->trace_id, TRACE_ID_BYTES));
	json_writer_key(writer, "span_id");
	json_writer_hex(writer, view_of(trace->span_id, SPAN_ID_BYTES));
	report_text_set(writer, "request", trace->transaction);
	report_text_set(writer, "request_path", attribute_string(&trace->request, "url.path"));
}

static void append_head(struct json_writer *writer, const struct crash *crash)
{
	report_text_set(writer, "kind", view_of_text(crash_kind_word(crash->kind)));
	report_text_set(writer, "level", view_of_text(crash_level_word(crash->level)));
	report_text_set(writer, "type", crash->type);
	report_text_set_long(writer, "cause", crash->cause, MAX_CAUSE_BYTES);
	json_writer_key(writer, "unix_ns");
	json_writer_unsigned_text(writer, crash->unix_ns);
	report_text_set(writer, "service", crash->resource->service_name);
	report_text_set(writer, "process", crash->process_name);
	report_text_set_number(writer, "pid", crash->pid);
	report_text_set_number(writer, "tid", crash->tid);
	report_text_set_number(writer, "suppressed", crash->suppressed_count);
	append_signal(writer, crash);
	append_request(writer, &crash->trace);
	if (crash->kind != CRASH_EXCEPTION)
		return;
	report_text_set(writer, "language", view_of_text(exception_language_word(crash->language)));
	report_text_set(writer, "runtime_version", crash->runtime_version);
	report_text_set_truth(writer, "is_handled", crash->is_handled);
	if (crash->mechanism)
		report_text_set(writer, "mechanism", view_of_text(crash->mechanism));
	report_text_set(writer, "log_message", crash->log_message);
}

static void append_exception(struct crash_page *page, const struct exception *exception)
{
	static const char *const relations[] = {
		[RELATION_RAISED] = "raised",         [RELATION_CAUSE] = "cause",
		[RELATION_CONTEXT] = "context",       [RELATION_MEMBER] = "member",
		[RELATION_SUPPRESSED] = "suppressed",
	};

	json_writer_begin(&page->writer, '{');
	report_text_set(&page->writer, "type", exception->type);
	if (exception_has_qualified_types(page->crash->language))
		report_text_set(&page->writer, "module", exception->module);
	report_text_set_long(&page->writer, "value", exception->value, MAX_VALUE_BYTES);
	report_text_set(&page->writer, "relation", view_of_text(relations[exception->relation]));
	crash_frames_append_exception(&page->writer, exception, page->limit - BREADCRUMBS_SHARE);
	json_writer_end(&page->writer, '}');
}

static void append_exceptions(struct crash_page *page)
{
	uint32_t shown = 0;

	json_writer_key(&page->writer, "exceptions");
	json_writer_begin(&page->writer, '[');
	while (shown < page->crash->exceptions_count) {
		struct report_mark mark = report_text_mark(&page->writer);

		append_exception(page, &page->crash->exceptions[shown]);
		if (!report_text_keep(&page->writer, mark, page->limit - BREADCRUMBS_SHARE))
			break;
		shown++;
	}
	json_writer_end(&page->writer, ']');
	report_text_set_number(&page->writer, "exceptions_left_out",
			       page->crash->exceptions_count - shown);
}

/* The one that raised it alone, or all the others. Returns how many had room. */
static uint32_t append_threads(struct crash_page *page, bool is_raising, size_t limit)
{
	const struct crash *crash = page->crash;
	const struct crash_thread *raising = crash_raising_thread(crash);
	uint32_t shown = 0;

	if (is_raising && raising) {
		struct report_mark mark = report_text_mark(&page->writer);

		crash_frames_append_thread(&page->writer, crash, raising, limit);
		return report_text_keep(&page->writer, mark, limit);
	}
	for (uint32_t i = 0; i < crash->threads_count && !is_raising; i++) {
		struct report_mark mark = report_text_mark(&page->writer);

		if (&crash->threads[i] == raising)
			continue;
		crash_frames_append_thread(&page->writer, crash, &crash->threads[i], limit);
		if (!report_text_keep(&page->writer, mark, limit))
			break;
		shown++;
	}
	return shown;
}

static void append_breadcrumb(struct json_writer *writer, const struct crash *crash,
			      const struct breadcrumb *crumb)
{
	json_writer_begin(writer, '{');
	report_text_set_number(writer, "before",
			       crash->unix_ns > crumb->unix_ns ? crash->unix_ns - crumb->unix_ns
							       : 0);
	report_text_set(writer, "category", crumb->category);
	report_text_set(writer, "message", crumb->message);
	report_text_set_truth(writer, "is_error", crumb->is_error);
	json_writer_end(writer, '}');
}

/* The latest first: they are the ones that stay. */
static void append_breadcrumbs(struct crash_page *page)
{
	const struct crash *crash = page->crash;
	uint32_t left = crash->breadcrumbs_count;

	json_writer_key(&page->writer, "breadcrumbs");
	json_writer_begin(&page->writer, '[');
	while (left > 0) {
		struct report_mark mark = report_text_mark(&page->writer);

		append_breadcrumb(&page->writer, crash, &crash->breadcrumbs[left - 1]);
		if (!report_text_keep(&page->writer, mark, page->limit))
			break;
		left--;
	}
	json_writer_end(&page->writer, ']');
	report_text_set_number(&page->writer, "breadcrumbs_left_out", left);
}

static void append_stacks(struct crash_page *page)
{
	uint32_t shown;

	json_writer_key(&page->writer, "raising_thread");
	json_writer_begin(&page->writer, '[');
	(void)append_threads(page, true, page->limit - BREADCRUMBS_SHARE);
	json_writer_end(&page->writer, ']');
	append_breadcrumbs(page);
	json_writer_key(&page->writer, "threads");
	json_writer_begin(&page->writer, '[');
	shown = append_threads(page, false, page->limit);
	json_writer_end(&page->writer, ']');
	report_text_set_number(&page->writer, "threads_shown", shown);
	report_text_set_number(&page->writer, "threads_count", page->crash->threads_count);
}

int crash_json_append(struct byte_buffer *buffer, const struct crash *crash, size_t max_bytes)
{
	struct crash_page page = {.writer = report_text_begin(buffer), .crash = crash};

	page.limit = buffer->size + max_bytes - CLOSING_BYTES;
	json_writer_begin(&page.writer, '{');
	append_head(&page.writer, crash);
	append_exceptions(&page);
	append_stacks(&page);
	json_writer_end(&page.writer, '}');
	return buffer->is_failed ? -ENOBUFS : 0;
}
