/*
 * One Sentry project over HTTP: envelopes out, answers in, rate limits kept, losses reported. It
 * settles as many items as go into one envelope; the batch around them is sentry_http.c's. 429
 * means drop and hold back, any other refusal means drop, no answer means not settled.
 */
#ifndef SENTRY_ENVELOPE_SENDER_H
#define SENTRY_ENVELOPE_SENDER_H

#include "exporters/exporter.h"
#include "exporters/http_transport.h"
#include "exporters/sentry/client_report.h"
#include "exporters/sentry/dsn.h"
#include "exporters/sentry/envelope_writer.h"
#include "exporters/sentry/rate_limits.h"
#include "exporters/sentry/sentry_http.h"

struct envelope_sender {
	struct dsn dsn;
	char organization_id[24];
	uint64_t timeout_ns;
	bool sends_client_reports;
	bool is_reachable; /* the last POST got an answer */
	struct http_transport *transport;
	struct envelope_writer writer;
	struct byte_buffer compressed;
	struct byte_buffer report_payload;
	struct rate_limits limits;
	struct client_report report;
	uint64_t last_report_ns;
};

/* Items that were not accepted, by reason. */
struct rejections {
	uint32_t counts[DROP_REASONS_COUNT];
};

/* On failure too, done is the caller's to call. As sentry_http_new. */
int envelope_sender_init(struct envelope_sender *sender,
			 const struct sentry_http_settings *settings, char *ret_error,
			 size_t error_size);
void envelope_sender_done(struct envelope_sender *sender);

/*
 * Sends what goes into one envelope, from item `first` on. Returns how many items are settled, the
 * rejected among them counted; -errno: no answer, nothing is settled. message: of struct
 * export_result, set when there is something to say.
 */
int envelope_sender_send(struct envelope_sender *sender, const struct batch *batch, uint32_t first,
			 struct rejections *rejections, struct export_result *result);

/* A client report alone, when there is something to report. */
void envelope_sender_send_report(struct envelope_sender *sender);

#endif
