/* Where a signal goes, by the rules of OTEL_EXPORTER_OTLP_ENDPOINT and
 * OTEL_EXPORTER_OTLP_TRACES_ENDPOINT or …_LOGS_ENDPOINT. */
#ifndef OTLP_OTLP_URL_H
#define OTLP_OTLP_URL_H

#include <stddef.h>

/*
 * signal: "traces", "logs" or "profiles" (v1development). Its own endpoint as it is (with "/" when
 * it has no path), else the base endpoint with "v1/traces" behind it. NULL and "" mean not set.
 * -EINVAL: neither is set, or not a URL with http:// or https:// (ret_error says so). The caller
 * frees *ret.
 */
int otlp_url_for(char **ret, const char *signal, const char *endpoint, const char *own_endpoint,
		 char *ret_error, size_t error_size);

#endif
