/* What is traced, how much, where it goes, what was lost and what to do about it: in that order. */
#include "service/status_text.h"

#include <inttypes.h>
#include <stdio.h>
#include "base/clock.h"
#include "service/drop_advice.h"

#define SHOWN_SERVICES 20
#define NAME_COLUMNS   28

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

/* "3 d 4 h", "4 h 12 min", "12 min 3 s", "3 s". */
static void write_age(struct byte_buffer *out, uint64_t ns)
{
	uint64_t s = ns / NS_PER_S;

	if (s >= 86400)
		byte_buffer_append_format(out, "%" PRIu64 " d %" PRIu64 " h", s / 86400,
					  s % 86400 / 3600);
	else if (s >= 3600)
		byte_buffer_append_format(out, "%" PRIu64 " h %" PRIu64 " min", s / 3600,
					  s % 3600 / 60);
	else if (s >= 60)
		byte_buffer_append_format(out, "%" PRIu64 " min %" PRIu64 " s", s / 60, s % 60);
	else
		byte_buffer_append_format(out, "%" PRIu64 " s", s);
}

static uint64_t since(uint64_t now_ns, uint64_t then_ns)
{
	return now_ns > then_ns ? now_ns - then_ns : 0;
}

static void write_head(struct byte_buffer *out, const struct service_status *status,
		       uint64_t now_ns)
{
	byte_buffer_append_format(out, "limpet %s, up ", LIMPET_VERSION);
	write_age(out, since(now_ns, status->started_ns));
	byte_buffer_append_format(out, ", Linux %s by %s, %" PRIu64 " MiB\n", status->kernel,
				  status->source, status->resident_bytes >> 20);
	if (since(now_ns, status->taken_ns) > 5 * NS_PER_S) {
		byte_buffer_append_text(out, "this status is ");
		write_age(out, since(now_ns, status->taken_ns));
		byte_buffer_append_text(out, " old: the capture loop is busy or does not turn\n");
	}
	if (status->reloads_count || status->refused_reloads_count)
		byte_buffer_append_format(
			out, "settings read again %" PRIu32 " times, refused %" PRIu32 "\n",
			status->reloads_count, status->refused_reloads_count);
}

static void write_traced(struct byte_buffer *out, const struct service_status *status)
{
	uint64_t dropped = status->segments_count - status->kept_segments_count;

	byte_buffer_append_format(out, "\ntraced: %" PRIu32 " process%s known\n",
				  status->processes_count,
				  status->processes_count == 1 ? "" : "es");
	byte_buffer_append_format(
		out,
		"  %" PRIu64 " segment%s (%.1f/s), %" PRIu64 " span%s (%.1f/s), %" PRIu64 " open\n",
		status->segments_count, plural(status->segments_count), status->segments_per_second,
		status->spans_count, plural(status->spans_count), status->spans_per_second,
		status->open_segments_count);
	if (dropped)
		byte_buffer_append_format(out, "  %" PRIu64 " segment%s not sampled\n", dropped,
					  plural(dropped));
	byte_buffer_append_format(out, "  %" PRIu64 " crash%s, %" PRIu64 " exception%s\n",
				  status->crashes_count, status->crashes_count == 1 ? "" : "es",
				  status->exceptions_count, plural(status->exceptions_count));
	for (uint32_t i = 0; i < status->services_count && i < SHOWN_SERVICES; i++)
		byte_buffer_append_format(
			out, "  %-*s %10" PRIu64 " segment%s, %" PRIu64 " failed\n", NAME_COLUMNS,
			status->services[i].name, status->services[i].requests_count,
			plural(status->services[i].requests_count),
			status->services[i].failed_count);
	if (status->services_count > SHOWN_SERVICES)
		byte_buffer_append_format(out, "  and %" PRIu32 " more services: see /metrics\n",
					  status->services_count - SHOWN_SERVICES);
}

static void write_destination(struct byte_buffer *out, const struct destination_status *to,
			      uint64_t now_ns)
{
	byte_buffer_append_format(out, "  %s%s%s: ", to->name, to->place[0] ? " " : "", to->place);
	if (to->has_ended) {
		byte_buffer_append_text(out, "its thread has ended");
	} else if (to->failing_since_ns) {
		byte_buffer_append_text(out, "out of reach for ");
		write_age(out, since(now_ns, to->failing_since_ns));
	} else {
		byte_buffer_append_text(out, "well");
	}
	byte_buffer_append_format(out,
				  "; %" PRIu64 " sent, %" PRIu64 " dropped, %" PRIu64
				  " tried again; queue %" PRIu32 " of %" PRIu32,
				  to->sent_count, to->dropped_count, to->retried_count,
				  to->queued_count, to->max_queued_count);
	if (to->has_spool)
		byte_buffer_append_format(out, "; %" PRIu32 " in the spool", to->spooled_count);
	byte_buffer_append_byte(out, '\n');
	if (to->error[0]) {
		byte_buffer_append_text(out, "    last error, ");
		write_age(out, since(now_ns, to->error_ns));
		byte_buffer_append_format(out, " ago: %s\n", to->error);
	}
}

static void write_drops(struct byte_buffer *out, const struct drops *drops)
{
	bool is_any = false;

	for (int reason = 0; reason < DROP_REASONS_COUNT; reason++) {
		uint64_t count = drops_get(drops, (enum drop_reason)reason);

		if (!count)
			continue;
		if (!is_any)
			byte_buffer_append_text(out, "\nlost or left out:\n");
		is_any = true;
		byte_buffer_append_format(out, "  %s %" PRIu64 ": %s\n    -> %s\n",
					  drops_name((enum drop_reason)reason), count,
					  drops_words((enum drop_reason)reason),
					  drop_advice_for((enum drop_reason)reason));
	}
	if (!is_any)
		byte_buffer_append_text(out, "\nnothing was lost\n");
}

void status_text_write(struct byte_buffer *out, const struct service_status *status,
		       uint64_t now_ns)
{
	if (!status->taken_ns) {
		byte_buffer_append_text(out, "limpet is starting\n");
		return;
	}
	write_head(out, status, now_ns);
	write_traced(out, status);
	byte_buffer_append_text(out, "\ndestinations:\n");
	for (uint32_t i = 0; i < status->destinations_count; i++)
		write_destination(out, &status->destinations[i], now_ns);
	write_drops(out, &status->drops);
}

void status_text_write_line(struct byte_buffer *out, const struct service_status *status)
{
	uint64_t lost = drops_lost(&status->drops);

	byte_buffer_append_format(out, "tracing %" PRIu32 " process%s by %s, %.1f spans/s",
				  status->processes_count, status->processes_count == 1 ? "" : "es",
				  status->source, status->spans_per_second);
	for (uint32_t i = 0; i < status->destinations_count; i++) {
		const struct destination_status *to = &status->destinations[i];

		if (to->failing_since_ns)
			byte_buffer_append_format(out, "; %s is out of reach: %s", to->name,
						  to->error);
		if (to->spooled_count)
			byte_buffer_append_format(
				out, "; %" PRIu32 " %s for %s", to->spooled_count,
				to->spooled_count == 1 ? "crash waits" : "crashes wait", to->name);
	}
	if (lost)
		byte_buffer_append_format(out, "; %" PRIu64 " lost, see: limpet status", lost);
}
