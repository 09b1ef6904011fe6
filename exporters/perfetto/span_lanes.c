/* Of a row only its end is known: whatever begins later is free of all that is on it. */
#include "exporters/perfetto/span_lanes.h"

struct lane_process {
	uint32_t count;
	uint64_t ends_ns[MAX_SPAN_LANES];
};

int span_lanes_init(struct span_lanes *lanes)
{
	return hash_map_new(&lanes->processes, sizeof(uint32_t), sizeof(struct lane_process),
			    MAX_LANE_PROCESSES);
}

void span_lanes_done(struct span_lanes *lanes)
{
	hash_map_free(&lanes->processes);
}

struct lane_process *span_lanes_process(struct span_lanes *lanes, uint32_t pid, bool *ret_is_new)
{
	return hash_map_add(lanes->processes, &pid, ret_is_new);
}

uint32_t span_lanes_take(struct lane_process *process, const struct span *span, bool *ret_is_new)
{
	uint64_t end_ns =
		span->end_unix_ns > span->start_unix_ns ? span->end_unix_ns : span->start_unix_ns;
	uint32_t lane = 0;

	while (lane < process->count && process->ends_ns[lane] > span->start_unix_ns)
		lane++;
	if (lane == MAX_SPAN_LANES)
		return NO_SPAN_LANE;
	*ret_is_new = lane == process->count;
	if (*ret_is_new)
		process->count++;
	process->ends_ns[lane] = end_ns;
	return lane;
}
