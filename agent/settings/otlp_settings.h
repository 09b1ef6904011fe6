/* Where OTLP goes, and how; by the names of OpenTelemetry's specification. */
#ifndef SETTINGS_OTLP_SETTINGS_H
#define SETTINGS_OTLP_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

/* OTEL_EXPORTER_OTLP_TRACES_* and …_LOGS_*: for one signal, in place of the general ones. */
struct otlp_signal_settings {
	char *headers;     /* secret; NULL, like the files below: the general one */
	char *compression; /* "same" (default), "gzip" or "none" */
	char *ca_file, *client_certificate_file, *client_key_file;
	uint64_t timeout_ms; /* 0: the general one */
};

struct otlp_settings {
	char *endpoint;        /* OTEL_EXPORTER_OTLP_ENDPOINT; NULL: off */
	char *traces_endpoint; /* OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, used as is */
	char *logs_endpoint;   /* OTEL_EXPORTER_OTLP_LOGS_ENDPOINT, used as is: crashes */
	char *headers;         /* OTEL_EXPORTER_OTLP_HEADERS, secret */
	char *compression;     /* "gzip" (default) or "none" */
	char *ca_file, *client_certificate_file, *client_key_file;
	uint64_t timeout_ms;
	bool profiles; /* --otlp-profiles: a signal in development; default off */
	struct otlp_signal_settings traces, logs;
};

#endif
