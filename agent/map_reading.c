/* Between process_maps.h, which knows no pipeline, and the pipeline. */
#include "map_reading.h"

#include "base/clock.h"
#include "discovery_stage.h"
#include "process/process_maps.h"

static void on_record(void *self, struct view record)
{
	pipeline_take_record(self, record);
}

void map_reading_one(struct pipeline *pipeline, pid_t tgid)
{
	if (pipeline_has_images(pipeline))
		(void)process_maps_read("/proc", tgid, clock_monotonic_ns(), on_record, pipeline);
}

static bool is_traced(void *self, pid_t pid)
{
	return discovery_stage_traces(pipeline_discovery(self), pid);
}

void map_reading_all(struct pipeline *pipeline)
{
	if (pipeline_has_images(pipeline))
		(void)process_maps_read_all("/proc", is_traced, on_record, pipeline);
}
