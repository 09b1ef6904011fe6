/* One family after the other: HELP, TYPE, then its samples together, as the format wants it. */
#include "service/prometheus_text.h"

#include <inttypes.h>
#include <stdio.h>
#include "base/clock.h"

void prometheus_text_write_label(struct byte_buffer *out, const char *value)
{
	for (; *value; value++)
		if (*value == '\n')
			byte_buffer_append_text(out, "\\n");
		else if (*value == '"' || *value == '\\')
			byte_buffer_append_format(out, "\\%c", *value);
		else
			byte_buffer_append_byte(out, *value);
}

static void begin(struct byte_buffer *out, const char *name, const char *type, const char *help)
{
	byte_buffer_append_format(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void write_single(struct byte_buffer *out, const char *name, const char *type,
			 const char *help, uint64_t value)
{
	begin(out, name, type, help);
	byte_buffer_append_format(out, "%s %" PRIu64 "\n", name, value);
}

static void write_labelled(struct byte_buffer *out, const char *name, const char *label,
			   const char *label_value, uint64_t value)
{
	byte_buffer_append_format(out, "%s{%s=\"", name, label);
	prometheus_text_write_label(out, label_value);
	byte_buffer_append_format(out, "\"} %" PRIu64 "\n", value);
}

static void write_agent(struct byte_buffer *out, const struct service_status *status,
			uint64_t now_ns)
{
	uint64_t up_ns = now_ns > status->started_ns ? now_ns - status->started_ns : 0;
	uint64_t age_ns = now_ns > status->taken_ns ? now_ns - status->taken_ns : 0;

	begin(out, "limpet_build_info", "gauge", "What runs; always 1.");
	byte_buffer_append_format(out, "limpet_build_info{version=\"%s\",source=\"%s\",kernel=\"",
				  LIMPET_VERSION, status->source);
	prometheus_text_write_label(out, status->kernel);
	byte_buffer_append_text(out, "\"} 1\n");
	write_single(out, "limpet_uptime_seconds", "gauge", "Since the agent started.",
		     up_ns / NS_PER_S);
	write_single(out, "limpet_status_age_seconds", "gauge",
		     "Since the capture loop last wrote these values.", age_ns / NS_PER_S);
	write_single(out, "limpet_resident_memory_bytes", "gauge", "Of the agent.",
		     status->resident_bytes);
	begin(out, "limpet_reloads_total", "counter", "Settings read again, by how it went.");
	write_labelled(out, "limpet_reloads_total", "result", "done", status->reloads_count);
	write_labelled(out, "limpet_reloads_total", "result", "refused",
		       status->refused_reloads_count);
}

static void write_traced(struct byte_buffer *out, const struct service_status *status)
{
	write_single(out, "limpet_processes", "gauge", "Processes known.", status->processes_count);
	write_single(out, "limpet_open_segments", "gauge", "Requests under way.",
		     status->open_segments_count);
	write_single(out, "limpet_segments_total", "counter", "Requests that ended, kept or not.",
		     status->segments_count);
	write_single(out, "limpet_kept_segments_total", "counter", "Requests kept by the sampler.",
		     status->kept_segments_count);
	write_single(out, "limpet_spans_total", "counter", "Spans of requests that ended.",
		     status->spans_count);
	write_single(out, "limpet_kept_spans_total", "counter", "Spans of requests that were kept.",
		     status->kept_spans_count);
	write_single(out, "limpet_crashes_total", "counter", "Crashes reported.",
		     status->crashes_count);
	write_single(out, "limpet_exceptions_total", "counter", "Exceptions reported.",
		     status->exceptions_count);
}

static void write_services(struct byte_buffer *out, const struct service_status *status)
{
	begin(out, "limpet_service_segments_total", "counter", "Requests that ended, by service.");
	for (uint32_t i = 0; i < status->services_count; i++)
		write_labelled(out, "limpet_service_segments_total", "service",
			       status->services[i].name, status->services[i].requests_count);
	/* A service may be called that, too: the label tells them apart. */
	write_labelled(out, "limpet_service_segments_total", "unlisted", "true",
		       status->other_services.requests_count);
	begin(out, "limpet_service_failed_segments_total", "counter", "Those that failed.");
	for (uint32_t i = 0; i < status->services_count; i++)
		write_labelled(out, "limpet_service_failed_segments_total", "service",
			       status->services[i].name, status->services[i].failed_count);
	write_labelled(out, "limpet_service_failed_segments_total", "unlisted", "true",
		       status->other_services.failed_count);
}

static void write_drops(struct byte_buffer *out, const struct drops *drops)
{
	begin(out, "limpet_drops_total", "counter", "What was lost or left out, by reason.");
	for (int reason = 0; reason < DROP_REASONS_COUNT; reason++)
		write_labelled(out, "limpet_drops_total", "reason",
			       drops_name((enum drop_reason)reason),
			       drops_get(drops, (enum drop_reason)reason));
}

static uint64_t value_of(const struct destination_status *to, int family)
{
	const uint64_t values[] = {to->sent_count,   to->dropped_count, to->retried_count,
				   to->queued_count, to->spooled_count, !to->failing_since_ns};

	return values[family];
}

static void write_destination(struct byte_buffer *out, const char *name,
			      const struct destination_status *to, uint64_t value)
{
	byte_buffer_append_format(out, "%s{destination=\"", name);
	prometheus_text_write_label(out, to->name);
	if (to->is_a_pods) {
		byte_buffer_append_text(out, "\",place=\"");
		prometheus_text_write_label(out, to->place);
	}
	byte_buffer_append_format(out, "\"} %" PRIu64 "\n", value);
}

static void write_destinations(struct byte_buffer *out, const struct service_status *status)
{
	static const struct {
		const char *name, *type, *help;
	} families[] = {
		{"limpet_destination_sent_total", "counter", "Items a destination accepted."},
		{"limpet_destination_dropped_total", "counter", "Items lost to a destination."},
		{"limpet_destination_retries_total", "counter", "Attempts that were repetitions."},
		{"limpet_destination_queued", "gauge", "Items waiting in memory."},
		{"limpet_destination_spooled", "gauge", "Crashes waiting on disk."},
		{"limpet_destination_up", "gauge", "1: the last attempt got an answer."},
	};

	for (int family = 0; family < 6; family++) {
		begin(out, families[family].name, families[family].type, families[family].help);
		for (uint32_t i = 0; i < status->destinations_count; i++)
			write_destination(out, families[family].name, &status->destinations[i],
					  value_of(&status->destinations[i], family));
	}
}

void prometheus_text_write(struct byte_buffer *out, const struct service_status *status,
			   uint64_t now_ns)
{
	write_agent(out, status, now_ns);
	write_traced(out, status);
	write_services(out, status);
	write_destinations(out, status);
	write_drops(out, &status->drops);
}
