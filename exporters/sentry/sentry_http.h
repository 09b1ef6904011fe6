/*
 * Sentry over HTTP: one envelope and one POST per segment or crash, or per many sessions, on one
 * connection that is kept. 429 means drop and hold back, any other refusal means drop, a network
 * failure means try again from where the batch stopped. What was dropped is told to the server in
 * client reports.
 */
#ifndef SENTRY_SENTRY_HTTP_H
#define SENTRY_SENTRY_HTTP_H

#include "exporters/exporter.h"

struct sentry_http_settings {
	const char *dsn;
	const char *organization_id; /* NULL: from the DSN's host, if it names one */
	const char *ca_file;         /* NULL: the system's */
	uint64_t timeout_ms; /* of one POST, and of one batch before it is handed back; 0: 10 s */
	bool no_client_reports;
};

/* Nothing is sent yet. -EINVAL: the DSN or a file cannot be used (ret_error says why and the mend);
 * -ENOMEM. Settings are copied. */
int sentry_http_new(struct exporter **ret, const struct sentry_http_settings *settings,
		    char *ret_error, size_t error_size);

/* Any thread: an item meant for this destination was dropped before it got here, or, for crashes,
 * given up after the last attempt (DROP_RETRIES_EXHAUSTED); other reasons are ignored as
 * item_losses.h says. Goes into the next client report. Batches of other kinds given up after
 * EXPORT_RETRY are noticed by the exporter itself. */
void sentry_http_count_drop(struct exporter *exporter, enum drop_reason drop,
			    const struct item *item);

#endif
