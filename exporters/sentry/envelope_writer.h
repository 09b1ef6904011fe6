/*
 * Items as envelopes: one transaction each, one crash each (with its session and its minidump), or
 * many sessions, one part of a profile each. What the HTTP and the file exporter have in common.
 * Used by one thread.
 */
#ifndef SENTRY_ENVELOPE_WRITER_H
#define SENTRY_ENVELOPE_WRITER_H

#include "exporters/sentry/profile_chunks.h"
#include "exporters/sentry/transaction_encoder.h"
#include "model/item.h"

#define MAX_SESSIONS_PER_ENVELOPE 100 /* Sentry's limit */

struct envelope_writer {
	struct host_context host;
	struct view public_key;      /* borrowed; empty: no sampling context of our own */
	struct view organization_id; /* borrowed; may be empty */
	uint8_t profiler_id[PROFILER_ID_BYTES]; /* valid with host.profiler_id */
	struct byte_buffer payload;
	struct byte_buffer bytes; /* the envelope, valid until the next write */
};

/* What goes out with a crash, each on its own rate limit. */
struct crash_parts {
	bool event;
	bool session;
	bool minidump; /* only with the event */
};

void envelope_writer_init(struct envelope_writer *writer, struct view public_key,
			  struct view organization_id);
void envelope_writer_done(struct envelope_writer *writer);

/* Something is sampled: from now on transactions say where its profiles are. */
void envelope_writer_set_profiled(struct envelope_writer *writer);

/* sent_at_unix_ns 0: for storing. All: 0, -EINVAL (nothing to write), -ENOMEM. */
int envelope_writer_transaction(struct envelope_writer *writer, const struct segment *segment,
				uint64_t sent_at_unix_ns, struct transaction_summary *ret_summary);

/* Everything there is of a crash. */
struct crash_parts envelope_writer_parts(const struct crash *crash);
int envelope_writer_crash(struct envelope_writer *writer, const struct crash *crash,
			  struct crash_parts parts, uint64_t sent_at_unix_ns);

/* At most MAX_SESSIONS_PER_ENVELOPE items, all of them ITEM_SESSION; those without a release or
 * without a single session are left out (envelope_writer_can_send). */
bool envelope_writer_can_send(const struct session_report *report);
int envelope_writer_sessions(struct envelope_writer *writer, struct item *const *items,
			     uint32_t count, uint64_t sent_at_unix_ns);

int envelope_writer_profile(struct envelope_writer *writer, const struct profile_chunks *chunks,
			    uint32_t chunk, uint64_t sent_at_unix_ns);

/* An envelope with nothing in it yet, for a client report alone. */
void envelope_writer_begin(struct envelope_writer *writer, uint64_t sent_at_unix_ns);

#endif
