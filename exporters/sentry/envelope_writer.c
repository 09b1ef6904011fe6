/* Payload first (its length stands before it), then header, then both into one buffer. */
#include "exporters/sentry/envelope_writer.h"

#include <errno.h>
#include "base/random_id.h"
#include "exporters/sentry/dynamic_sampling_context.h"
#include "exporters/sentry/envelope.h"
#include "exporters/sentry/event_encoder.h"
#include "exporters/sentry/json_text.h"
#include "exporters/sentry/session_encoder.h"

/* What an encoder tries may be larger than what it settles for. */
#define MAX_PAYLOAD_BYTES (8 * MAX_EVENT_BYTES)

/* An event or transaction, a minidump, headers, and a client report. */
#define MAX_ENVELOPE_BYTES (2 * MAX_EVENT_BYTES + MAX_CRASH_BYTES)

/* Kept between envelopes; more is for a single one and given back. */
#define MAX_KEPT_BYTES (2 * MAX_EVENT_BYTES)

void envelope_writer_init(struct envelope_writer *writer, struct view public_key,
			  struct view organization_id)
{
	*writer = (struct envelope_writer){
		.public_key = public_key,
		.organization_id = organization_id,
	};
	host_context_read(&writer->host);
	byte_buffer_init(&writer->payload, MAX_PAYLOAD_BYTES);
	byte_buffer_init(&writer->bytes, MAX_ENVELOPE_BYTES);
}

void envelope_writer_done(struct envelope_writer *writer)
{
	byte_buffer_done(&writer->payload);
	byte_buffer_done(&writer->bytes);
}

void envelope_writer_set_profiled(struct envelope_writer *writer)
{
	if (writer->host.profiler_id[0])
		return;
	random_id_fill(writer->profiler_id, sizeof(writer->profiler_id));
	random_id_shape_uuid(writer->profiler_id);
	json_text_hex(writer->host.profiler_id, writer->profiler_id, sizeof(writer->profiler_id));
}

static void empty(struct byte_buffer *buffer)
{
	size_t max_bytes = buffer->max_bytes;

	if (buffer->capacity > MAX_KEPT_BYTES) {
		byte_buffer_done(buffer);
		byte_buffer_init(buffer, max_bytes);
	}
	byte_buffer_clear(buffer);
}

static void begin(struct envelope_writer *writer, const char *event_id, json_t *trace,
		  uint64_t sent_at_unix_ns)
{
	const struct envelope_header header = {
		.event_id = event_id, .trace = trace, .sent_at_unix_ns = sent_at_unix_ns};

	empty(&writer->bytes);
	envelope_begin(&writer->bytes, &header);
	json_decref(trace);
}

static void add_payload(struct envelope_writer *writer, const char *type)
{
	envelope_add_item(&writer->bytes, type, byte_buffer_view(&writer->payload));
	if (writer->payload.is_failed)
		writer->bytes.is_failed = true;
	empty(&writer->payload);
}

void envelope_writer_begin(struct envelope_writer *writer, uint64_t sent_at_unix_ns)
{
	begin(writer, NULL, NULL, sent_at_unix_ns);
}

int envelope_writer_transaction(struct envelope_writer *writer, const struct segment *segment,
				uint64_t sent_at_unix_ns, struct transaction_summary *ret_summary)
{
	struct transaction_summary summary;
	int r;

	empty(&writer->payload);
	r = transaction_encoder_encode(&writer->payload, segment, &writer->host, &summary);
	if (r < 0)
		return r;
	begin(writer, summary.event_id,
	      dynamic_sampling_context_of(segment, writer->public_key, writer->organization_id),
	      sent_at_unix_ns);
	add_payload(writer, "transaction");
	if (writer->bytes.is_failed)
		return -ENOMEM;
	*ret_summary = summary;
	return 0;
}

struct crash_parts envelope_writer_parts(const struct crash *crash)
{
	return (struct crash_parts){
		.event = true,
		.session = crash->has_session && session_encoder_has_release(crash->resource),
		.minidump = crash->minidump.size > 0,
	};
}

int envelope_writer_crash(struct envelope_writer *writer, const struct crash *crash,
			  struct crash_parts parts, uint64_t sent_at_unix_ns)
{
	char event_id[2 * CRASH_ID_BYTES + 1];
	json_t *trace;
	int r;

	empty(&writer->payload);
	if (parts.event) {
		r = event_encoder_encode(&writer->payload, crash, &writer->host);
		if (r < 0)
			return r;
		json_text_hex(event_id, crash->id, sizeof(crash->id));
		trace = dynamic_sampling_context_of_crash(crash, writer->public_key,
							  writer->organization_id);
		begin(writer, event_id, trace, sent_at_unix_ns);
		add_payload(writer, "event");
	} else {
		begin(writer, NULL, NULL, sent_at_unix_ns);
	}
	if (parts.session) {
		session_encoder_append_update(&writer->payload, &crash->session, crash->resource);
		add_payload(writer, "session");
	}
	if (parts.event && parts.minidump)
		envelope_add_minidump(&writer->bytes, crash->minidump);
	if (!parts.event && !parts.session)
		return -EINVAL;
	return writer->bytes.is_failed ? -ENOMEM : 0;
}

bool envelope_writer_can_send(const struct session_report *report)
{
	return session_encoder_has_release(report->resource) &&
	       session_encoder_quantity(report) > 0;
}

int envelope_writer_sessions(struct envelope_writer *writer, struct item *const *items,
			     uint32_t count, uint64_t sent_at_unix_ns)
{
	uint32_t written = 0;

	empty(&writer->payload);
	begin(writer, NULL, NULL, sent_at_unix_ns);
	for (uint32_t i = 0; i < count && written < MAX_SESSIONS_PER_ENVELOPE; i++) {
		const struct session_report *report = items[i]->session;

		if (!envelope_writer_can_send(report))
			continue;
		if (report->counts_count)
			session_encoder_append_counts(&writer->payload, report);
		else
			session_encoder_append_update(&writer->payload, &report->update,
						      report->resource);
		add_payload(writer, report->counts_count ? "sessions" : "session");
		written++;
	}
	if (!written)
		return -EINVAL;
	return writer->bytes.is_failed ? -ENOMEM : 0;
}

int envelope_writer_profile(struct envelope_writer *writer, const struct profile_chunks *chunks,
			    uint32_t chunk, uint64_t sent_at_unix_ns)
{
	envelope_writer_set_profiled(writer);
	empty(&writer->payload);
	profile_chunks_append(&writer->payload, chunks, chunk, writer->profiler_id);
	begin(writer, NULL, NULL, sent_at_unix_ns);
	envelope_add_profile_chunk(&writer->bytes, CHUNK_PLATFORM,
				   byte_buffer_view(&writer->payload));
	if (writer->payload.is_failed)
		writer->bytes.is_failed = true;
	empty(&writer->payload);
	return writer->bytes.is_failed ? -EMSGSIZE : 0;
}
