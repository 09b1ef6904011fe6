/* How often each unit of systemd was seen to start. systemd's own counter (NRestarts) is told on
 * the bus alone, where the agent has nothing to do. */
#ifndef PROCESS_UNIT_STARTS_H
#define PROCESS_UNIT_STARTS_H

#include <stddef.h>
#include <stdint.h>
#include "process/systemd_unit.h"

struct unit_starts;

/* The unit seen longest ago makes room for one beyond max_units, and is forgotten. */
int unit_starts_new(struct unit_starts **ret, size_t max_units);
void unit_starts_free(struct unit_starts **starts);

/*
 * How many other starts of this unit were seen before the one of this process. -EINVAL: which start
 * it is is not known. -ENOMEM.
 */
int unit_starts_count(struct unit_starts *starts, const struct systemd_unit *unit,
		      uint32_t *ret_before);

#endif
