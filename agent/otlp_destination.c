/* What a signal has of its own counts; else what is said for all of them. */
#include "otlp_destination.h"

#include <string.h>
#include "base/cleanup.h"
#include "exporters/exporter.h"
#include "exporters/otlp/otlp_http.h"
#include "exporters/otlp/otlp_url.h"

bool otlp_destination_wants_traces(const struct settings *settings)
{
	return settings->otlp.endpoint || settings->otlp.traces_endpoint;
}

static const char *own_or(const char *own, const char *general)
{
	return own ? own : general;
}

static int open_signal(struct exporter **ret, const struct otlp_settings *otlp,
		       enum otlp_signal signal, char *error)
{
	static const struct otlp_signal_settings general;
	static const char *const names[] = {
		[OTLP_TRACES] = "traces", [OTLP_LOGS] = "logs", [OTLP_PROFILES] = "profiles"};
	const struct otlp_signal_settings *own = signal == OTLP_LOGS     ? &otlp->logs
						 : signal == OTLP_TRACES ? &otlp->traces
									 : &general;
	const char *own_endpoint = signal == OTLP_LOGS     ? otlp->logs_endpoint
				   : signal == OTLP_TRACES ? otlp->traces_endpoint
							   : NULL;
	bool has_compression = own->compression && strcmp(own->compression, "same") != 0;
	const char *compression = has_compression ? own->compression : otlp->compression;
	_cleanup_(cleanup_free) char *url = NULL;
	struct otlp_http_settings http = {
		.signal = signal,
		.headers = own_or(own->headers, otlp->headers),
		.gzip = !compression || strcmp(compression, "none") != 0,
		.ca_file = own_or(own->ca_file, otlp->ca_file),
		.client_certificate_file =
			own_or(own->client_certificate_file, otlp->client_certificate_file),
		.client_key_file = own_or(own->client_key_file, otlp->client_key_file),
		.timeout_ms = own->timeout_ms ? own->timeout_ms : otlp->timeout_ms,
	};
	int err = otlp_url_for(&url, names[signal], otlp->endpoint, own_endpoint, error,
			       OTLP_DESTINATION_ERROR_BYTES);

	if (err < 0)
		return err;
	http.url = url;
	return otlp_http_new(ret, &http, error, OTLP_DESTINATION_ERROR_BYTES);
}

int otlp_destination_open_traces(struct exporter **ret, const struct settings *settings,
				 char *error)
{
	return open_signal(ret, &settings->otlp, OTLP_TRACES, error);
}

/* Crashes are log records: another endpoint, and a queue of their own. */
bool otlp_destination_wants_logs(const struct settings *settings)
{
	return settings->crash.enabled && (settings->otlp.endpoint || settings->otlp.logs_endpoint);
}

int otlp_destination_open_logs(struct exporter **ret, const struct settings *settings, char *error)
{
	return open_signal(ret, &settings->otlp, OTLP_LOGS, error);
}

/* Only where it is asked for in so many words: receivers of other versions refuse it. */
bool otlp_destination_wants_profiles(const struct settings *settings)
{
	return settings->otlp.profiles && settings->otlp.endpoint;
}

int otlp_destination_open_profiles(struct exporter **ret, const struct settings *settings,
				   char *error)
{
	return open_signal(ret, &settings->otlp, OTLP_PROFILES, error);
}
