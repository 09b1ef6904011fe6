/* What was lost, as text: "ring_full 1, stream_gap 2" in the order of the enum, empty when nothing
 * was. */
#ifndef SUPPORT_DROPS_TEXT_H
#define SUPPORT_DROPS_TEXT_H

#include <stdio.h>
#include "base/drops.h"

static inline const char *drops_text(const struct drops *drops, const char *separator, char *buffer,
				     size_t size)
{
	size_t used = 0;

	buffer[0] = '\0';
	for (int reason = 0; reason < DROP_REASONS_COUNT; reason++) {
		uint64_t count = drops_get(drops, (enum drop_reason)reason);

		if (count)
			used += (size_t)snprintf(
				buffer + used, size - used, "%s%s %llu", used ? separator : "",
				drops_name((enum drop_reason)reason), (unsigned long long)count);
	}
	return buffer;
}

#endif
