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
	bool is_profiled; /* transactions say where their profiles are, from the first one on */
};

/* Nothing is sent yet. -EINVAL: the DSN or a file cannot be used (ret_error says why and the mend);
 * -ENOMEM. Settings are copied. */
int sentry_http_new(struct exporter **ret, const struct sentry_http_settings *settings,
		    char *ret_error, size_t error_size);

#endif
