/*
 * The exporter that people look at. Items go into the summary at once and into the collector;
 * settled traces come out of it, pass the selection and are printed. There is no timer of its own:
 * the delivery thread calls export while there is traffic and flush when there is none.
 */
#include "terminal/terminal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include "base/byte_buffer.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "terminal/terminal_crash.h"
#include "terminal/terminal_line.h"
#include "terminal/terminal_summary.h"
#include "terminal/terminal_tree.h"
#include "overview/trace_collector.h"
#include "terminal/trace_selection.h"

#define SETTLE_NS        (300 * NS_PER_MS)
#define OVERDUE_NS       (10 * NS_PER_S) /* a trace waits so long for a caller that was seen */
#define DEFAULT_WIDTH    80
#define MIN_WIDTH        40
#define MAX_WIDTH        400
#define MAX_OUTPUT_BYTES 4194304

struct terminal {
	struct exporter exporter; /* first */
	struct terminal_exporter_settings settings;
	struct trace_collector *collector;
	struct trace_selection selection;
	struct terminal_summary *summary;
	struct byte_buffer buffer;
	uint64_t traces_count;
	bool has_shown_legend;
	uint64_t lost_items; /* not collected or not written, not reported yet */
	int write_error;     /* of the last write that failed, not reported yet */
};

static struct terminal *terminal_of(struct exporter *exporter)
{
	return (struct terminal *)exporter;
}

static uint64_t now_ns(const struct terminal *terminal)
{
	return terminal->settings.now_ns ? terminal->settings.now_ns() : clock_monotonic_ns();
}

/* Asked anew for each trace, so that a resized window is no surprise. */
static struct terminal_style find_style(const struct terminal *terminal)
{
	const struct terminal_exporter_settings *settings = &terminal->settings;
	struct terminal_style style = {
		.width = settings->width,
		.is_colour = settings->is_colour,
		.is_utf8 = settings->is_utf8,
	};
	struct winsize size;

	if (!style.width)
		style.width = settings->width_fd >= 0 &&
					      ioctl(settings->width_fd, TIOCGWINSZ, &size) == 0 &&
					      size.ws_col
				      ? size.ws_col
				      : DEFAULT_WIDTH;
	if (style.width < MIN_WIDTH)
		style.width = MIN_WIDTH;
	if (style.width > MAX_WIDTH)
		style.width = MAX_WIDTH;
	return style;
}

/* One write per trace: nothing of another program comes between its lines. */
static bool write_out(struct terminal *terminal)
{
	struct byte_buffer *buffer = &terminal->buffer;
	FILE *out = terminal->settings.out;
	bool is_written;

	if (buffer->size == 0)
		return true;
	is_written =
		fwrite(buffer->bytes, 1, buffer->size, out) == buffer->size && fflush(out) == 0;
	if (!is_written)
		terminal->write_error = errno;
	byte_buffer_clear(buffer);
	return is_written;
}

static void print_trace(struct terminal *terminal, struct collected_trace *trace)
{
	_cleanup_(trace_layout_free) struct trace_layout *layout = NULL;
	struct terminal_style style = find_style(terminal);
	bool with_legend;

	if (trace_layout_new(&layout, trace->items, trace->count) == 0) {
		with_legend = !terminal->has_shown_legend && terminal_tree_needs_legend(layout);
		terminal->has_shown_legend |= with_legend;
		terminal_tree_print(layout, &style, with_legend, &terminal->buffer);
		if (!write_out(terminal))
			terminal->lost_items += trace->count;
	} else {
		terminal->lost_items += trace->count;
	}
	trace_collector_release(trace);
}

static void close_window(struct terminal *terminal)
{
	struct terminal_style style = find_style(terminal);
	struct collected_trace trace;
	struct terminal_line line;
	uint64_t hidden;
	char text[128];

	while (trace_selection_take(&terminal->selection, &trace))
		print_trace(terminal, &trace);
	hidden = trace_selection_close(&terminal->selection, now_ns(terminal));
	if (!hidden)
		return;
	(void)snprintf(text, sizeof(text),
		       "(%llu more %s not shown; the failed and the slowest ones are)",
		       (unsigned long long)hidden, hidden == 1 ? "trace" : "traces");
	terminal_line_begin(&line, &style, &terminal->buffer);
	terminal_line_text(&line, COLOUR_DIM, view_of_text(text));
	terminal_line_end(&line);
	byte_buffer_append_byte(&terminal->buffer, '\n');
	(void)write_out(terminal);
}

static uint64_t ago(uint64_t now, uint64_t duration_ns)
{
	return now > duration_ns ? now - duration_ns : 0;
}

