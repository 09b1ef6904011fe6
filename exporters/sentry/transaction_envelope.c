/* Payload first (its length stands before it), then header, then both into one buffer. */
#include "exporters/sentry/transaction_envelope.h"

#include <errno.h>
#include "exporters/sentry/dynamic_sampling_context.h"
#include "exporters/sentry/envelope.h"

/* The header, a client report, and one span beyond the limit while it is being tried. */
#define MAX_ENVELOPE_BYTES (2 * MAX_TRANSACTION_BYTES)

void transaction_envelope_init(struct transaction_envelope *envelope, struct view public_key,
			       struct view organization_id)
{
	*envelope = (struct transaction_envelope){
		.public_key = public_key,
		.organization_id = organization_id,
	};
	host_context_read(&envelope->host);
	byte_buffer_init(&envelope->payload, MAX_ENVELOPE_BYTES);
	byte_buffer_init(&envelope->bytes, MAX_ENVELOPE_BYTES);
}

void transaction_envelope_done(struct transaction_envelope *envelope)
{
	byte_buffer_done(&envelope->payload);
	byte_buffer_done(&envelope->bytes);
}

int transaction_envelope_write(struct transaction_envelope *envelope, const struct segment *segment,
			       uint64_t sent_at_unix_ns, struct transaction_summary *ret_summary)
{
	struct envelope_header header = {.sent_at_unix_ns = sent_at_unix_ns};
	struct transaction_summary summary;
	json_t *trace;
	int r;

	byte_buffer_clear(&envelope->payload);
	byte_buffer_clear(&envelope->bytes);
	r = transaction_encoder_encode(&envelope->payload, segment, &envelope->host, &summary);
	if (r < 0)
		return r;
	trace = dynamic_sampling_context_of(segment, envelope->public_key,
					    envelope->organization_id);
	header.event_id = summary.event_id;
	header.trace = trace;
	envelope_begin(&envelope->bytes, &header);
	envelope_add_item(&envelope->bytes, "transaction", byte_buffer_view(&envelope->payload));
	json_decref(trace);
	if (envelope->bytes.is_failed)
		return -ENOMEM;
	*ret_summary = summary;
	return 0;
}
