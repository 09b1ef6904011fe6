/* The page of a run, opened as the settings ask for it. It stands apart from the other
 * destinations: it is stopped after them, and shows what they lost. */
#ifndef REPORT_DESTINATION_H
#define REPORT_DESTINATION_H

#include <stddef.h>
#include "base/drops.h"
#include "settings/settings.h"

struct exporter;

bool report_destination_is_wanted(const struct settings *settings);

/* -errno with ret_error; `drops` is read when the exporter is closed. */
int report_destination_open(struct exporter **ret, const struct settings *settings,
			    const struct drops *drops, char *ret_error, size_t error_size);

#endif
