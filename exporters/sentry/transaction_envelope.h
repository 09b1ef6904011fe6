/* One segment as one envelope (Sentry takes one transaction per envelope): what the HTTP and the
 * file exporter have in common. Used by one thread. */
#ifndef SENTRY_TRANSACTION_ENVELOPE_H
#define SENTRY_TRANSACTION_ENVELOPE_H

#include "exporters/sentry/transaction_encoder.h"

struct transaction_envelope {
	struct host_context host;
	struct view public_key;      /* borrowed; empty: no sampling context of our own */
	struct view organization_id; /* borrowed; may be empty */
	struct byte_buffer payload;
	struct byte_buffer bytes; /* the envelope, valid until the next write */
};

void transaction_envelope_init(struct transaction_envelope *envelope, struct view public_key,
			       struct view organization_id);
void transaction_envelope_done(struct transaction_envelope *envelope);

/* sent_at_unix_ns 0: for storing. 0, -EINVAL, -ENOMEM. */
int transaction_envelope_write(struct transaction_envelope *envelope, const struct segment *segment,
			       uint64_t sent_at_unix_ns, struct transaction_summary *ret_summary);

#endif