static void take_settled(struct terminal *terminal, uint64_t until_ns, uint64_t overdue_ns)
{
	struct collected_trace trace;

	while (trace_collector_take(terminal->collector, until_ns, overdue_ns, &trace)) {
		terminal->traces_count++;
		if (trace_selection_offer(&terminal->selection, &trace))
			print_trace(terminal, &trace);
	}
}

static void make_room(struct terminal *terminal)
{
	struct collected_trace trace;

	while (trace_collector_is_full(terminal->collector) &&
	       trace_collector_take(terminal->collector, UINT64_MAX, UINT64_MAX, &trace)) {
		terminal->traces_count++;
		if (trace_selection_offer(&terminal->selection, &trace))
			print_trace(terminal, &trace);
	}
}

/* Losses come to light after their batch was accepted: each is counted with a later one. */
static void report(struct terminal *terminal, const struct batch *batch,
		   struct export_result *ret_result)
{
	uint32_t rejected =
		terminal->lost_items < batch->count ? (uint32_t)terminal->lost_items : batch->count;

	terminal->lost_items -= rejected;
	*ret_result = (struct export_result){
		.outcome = EXPORT_SENT, .rejected_count = rejected, .reason = DROP_OUTPUT_FAILED};
	if (terminal->write_error)
		(void)snprintf(ret_result->message, sizeof(ret_result->message),
			       "cannot write to the terminal: %s; use --terminal=off to go without",
			       strerror(terminal->write_error));
	terminal->write_error = 0;
}

/* At once: it is what somebody waits for. */
static void print_crash(struct terminal *terminal, const struct crash *crash)
{
	struct terminal_style style = find_style(terminal);

	terminal_crash_print(crash, &style, &terminal->buffer);
	if (!write_out(terminal))
		terminal->lost_items++;
}

static void export_batch(struct exporter *exporter, const struct batch *batch,
			 struct export_result *ret_result)
{
	struct terminal *terminal = terminal_of(exporter);
	uint64_t now = now_ns(terminal);

	for (uint32_t i = 0; i < batch->count; i++) {
		struct item *item = batch->items[i];

		if (item->kind == ITEM_CRASH)
			print_crash(terminal, item->crash);
		if (item->kind != ITEM_SEGMENT || !item->segment->spans_count)
			continue;
		terminal_summary_add(terminal->summary, item->segment);
		if (trace_collector_add(terminal->collector, item, now) < 0)
			terminal->lost_items++;
		make_room(terminal);
	}
	if (trace_selection_is_over(&terminal->selection, now))
		close_window(terminal);
	take_settled(terminal, ago(now, SETTLE_NS), ago(now, OVERDUE_NS));
	report(terminal, batch, ret_result);
}

static void flush_traces(struct exporter *exporter)
{
	struct terminal *terminal = terminal_of(exporter);

	take_settled(terminal, UINT64_MAX, ago(now_ns(terminal), OVERDUE_NS));
	close_window(terminal);
}

static void close_terminal(struct exporter **exporter)
{
	struct terminal *terminal = terminal_of(*exporter);
	struct terminal_style style = find_style(terminal);

	take_settled(terminal, UINT64_MAX, UINT64_MAX);
	close_window(terminal);
	terminal_summary_print(terminal->summary, terminal->traces_count, &style,
			       &terminal->buffer);
	(void)write_out(terminal);
	trace_collector_free(&terminal->collector);
	terminal_summary_free(&terminal->summary);
	byte_buffer_done(&terminal->buffer);
	free(terminal);
	*exporter = NULL;
}

static const struct exporter_ops terminal_ops = {
	.name = "terminal",
	.export = export_batch,
	.flush = flush_traces,
	.close = close_terminal,
	.is_local = true,
	.wanted_kinds = ITEM_BIT(ITEM_SEGMENT) | ITEM_BIT(ITEM_CRASH),
};

int terminal_new(struct exporter **ret, const struct terminal_exporter_settings *settings)
{
	struct terminal *terminal = calloc(1, sizeof(*terminal));
	int err;

	if (!terminal)
		return -ENOMEM;
	terminal->exporter.ops = &terminal_ops;
	terminal->settings = *settings;
	byte_buffer_init(&terminal->buffer, MAX_OUTPUT_BYTES);
	err = trace_collector_new(&terminal->collector);
	if (err == 0)
		err = terminal_summary_new(&terminal->summary);
	if (err < 0) {
		trace_collector_free(&terminal->collector);
		free(terminal);
		return err;
	}
	*ret = &terminal->exporter;
	return 0;
}
