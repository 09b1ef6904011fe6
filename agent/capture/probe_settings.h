/*
 * What the programs are told before they are loaded, and which of them are: settings of the agent
 * into the programs' read-only section, map sizes, programs and maps that this session leaves out.
 */
#ifndef CAPTURE_PROBE_SETTINGS_H
#define CAPTURE_PROBE_SETTINGS_H

#include "capture/kernel_features.h"
#include "settings/settings.h"

struct probes;

/* Between open and load. source: never SOURCE_AUTO. */
struct probe_settings {
	const struct capture_settings *capture;
	const struct crash_settings *crash;
	enum capture_source source;
	struct kernel_features features;
	bool has_trail; /* failed calls and standard error are kept for the case of a crash */
};

void probe_settings_apply(const struct probe_settings *settings, struct probes *probes);

#endif
