/* What is asked of container runtimes, and how long finished items wait for it. */
#ifndef SETTINGS_METADATA_SETTINGS_H
#define SETTINGS_METADATA_SETTINGS_H

#include <stdint.h>

struct metadata_settings {
	uint64_t wait_ms;        /* --metadata-wait, default 2s */
	char *container_sockets; /* --container-sockets, "auto", "off", or "cri:PATH,docker:PATH,…"
				  */
	char *container_labels;  /* --container-labels, patterns with commas between */
};

#endif
