/* OTLP over HTTP, a destination per signal: who wants it, and how its settings are filled from
 * ours.
 */
#ifndef OTLP_DESTINATION_H
#define OTLP_DESTINATION_H

#include <stdbool.h>
#include "settings/settings.h"

struct exporter;

#define OTLP_DESTINATION_ERROR_BYTES 512

bool otlp_destination_wants_traces(const struct settings *settings);
bool otlp_destination_wants_logs(const struct settings *settings);
bool otlp_destination_wants_profiles(const struct settings *settings);

/* -errno with error, which has OTLP_DESTINATION_ERROR_BYTES. */
int otlp_destination_open_traces(struct exporter **ret, const struct settings *settings,
				 char *error);
int otlp_destination_open_logs(struct exporter **ret, const struct settings *settings, char *error);
int otlp_destination_open_profiles(struct exporter **ret, const struct settings *settings,
				   char *error);

#endif
