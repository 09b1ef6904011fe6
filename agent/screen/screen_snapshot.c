/* What a snapshot holds references of. */
#include "screen/screen_snapshot.h"

void screen_snapshot_done(struct screen_snapshot *snapshot)
{
	for (int list = 0; list < LIVE_LISTS_COUNT; list++) {
		for (uint32_t i = 0; i < snapshot->traces_counts[list]; i++)
			live_traces_release(&snapshot->traces[list][i]);
		snapshot->traces_counts[list] = 0;
	}
	for (uint32_t i = 0; i < snapshot->crashes_count; i++)
		item_release(&snapshot->crashes[i]);
	snapshot->crashes_count = 0;
}
